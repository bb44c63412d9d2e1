"""The door to the models for the house: texts in, verdicts out, by the tier that is asked for.

The screen tier reads everything. In the careful tier an encoder then reads again, those first of which the screen is
least sure, for as long as there is patience: in a flood the rest keeps the screen's verdict, and nothing waits.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from .screen import Screen
from .verdict import Reason, Tier, Verdict

if TYPE_CHECKING:
    from .careful import Careful

ALERT_THRESHOLD: Final = 0.35
"""From this P(negative) on, a mention deserves a look by a person. The model card says what that finds and costs."""
PATIENCE: Final = 10.0
"""Seconds for a page and those that wait with it: an alert is promised within minutes."""
READ_AT_ONCE: Final = 16

Names = Sequence[Sequence[str]]


class Judges(Protocol):
    """What judges texts."""

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Names | None = None,
    ) -> list[Verdict]:
        """One verdict per text, in order. `languages` are what the networks declared (ISO 639-1 or a longer tag), as
        hints; `names` what the brand goes by that each text is judged for."""
        ...


class Reader(Protocol):
    """The tier that reads again."""

    def explain(self, text: str, names: Sequence[str] = ()) -> tuple[Reason, ...]:
        """The words that decided."""
        ...

    def again(self, verdicts: Sequence[Verdict], texts: Sequence[str], names: Names | None = None) -> list[Verdict]:
        """The verdicts of these texts, better founded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiered:
    """Both tiers as one judge. `waiting` tells how many calls wait beside this one."""

    screen: Judges
    reader: Reader
    waiting: Callable[[], int] = lambda: 0
    now: Callable[[], float] = time.monotonic

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Names | None = None,
    ) -> list[Verdict]:
        """As `Judges` says. What an alert may come of is explained, too."""
        named = names if names is not None else [()] * len(texts)
        verdicts = self.screen.judge(texts, languages, named)
        unsure = sorted(range(len(texts)), key=lambda place: _certainty(verdicts[place]))
        until = self.now() + PATIENCE / (1 + self.waiting())
        for start in range(0, len(unsure), READ_AT_ONCE):
            if self.now() > until:
                break
            places = unsure[start : start + READ_AT_ONCE]
            again = self.reader.again(
                [verdicts[place] for place in places],
                [texts[place] for place in places],
                [named[place] for place in places],
            )
            for place, verdict in zip(places, again, strict=True):
                verdicts[place] = verdict
        for place, verdict in enumerate(verdicts):
            if verdict.negative >= ALERT_THRESHOLD and not verdict.reasons and self.now() <= until:
                verdicts[place] = replace(verdict, reasons=self.reader.explain(texts[place], named[place]))
        return verdicts


def load(tier: Tier = "careful", waiting: Callable[[], int] = lambda: 0) -> Judges:
    """The shipped judge of this tier, for work that waits for nobody. Raises `BadWeights`."""
    judge = unhurried(tier)
    return judge if isinstance(judge, Screen) else Tiered(screen=judge.screen, reader=judge, waiting=waiting)


def unhurried(tier: Tier) -> "Screen | Careful":
    """The shipped judge of this tier, that reads everything however long it takes. Raises `BadWeights`."""
    if tier == "screen":
        return Screen.load()
    # Imported here: small machines need not load ONNX Runtime.
    from .careful import Careful

    return Careful.load()


def _certainty(verdict: Verdict) -> float:
    """How far P(negative) is from where an alert begins, in log-odds."""
    odds = min(max(verdict.negative, 1e-6), 1 - 1e-6)
    return abs(math.log(odds / (1 - odds)) - math.log(ALERT_THRESHOLD / (1 - ALERT_THRESHOLD)))
