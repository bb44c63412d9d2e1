"""How urgent a mention is, and the named parts that say why."""

import pytest

from monitor.priority import weigh
from monitor.types import Level
from tests.builders import post, verdict


@pytest.mark.parametrize(
    ("said", "reach", "likes", "parts"),
    [
        (verdict("neutral", negative=0.0), None, None, {}),
        (verdict("negative", negative=0.8, intent="other"), None, None, {"negative": 40}),
        (verdict("negative", negative=0.004, intent="other"), None, None, {}),
        (verdict("negative", negative=0.8), None, None, {"negative": 40, "intent": 20}),
        (verdict("neutral", negative=0.1, intent="question"), None, None, {"negative": 5, "intent": 15}),
        (verdict("positive", negative=0.0, intent="praise"), 0, 0, {}),
        (verdict("neutral", negative=0.0), 99, None, {}),
        (verdict("neutral", negative=0.0), 100, None, {"reach": 5}),
        (verdict("neutral", negative=0.0), 1_000, None, {"reach": 10}),
        (verdict("neutral", negative=0.0), 9_999_999, None, {"reach": 25}),
        (verdict("neutral", negative=0.0), 10**12, None, {"reach": 25}),
        (verdict("neutral", negative=0.0), None, 9, {}),
        (verdict("neutral", negative=0.0), None, 10, {"engagement": 1}),
        (verdict("neutral", negative=0.0), None, 10**9, {"engagement": 5}),
        (verdict("neutral", negative=0.0), -5, -5, {}),
        (verdict("negative", negative=1.0), 10**7, 10**5, {"negative": 50, "intent": 20, "reach": 25, "engagement": 5}),
    ],
    ids=[
        "nothing known", "negative", "hardly negative", "complaint", "question", "zeros", "below a hundred",
        "a hundred", "a thousand", "nearly ten million", "more than there are people", "few likes", "ten likes",
        "a billion likes", "negative counts", "everything",
    ],
)  # fmt: skip
def test_a_priority_is_the_sum_of_its_named_parts(
    said: object, reach: int | None, likes: int | None, parts: dict[str, int]
) -> None:
    found = weigh(post(likes=likes), said, reach)  # type: ignore[arg-type]
    assert dict(found.parts) == parts
    assert found.points == sum(parts.values())


def test_a_hundred_points_are_the_most() -> None:
    assert weigh(post(likes=10**9), verdict("negative", negative=1.0), 10**9).points == 100


@pytest.mark.parametrize(
    ("negative", "reach", "points", "level"),
    [
        (0.0, None, 20, Level.P4),
        (0.08, None, 24, Level.P4),
        (0.1, None, 25, Level.P3),
        (0.48, None, 44, Level.P3),
        (0.5, None, 45, Level.P2),
        (0.98, None, 69, Level.P2),
        (1.0, None, 70, Level.P1),
        (1.0, 10**6, 95, Level.P1),
    ],
)
def test_a_level_begins_at_its_points(negative: float, reach: int | None, points: int, level: Level) -> None:
    found = weigh(post(), verdict("negative", negative=negative), reach)
    assert (found.points, found.level) == (points, level)


def test_what_says_nothing_is_of_the_lowest_level() -> None:
    assert weigh(post(author=None), verdict("neutral", negative=0.0), None).level is Level.P4
