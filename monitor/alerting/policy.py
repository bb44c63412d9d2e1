"""Which mentions need a person, why, and by when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..types import Alert, AlertReason, Level, Mention

DUE: Mapping[Level, timedelta] = {
    Level.P1: timedelta(hours=1),
    Level.P2: timedelta(hours=4),
    Level.P3: timedelta(hours=24),
    Level.P4: timedelta(hours=72),
}
LONGEST = timedelta(days=7)
"""However long a source was not heard: what is older than this needs no answer at once any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When to alert: P(negative) from `negative` on, a question, or a reach of at least `reach` people.

    Mentions of a competitor are stored and never alerted; so are those published more than `backfill` before their
    source was last heard. What was said while nobody listened (a laptop closed over the weekend) still needs a person.
    """

    negative: float = 0.35
    questions: bool = True
    reach: int | None = 10_000
    due: Mapping[Level, timedelta] = field(default_factory=lambda: DUE)
    backfill: timedelta = timedelta(hours=24)
    competitors: Collection[str] = frozenset()

    def alerts(self, mentions: Sequence[Mention], now: datetime, heard_at: datetime | None = None) -> tuple[Alert, ...]:
        """The alerts that these mentions raise, in the same order. Their source was last heard `heard_at`, if ever."""
        oldest = max((min(heard_at, now) if heard_at else now) - self.backfill, now - max(self.backfill, LONGEST))
        found = ((mention, self.reasons(mention)) for mention in mentions if mention.published_at >= oldest)
        return tuple(self._alert(mention, reasons, now) for mention, reasons in found if reasons)

    def reasons(self, mention: Mention) -> tuple[AlertReason, ...]:
        """Why this mention needs a person, whenever it was published; empty when it does not."""
        if mention.hidden or mention.brand in self.competitors:
            return ()
        grounds: tuple[tuple[AlertReason, bool], ...] = (
            ("negative", mention.verdict.negative >= self.negative),
            ("question", self.questions and mention.verdict.intent == "question"),
            ("reach", self.reach is not None and (mention.reach or 0) >= self.reach),
        )
        return tuple(reason for reason, holds in grounds if holds)

    def _alert(self, mention: Mention, reasons: tuple[AlertReason, ...], now: datetime) -> Alert:
        return Alert(mention=mention, reasons=reasons, raised_at=now, due_at=now + self.due[mention.priority.level])
