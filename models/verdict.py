"""What a model says of a text. Imports no model, so that the house can speak of verdicts at no cost."""

from dataclasses import dataclass
from typing import Literal

Tier = Literal["screen", "careful"]
Sentiment = Literal["negative", "neutral", "positive"]
Intent = Literal["complaint", "question", "praise", "purchase", "other"]
Topic = Literal["delivery", "returns", "payment", "price", "quality", "service", "site", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A word of the text and how much it weighed: above zero towards negative, below zero away from it."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judged text. The three probabilities are calibrated and sum to one; `language` is ISO 639-1, or `None`
    when the text is too short to tell; `embedding` is where it stands among texts, 384 signed bytes (a unit vector
    × 127), empty from a tier that has none."""

    sentiment: Sentiment
    negative: float
    neutral: float
    positive: float
    intent: Intent
    language: str | None
    reasons: tuple[Reason, ...] = ()
    topics: tuple[Topic, ...] = ()
    embedding: bytes = b""
    model: str = ""

    @property
    def confidence(self) -> float:
        """The probability of the sentiment that was chosen."""
        return {"negative": self.negative, "neutral": self.neutral, "positive": self.positive}[self.sentiment]
