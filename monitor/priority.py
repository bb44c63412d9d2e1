"""How urgent a mention is: a sum of named parts, so that a person can see why."""

import math

from connectors.post import Post
from models.verdict import Verdict

from .types import Level, Priority

THRESHOLDS = ((70, Level.P1), (45, Level.P2), (25, Level.P3), (0, Level.P4))
"""Points from which a level begins, most urgent first."""


def weigh(post: Post, verdict: Verdict, reach: int | None) -> Priority:
    """The priority of a mention, 0 to 100 points.

    Up to 50 for being negative, 20 for a complaint and 15 for a question, up to 25 for reach (5 a power of ten, from
    100 people to 10 million), and up to 5 for the engagement it has drawn already.
    """
    parts = (
        ("negative", round(50 * verdict.negative)),
        ("intent", {"complaint": 20, "question": 15}.get(verdict.intent, 0)),
        ("reach", _powers_of_ten(reach, below=1, most=5) * 5),
        ("engagement", _powers_of_ten(post.engagement.total, below=0, most=5)),
    )
    named = tuple((name, points) for name, points in parts if points)
    return Priority(level=_level(sum(points for _, points in named)), parts=named)


def _powers_of_ten(count: int | None, *, below: int, most: int) -> int:
    """The order of magnitude of `count`, less `below`, from 0 to `most`; an unknown count adds nothing."""
    return 0 if not count or count < 1 else max(0, min(most, int(math.log10(count)) - below))


def _level(points: int) -> Level:
    return next(level for least, level in THRESHOLDS if points >= least)
