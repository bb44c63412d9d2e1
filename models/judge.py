"""The door to the models for the house: texts in, verdicts out, by the tier that is asked for.

The screen tier reads everything. In the careful tier an encoder then reads again, those first of which the screen is
least sure, for as long as there is patience: in a flood the rest keeps the screen's verdict, and nothing waits.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from .screen import Screen
from .verdict import Tier, Verdict

ALERT_THRESHOLD: Final = 0.35
"""From this P(negative) on, a mention deserves a look by a person. The model card says what that finds and costs."""


class Judges(Protocol):
    """What judges texts."""

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        """One verdict per text, in order. `languages` are what the networks declared (ISO 639-1 or a longer tag), as
        hints; `names` what the brand goes by that each text is judged for."""
        ...


def load(tier: Tier = "careful", waiting: Callable[[], int] = lambda: 0) -> Judges:
    """The shipped judge of this tier; `waiting` tells how many others wait for it. Raises `BadWeights`."""
    return Screen.load()
