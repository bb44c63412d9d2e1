"""Every network says in its own way when to come back."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import RateLimited
from connectors.wire.limits import Quota, quota, retry_after
from connectors.wire.pace import MOST_LANES, Lanes

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
EPOCH = str(int(LATER.timestamp()))


@pytest.mark.parametrize(
    ("names", "remaining", "reset"),
    [
        ("x-ratelimit-", "583.0", "300"),
        ("x-ratelimit-", "299", "2026-11-02T12:05:00.000000Z"),
        ("ratelimit-", "2999", EPOCH),
        ("x-rate-limit-", "449", EPOCH),
        ("x-ratelimit-", "59", EPOCH),
        ("ratelimit-", "9, 9", "300, 300"),
    ],
    ids=["reddit", "mastodon", "bluesky", "x", "github", "repeated"],
)
def test_a_limit_is_read_in_each_dialect(names, remaining, reset):
    found = quota({f"{names}limit": "3000", f"{names}remaining": remaining, f"{names}reset": reset}, NOW)
    assert found == Quota(float(remaining.split(",")[0]), 3000.0, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Nov 2026 12:02:00 GMT", timedelta(minutes=2)),
        ("Mon, 02 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("-5", timedelta(0)),
        ("999999999999", timedelta(hours=24)),
        ("1e308", timedelta(hours=24)),
        ("nan", timedelta(0)),
        ("inf", timedelta(hours=24)),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_absurd(value, rest):
    assert retry_after({"retry-after": value}, NOW) == rest


def test_a_limit_that_makes_no_sense_is_none():
    assert quota({"x-ratelimit-remaining": "many", "x-ratelimit-reset": "soon"}, NOW) is None
    assert quota({}, NOW) is None


# Queues


def test_slots_of_one_host_follow_each_other():
    lanes = Lanes(lambda: 100.0)
    assert [lanes.reserve("a", 2.0) for _ in range(3)] == [0.0, 2.0, 4.0]
    assert lanes.reserve("b", 2.0) == 0.0


def test_a_host_that_is_closed_for_long_is_not_queued_for():
    lanes = Lanes(lambda: 100.0)
    lanes.close("a", timedelta(minutes=1))
    with pytest.raises(RateLimited) as caught:
        lanes.reserve("a", 1.0)
    assert caught.value.retry_after == timedelta(minutes=1)
    assert not lanes.is_open("a")


def test_idle_lanes_are_forgotten():
    time = [0.0]
    lanes = Lanes(lambda: time[0])
    for number in range(MOST_LANES):
        lanes.reserve(str(number), 1.0)
    time[0] = 10.0
    lanes.reserve("one more", 1.0)
    assert set(lanes.lanes) == {"one more"}
