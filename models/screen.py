"""The screen tier: language, sentiment, intent and the words that decided, by linear models over hashed features."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from . import language as languages_
from .features import LANGUAGES, Floats, extract, own
from .labelled import INTENTS, SENTIMENTS
from .linear import TONE, Weights, load
from .mark import mark
from .verdict import Intent, Reason, Verdict

SHIPPED = Path(__file__).parent / "data" / "screen.npz"
AGREEMENT = 0.6
REASONS = 6
PAGE = 200
"""Texts judged at once: enough for NumPy to pay, few enough to stay small in memory."""
_ANYBODY, _CUSTOMER, _WHICH, _INTENT = slice(0, 3), slice(3, 6), 6, slice(7, None)
_NEGATIVE = np.zeros((len(TONE), 2), dtype=np.float32)
_NEGATIVE[_ANYBODY, 0] = _NEGATIVE[_CUSTOMER, 1] = (1.0, -0.5, -0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The small model, ready to judge. Holds arrays only, so threads may share it."""

    weights: Weights

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the shipped weights, or those at `path`. Raises `BadWeights`."""
        return cls(weights=load(path or SHIPPED))

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        """One verdict per text, in order, whatever the texts hold. `languages` are what the networks declared
        (ISO 639-1 or a longer tag), as hints; `names` what the brand goes by that each text is judged for."""
        declared = languages if languages is not None else [None] * len(texts)
        if len(declared) != len(texts):
            raise ValueError(f"{len(texts)} texts, but {len(declared)} languages")
        if names is not None:
            texts = [mark(text, named) for text, named in zip(texts, names, strict=True)]
        verdicts: list[Verdict] = []
        for start in range(0, len(texts), PAGE):
            verdicts += self._page(texts[start : start + PAGE], declared[start : start + PAGE])
        return verdicts

    def _page(self, texts: Sequence[str], declared: Sequence[str | None]) -> list[Verdict]:
        page, weights = extract(texts), self.weights
        characters = weights.vocabulary.weigh(page.characters, page.texts)
        told = languages_.tell(
            texts,
            weights.language.score([characters], np.zeros_like(page.flags)),
            np.bincount(characters[0].text, minlength=page.texts).tolist(),
            declared,
        )
        spoken = np.array([LANGUAGES.index(code) if code in LANGUAGES else -1 for code in told], dtype=np.int64)
        blocks = [characters, *(weights.vocabulary.weigh(b, page.texts) for b in (page.words, own(page, spoken)))]
        scores = weights.tone.score(blocks, page.flags)
        customer = 1 / (1 + np.exp(-scores[:, [_WHICH]].clip(-30, 30)))
        sentiments = (1 - customer) * softmax(scores[:, _ANYBODY]) + customer * softmax(scores[:, _CUSTOMER])
        intents = _agreeing(scores[:, _INTENT], sentiments).argmax(axis=1)
        moved = weights.tone.blame(blocks, page, _NEGATIVE)
        asked = customer[page.token_text, 0]
        moved = (1 - asked) * moved[:, 0] + asked * moved[:, 1]
        starts = np.searchsorted(page.token_text, np.arange(page.texts + 1)).tolist()
        return [
            self._verdict(
                sentiments[text],
                INTENTS[intents[text]],
                told[text],
                _reasons(page.tokens[starts[text] : starts[text + 1]], moved[starts[text] : starts[text + 1]]),
            )
            for text in range(page.texts)
        ]

    def _verdict(self, odds: Floats, intent: Intent, language: str | None, reasons: tuple[Reason, ...]) -> Verdict:
        negative, neutral = float(odds[0]), float(odds[1])
        return Verdict(
            sentiment=SENTIMENTS[int(odds.argmax())],
            negative=negative,
            neutral=neutral,
            positive=max(0.0, 1.0 - negative - neutral),
            intent=intent,
            language=language,
            reasons=reasons,
            model=self.weights.name,
        )


def _agreeing(intents: Floats, sentiments: Floats) -> Floats:
    """Intents that heed the sentiment: a complaint is seldom positive, praise seldom negative."""
    agreeing = intents.copy()
    agreeing[:, INTENTS.index("complaint")] += AGREEMENT * np.log(sentiments[:, 0] + 1e-3)
    agreeing[:, INTENTS.index("praise")] += AGREEMENT * np.log(sentiments[:, 2] + 1e-3)
    return agreeing


def softmax(logits: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Each row as shares of one."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


def _reasons(tokens: Sequence[str], moved: Floats) -> tuple[Reason, ...]:
    """The words that moved the verdict most, each once, strongest first. Handles and bare punctuation say nothing."""
    weights: dict[str, float] = {}
    for token, weight in zip(tokens, moved.tolist(), strict=True):
        if not token.startswith("@") and (token.isalpha() or not token.isascii() or len(token) > 1):
            weights[token.lower()] = weights.get(token.lower(), 0.0) + weight
    strongest = sorted(weights.items(), key=lambda pair: -abs(pair[1]))[:REASONS]
    return tuple(
        Reason(word=word, weight=round(weight, 3)) for word, weight in strongest if not math.isclose(weight, 0)
    )
