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


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When to alert: P(negative) from `negative` on, a question, or a reach of at least `reach` people.

    Mentions of a competitor, and those published more than `backfill` ago, are stored and never alerted.
    """

    negative: float = 0.35
    questions: bool = True
    reach: int | None = 10_000
    due: Mapping[Level, timedelta] = field(default_factory=lambda: DUE)
    backfill: timedelta = timedelta(hours=24)
    competitors: Collection[str] = frozenset()

    def alerts(self, mentions: Sequence[Mention], now: datetime) -> tuple[Alert, ...]:
        """The alerts that these mentions raise, in the same order."""
        return tuple(
            self._alert(mention, reasons, now) for mention in mentions if (reasons := self.reasons(mention, now))
        )

    def reasons(self, mention: Mention, now: datetime) -> tuple[AlertReason, ...]:
        """Why this mention needs a person; empty when it does not."""
        if mention.brand in self.competitors or now - mention.published_at > self.backfill:
            return ()
        grounds: tuple[tuple[AlertReason, bool], ...] = (
            ("negative", mention.verdict.negative >= self.negative),
            ("question", self.questions and mention.verdict.intent == "question"),
            ("reach", self.reach is not None and (mention.reach or 0) >= self.reach),
        )
        return tuple(reason for reason, holds in grounds if holds)

    def _alert(self, mention: Mention, reasons: tuple[AlertReason, ...], now: datetime) -> Alert:
        return Alert(mention=mention, reasons=reasons, raised_at=now, due_at=now + self.due[mention.priority.level])
