"""When a source needs people: what is silence by its own habit, and what only looks like it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.coverage import habit, need, silent_since
from monitor.types import Actor
from monitor.views import Standing
from tests.builders import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def standing(**fields: Any) -> Standing:
    """A source that was read now, speaks hourly, and spoke last an hour ago."""
    plain: dict[str, Any] = dict.fromkeys(("next_at", "last_success_at", "failing_since", "error", "newest_at"))
    mine = {
        "name": "social",
        "connector": "feed",
        "failures": 0,
        "actor": Actor.NOBODY,
        "found": 0,
        "mentions": 0,
        "seen_until": NOW,
        "fresh_at": NOW - HOUR,
        "pauses": (HOUR,) * 10,
    }
    return Standing(**(plain | mine | fields))


@pytest.mark.parametrize(
    ("pauses", "usual"),
    [
        ((HOUR,) * 4, None),
        ((HOUR,) * 5, HOUR),
        ((*(HOUR,) * 9, 14 * DAY), HOUR),
        ((*(HOUR,) * 8, 2 * DAY, 3 * DAY), 2 * DAY),
    ],
    ids=["too few days", "enough days", "one freak", "weekends"],
)
def test_a_habit_is_the_usual_longest_pause(pauses: tuple[timedelta, ...], usual: timedelta | None) -> None:
    assert habit(pauses) == usual


@pytest.mark.parametrize(
    ("fields", "since"),
    [
        ({"fresh_at": NOW - 23 * HOUR}, None),
        ({"fresh_at": NOW - 25 * HOUR}, NOW - 25 * HOUR),
        ({"fresh_at": NOW - 25 * HOUR, "pauses": (6 * HOUR,) * 10}, None),
        ({"fresh_at": NOW - 31 * HOUR, "pauses": (6 * HOUR,) * 10}, NOW - 31 * HOUR),
        ({"fresh_at": NOW - 9 * DAY, "pauses": ()}, None),
        ({"fresh_at": NOW - 9 * DAY, "seen_until": NOW - 9 * DAY}, None),
        ({"fresh_at": NOW - 9 * DAY, "connector": "file"}, None),
        ({"fresh_at": None}, None),
    ],
    ids=["under a day", "a day", "its habit", "much longer", "no habit", "not listened to", "an import", "never spoke"],
)
def test_silence_is_told_by_its_own_habit(fields: dict[str, Any], since: datetime | None) -> None:
    assert silent_since(standing(**fields)) == since


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({}, ""),
        ({"told": "refused"}, ""),
        ({"fresh_at": NOW - 9 * DAY}, "silent"),
        ({"error": "401", "actor": Actor.PERSON, "failing_since": NOW}, "refused"),
        ({"error": "503", "failing_since": NOW - 23 * HOUR}, ""),
        ({"error": "503", "failing_since": NOW - 25 * HOUR}, "failing"),
        ({"error": "503", "failing_since": NOW - HOUR, "told": "refused"}, "refused"),
        ({"error": "503", "failing_since": NOW - HOUR, "told": "silent"}, "silent"),
    ],
    ids=["well", "recovered", "silent", "refused", "fails", "fails for long", "still refused", "still silent"],
)
def test_what_a_source_needs_people_for(fields: dict[str, Any], needed: str) -> None:
    assert need(standing(**fields), NOW) == needed
