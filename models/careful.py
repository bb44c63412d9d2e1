"""The careful tier: the screen's verdict, with sentiment, intent and topics read again by an encoder. Of the sentiment
both are heard: a linear model over characters errs elsewhere than an encoder does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from .encoder import Encoder, Floats, Reading
from .errors import BadWeights
from .labelled import INTENTS, SENTIMENTS, TOPICS
from .mark import BRAND, read
from .screen import Screen, softmax
from .verdict import Reason, Topic, Verdict

SHIPPED: Final = Path(__file__).parent / "data"
REASONS: Final = 6
MOST_LEFT_OUT: Final = 40
"""Words of a text that are left out in turn to see which decided; each costs a pass."""
QUESTION: Final = 0.5
"""From this probability on a text is taken for a question."""
ANGRY: Final = 0.7
"""P(negative) from which a question is no calm one any more. Of those that were said to be less, one in five was."""

CALIBRATED: Final = {
    ("tone", "weights"): (3, 3),
    ("tone", "bias"): (3,),
    ("both", "weights"): (6, 3),
    ("both", "bias"): (3,),
    ("topics", "slope"): (len(TOPICS),),
    ("topics", "bias"): (len(TOPICS),),
    ("topics", "least"): (),
}
"""What a calibration holds, and its shape."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Careful:
    """The encoder, ready to judge, over the screen, which tells the language."""

    screen: Screen
    encoder: Encoder

    @classmethod
    def load(cls, folder: Path = SHIPPED, threads: int = 1) -> Self:
        """Read the shipped weights, or those in `folder`. Raises `BadWeights`."""
        encoder = Encoder.load(folder, threads=threads)
        if not _is_whole(encoder.facts["calibration"]):
            raise BadWeights(f"{folder / 'careful.json'}: damaged, calibration cannot be read; install again")
        return cls(screen=Screen.load(), encoder=encoder)

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        """As `Judges` says; every text is read by the encoder."""
        return self.again(self.screen.judge(texts, languages, names), texts, names)

    def again(
        self, verdicts: Sequence[Verdict], texts: Sequence[str], names: Sequence[Sequence[str]] | None = None
    ) -> list[Verdict]:
        """The screen's verdicts of these texts, read again."""
        if not texts:
            return []
        reading = self.encoder.read(_as_read(texts, names))
        odds_of = agreed(self._calibration, reading, verdicts)
        topics = _topics(self._calibration, reading)
        places = np.round(reading.embedding * 127).astype(np.int8)
        return [
            replace(
                verdict,
                sentiment=SENTIMENTS[int(odds.argmax())],
                negative=float(odds[0]),
                neutral=float(odds[1]),
                positive=max(0.0, 1.0 - float(odds[0]) - float(odds[1])),
                intent=INTENTS[int(intent)],
                topics=named,
                embedding=place.tobytes(),
                reasons=(),
                model=self.encoder.facts["name"],
            )
            for verdict, odds, intent, named, place in zip(
                verdicts, odds_of, reading.intent.argmax(axis=1), topics, places, strict=True
            )
        ]

    def explain(self, text: str, names: Sequence[str] = ()) -> tuple[Reason, ...]:
        """The words that decided, strongest first: how much the log-odds of negative fall when each is left out."""
        words = read(text, names).split()[:MOST_LEFT_OUT]
        if not words:
            return ()
        without = [" ".join(words[:place] + words[place + 1 :]) for place in range(len(words))]
        odds = sentiments(self._calibration, self.encoder.read([" ".join(words), *without]))[:, 0]
        logits = np.log((odds + 1e-4) / (1 - odds + 1e-4))
        # The name says nothing of itself, with a comma behind it neither.
        moved = {
            word: float(logits[0] - left) for word, left in zip(words, logits[1:], strict=True) if BRAND not in word
        }
        strongest = sorted(moved.items(), key=lambda pair: -abs(pair[1]))[:REASONS]
        return tuple(Reason(word=_bare(word), weight=round(weight, 3)) for word, weight in strongest if _bare(word))

    @property
    def _calibration(self) -> dict[str, Any]:
        found: dict[str, Any] = self.encoder.facts["calibration"]
        return found


def _is_whole(calibration: dict[str, Any]) -> bool:
    """Whether all of a calibration is there, and numbers."""
    try:
        found = {(part, name): np.array(calibration[part][name], np.float64) for part, name in CALIBRATED}
    except (KeyError, TypeError, ValueError):
        return False
    return all(found[place].shape == shape and np.isfinite(found[place]).all() for place, shape in CALIBRATED.items())


def _as_read(texts: Sequence[str], names: Sequence[Sequence[str]] | None) -> list[str]:
    return [read(text, named) for text, named in zip(texts, names or [()] * len(texts), strict=True)]


def sentiments(calibration: dict[str, Any], reading: Reading) -> Numbers:
    """What the encoder alone says: probabilities (texts × SENTIMENTS)."""
    tone = calibration["tone"]
    return softmax(reading.tone @ np.array(tone["weights"]) + np.array(tone["bias"]))


def agreed(calibration: dict[str, Any], reading: Reading, screened: Sequence[Verdict]) -> Numbers:
    """What the encoder and the screen's verdicts of the same texts say together: probabilities (texts × SENTIMENTS)."""
    both = calibration["both"]
    return _calm(softmax(heard(reading, screened) @ np.array(both["weights"]) + np.array(both["bias"])), reading.intent)


def heard(reading: Reading, screened: Sequence[Verdict]) -> Numbers:
    """The encoder's logits beside the logarithms of the screen's probabilities (texts × 6)."""
    odds = [(verdict.negative, verdict.neutral, verdict.positive) for verdict in screened]
    return np.hstack([reading.tone.astype(np.float64), np.log(np.array(odds) + 1e-6)])


def _calm(odds: Numbers, intents: Floats) -> Numbers:
    """Questions that are not surely angry count half as negative, which keeps them below the alarm; the rest of it goes
    to neutral."""
    asked = softmax(intents)[:, INTENTS.index("question")] >= QUESTION
    half = np.where(asked & (odds[:, 0] < ANGRY), odds[:, 0] / 2, 0.0)
    return np.asarray(odds + half[:, None] * np.array([-1.0, 1.0, 0.0]))


def _topics(calibration: dict[str, Any], reading: Reading) -> list[tuple[Topic, ...]]:
    """Those that are likely enough, the likeliest first; at least one."""
    fitted = calibration["topics"]
    logits: Floats = reading.topics * np.array(fitted["slope"], np.float32) + np.array(fitted["bias"], np.float32)
    return [
        tuple(TOPICS[place] for place in np.argsort(-row) if row[place] > fitted["least"])
        or (TOPICS[int(row.argmax())],)
        for row in logits
    ]


def _bare(word: str) -> str:
    return word.strip(".,;:!?¡¿\"'()«»“”…").lower()
