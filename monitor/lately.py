"""How good the judge was lately, told from what people said of mentions: precision and recall, with their intervals.

People say something of what they see. So precision is told from what was shown, and mostly from what was wrong of it:
it may be better than it looks here. Recall is told from what people came across although it was not pointed out to
them: it may be worse.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from .views import Labelled

By = Literal["all", "brand", "network", "language"]

CONFIDENCE: Final = 1.959964
"""The normal distribution's quantile for 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many `hits` there were among so many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share lies with 95 % confidence: the score interval of E. B. Wilson, "Probable inference, the law
        of succession, and statistical inference", Journal of the American Statistical Association 22, 1927."""
        if not self.of:
            return None
        share, spread = self.hits / self.of, CONFIDENCE**2 / self.of
        middle = (share + spread / 2) / (1 + spread)
        width = (spread * (share * (1 - share) + spread / 4)) ** 0.5 / (1 + spread)
        return max(0.0, middle - width), min(1.0, middle + width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of what was called so, how much is so; and of what is so, how much was called so."""

    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """How good the judge was on some of the mentions: those of one brand, network or language (`name`), or on all."""

    by: By
    name: str
    labels: int
    negative: Quality
    relevant: Quality


def lately(labelled: Iterable[Labelled], since: datetime | None, *, alert: float, shown: float) -> list[Lately]:
    """Figures on all that was labelled from `since` on, then by brand, network and language, the most labelled first.

    A mention was called negative when P(negative) was at least `alert`, and relevant when its relevance was at least
    `shown`, or not judged: then it was shown as well.
    """
    recent = [one for one in labelled if since is None or one.at >= since]
    told = [_figures("all", "", recent, alert, shown)]
    for by, key in _GROUPS:
        names = {key(one) for one in recent} - {""}
        groups = [_figures(by, name, [one for one in recent if key(one) == name], alert, shown) for name in names]
        told += sorted(groups, key=lambda group: (-group.labels, group.name))
    return told


_GROUPS: Final[tuple[tuple[By, Callable[[Labelled], str]], ...]] = (
    ("brand", lambda one: one.record.mention.brand),
    ("network", lambda one: one.record.mention.post.network),
    ("language", lambda one: one.record.mention.language or ""),
)


def _figures(by: By, name: str, labelled: Sequence[Labelled], alert: float, shown: float) -> Lately:
    return Lately(
        by=by,
        name=name,
        labels=len(labelled),
        negative=quality(
            (one.said_negative >= alert, one.sentiment == "negative") for one in labelled if one.sentiment is not None
        ),
        relevant=quality(
            (one.said is None or one.said >= shown, one.relevant) for one in labelled if one.relevant is not None
        ),
    )


def quality(pairs: Iterable[tuple[bool, bool]]) -> Quality:
    """From pairs of what was called so and what is so."""
    told = list(pairs)
    hits = sum(called and is_so for called, is_so in told)
    return Quality(
        precision=Share(hits=hits, of=sum(called for called, _ in told)),
        recall=Share(hits=hits, of=sum(is_so for _, is_so in told)),
    )
