"""Times as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.since import ahead, end, start

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "first", "over"),
    [
        ("7d", "2026-11-15T12:00Z", "2026-11-15T12:00Z"),
        ("1h30m", "2026-11-22T10:30Z", "2026-11-22T10:30Z"),
        ("2026", "2025-12-31T23:00Z", "2026-12-31T23:00Z"),
        ("2026-11", "2026-10-31T23:00Z", "2026-11-30T23:00Z"),
        ("2026-12", "2026-11-30T23:00Z", "2026-12-31T23:00Z"),
        ("2026-11-01", "2026-10-31T23:00Z", "2026-11-01T23:00Z"),
        ("2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        ("hoy", "2026-11-21T23:00Z", "2026-11-22T23:00Z"),
        ("Today", "2026-11-21T23:00Z", "2026-11-22T23:00Z"),
        ("ayer", "2026-11-20T23:00Z", "2026-11-21T23:00Z"),
        ("2026-11-01T14:30", "2026-11-01T13:30Z", "2026-11-01T13:30Z"),
        ("2026-11-01 14:30", "2026-11-01T13:30Z", "2026-11-01T13:30Z"),
        ("2026-11-01T14:30:00-05:00", "2026-11-01T19:30Z", "2026-11-01T19:30Z"),
        ("14:30", "2026-11-22T13:30Z", "2026-11-22T13:30Z"),
        ("now", "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
    ],
)
def test_a_time_is_read_in_the_users_zone(written: str, first: str, over: str) -> None:
    assert (start(written, NOW, MADRID), end(written, NOW, MADRID)) == (at(first), at(over))


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("2h", "2026-11-22T14:00Z"),
        ("14:30", "2026-11-22T13:30Z"),
        ("12:30", "2026-11-23T11:30Z"),
        ("mañana", "2026-11-23T08:00Z"),
        ("2026-11-25", "2026-11-25T08:00Z"),
        ("2026-11-25T16:00", "2026-11-25T15:00Z"),
    ],
)
def test_a_moment_to_come_is_the_next_one(written: str, when: str) -> None:
    assert ahead(written, NOW, MADRID) == at(when)


@pytest.mark.parametrize("written", ["2026-11-21", "ayer", "2020-01-01T10:00", "hoy"])
def test_a_moment_to_come_cannot_be_past(written: str) -> None:
    with pytest.raises(ValueError, match="past"):
        ahead(written, NOW, MADRID)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "yesteryear",
        "2026-13",
        "2026-02-30",
        "0000",
        "9999",
        "7 lightyears",
        "25:99",
        "-3d",
        "99999999999w",
        "1e9",
    ],
)
def test_what_is_no_time_says_what_may_be_written(written: str) -> None:
    with pytest.raises(ValueError, match=r"write|is not|too"):
        start(written, NOW, MADRID)


def test_an_hour_that_strikes_twice_is_the_first_one() -> None:
    assert start("2026-10-25T02:30", NOW, MADRID) == at("2026-10-25T00:30Z")
