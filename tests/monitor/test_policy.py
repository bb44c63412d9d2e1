"""Which mentions need a person, why, and by when."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.alerting.policy import DUE, Policy
from monitor.types import AlertReason, Level, Priority
from tests.builders import NOW, mention, verdict

CALM = verdict("neutral", negative=0.1, intent="other")


@pytest.mark.parametrize(
    ("about", "reasons"),
    [
        ({"verdict": CALM}, ()),
        ({"verdict": verdict("negative", intent="complaint")}, ("negative",)),
        ({"verdict": verdict("neutral", negative=0.35, intent="other")}, ("negative",)),
        ({"verdict": verdict("neutral", negative=0.349, intent="other")}, ()),
        ({"verdict": verdict("neutral", intent="question")}, ("question",)),
        ({"verdict": CALM, "reach": 10_000}, ("reach",)),
        ({"verdict": CALM, "reach": 9_999}, ()),
        ({"verdict": CALM, "reach": None}, ()),
        ({"verdict": verdict("negative", intent="question"), "reach": 20_000}, ("negative", "question", "reach")),
    ],
    ids=[
        "calm", "negative", "at the threshold", "below the threshold", "question", "far", "not so far", "reach unknown",
        "all three",
    ],
)  # fmt: skip
def test_an_alert_says_every_reason(about: dict[str, Any], reasons: tuple[AlertReason, ...]) -> None:
    assert Policy().reasons(mention(**about)) == reasons


@pytest.mark.parametrize(
    ("policy", "about", "reasons"),
    [
        (Policy(negative=0.9), {"verdict": verdict("negative", intent="other")}, ()),
        (Policy(negative=0.0), {"verdict": verdict("positive", negative=0.0)}, ("negative",)),
        (Policy(questions=False), {"verdict": verdict("neutral", intent="question")}, ()),
        (Policy(reach=None), {"verdict": CALM, "reach": 10**9}, ()),
        (Policy(reach=0), {"verdict": CALM, "reach": None}, ("reach",)),
    ],
    ids=["stricter", "all", "no questions", "reach off", "any reach"],
)
def test_thresholds_are_configured(policy: Policy, about: dict[str, Any], reasons: tuple[AlertReason, ...]) -> None:
    assert policy.reasons(mention(**about)) == reasons


def test_a_mention_of_a_competitor_is_never_alerted() -> None:
    assert Policy(competitors={"Acme"}).alerts([mention(reach=10**6)], NOW) == ()


@pytest.mark.parametrize(
    ("age", "is_alerted"),
    [
        (timedelta(hours=23), True),
        (timedelta(hours=24), True),
        (timedelta(hours=24, seconds=1), False),
        (-timedelta(days=1), True),
    ],
    ids=["yesterday", "just in time", "too old", "of tomorrow"],
)
def test_what_is_older_than_the_backfill_is_stored_without_a_word(age: timedelta, is_alerted: bool) -> None:
    assert bool(Policy().alerts([mention(published_at=NOW - age)], NOW)) is is_alerted


@pytest.mark.parametrize(
    ("heard", "age", "is_alerted"),
    [
        (timedelta(hours=40), timedelta(hours=30), True),
        (timedelta(hours=40), timedelta(hours=65), False),
        (timedelta(days=30), timedelta(days=6), True),
        (timedelta(days=30), timedelta(days=8), False),
        (-timedelta(days=1), timedelta(hours=23), True),
    ],
    ids=["said meanwhile", "said long before", "a month away", "too long ago", "a clock that was ahead"],
)
def test_what_was_said_while_nobody_listened_is_alerted(heard: timedelta, age: timedelta, is_alerted: bool) -> None:
    assert bool(Policy().alerts([mention(published_at=NOW - age)], NOW, NOW - heard)) is is_alerted


def test_a_mention_of_unknown_age_is_as_old_as_its_discovery() -> None:
    assert Policy().alerts([mention(published_at=None)], NOW)


@pytest.mark.parametrize("level", Level)
def test_an_alert_is_due_by_its_level(level: Level) -> None:
    (raised,) = Policy().alerts([mention(priority=Priority(level=level, parts=()))], NOW)
    assert (raised.raised_at, raised.due_at) == (NOW, NOW + DUE[level])


def test_the_more_urgent_is_due_sooner() -> None:
    assert sorted(Level, key=DUE.__getitem__) == [Level.P1, Level.P2, Level.P3, Level.P4]


def test_alerts_keep_the_order_of_their_mentions() -> None:
    page = [mention(id="1"), mention(id="2", verdict=CALM), mention(id="3")]
    assert [alert.mention.post.id for alert in Policy().alerts(page, NOW)] == ["1", "3"]
