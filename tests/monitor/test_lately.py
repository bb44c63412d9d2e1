"""How good the judge was lately, from labels."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.lately import Lately, Share, lately
from monitor.types import Record
from monitor.views import Labelled
from tests.builders import NOW, mention


def said(sentiment: str | None = None, relevant: bool | None = None, **fields: Any) -> Labelled:
    """A label of an hour ago, on a mention that the judge took for negative and relevant."""
    own = {name: fields.pop(name) for name in ("said", "said_negative", "at") if name in fields}
    defaults: dict[str, Any] = {"said": 0.9, "said_negative": 0.8, "at": NOW - timedelta(hours=1)}
    return Labelled(
        record=Record(number=1, mention=mention(**fields)),
        embedding=b"",
        relevant=relevant,
        sentiment=sentiment,  # type: ignore[arg-type]
        by="ana",
        said_sentiment="negative",
        **(defaults | own),
    )


def figures(*labelled: Labelled, days: int = 90) -> list[Lately]:
    return lately(labelled, NOW - timedelta(days=days), alert=0.35, shown=0.3)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits=hits, of=of).interval == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_is_unknown() -> None:
    share = Share(hits=0, of=0)
    assert (share.value, share.interval) == (None, None)


def test_precision_is_told_from_what_was_called_negative() -> None:
    [all_, *_] = figures(said("negative"), said("neutral"), said("positive", said_negative=0.1))
    assert all_.negative.precision == Share(hits=1, of=2)


def test_recall_is_told_from_what_people_called_negative() -> None:
    [all_, *_] = figures(said("negative"), said("negative", said_negative=0.34), said("neutral"))
    assert all_.negative.recall == Share(hits=1, of=2)


def test_the_threshold_itself_is_called_negative() -> None:
    [all_, *_] = figures(said("negative", said_negative=0.35))
    assert all_.negative.recall == Share(hits=1, of=1)


def test_relevance_is_told_from_what_was_shown() -> None:
    [all_, *_] = figures(said(relevant=True), said(relevant=False), said(relevant=True, said=0.1))
    assert (all_.relevant.precision, all_.relevant.recall) == (Share(hits=1, of=2), Share(hits=1, of=2))


def test_what_was_not_judged_for_relevance_was_shown() -> None:
    [all_, *_] = figures(said(relevant=False, said=None))
    assert all_.relevant.precision == Share(hits=0, of=1)


def test_a_label_on_relevance_tells_nothing_of_sentiment() -> None:
    [all_, *_] = figures(said(relevant=True))
    assert (all_.labels, all_.negative.precision.of, all_.negative.recall.of) == (1, 0, 0)


def test_older_labels_do_not_count() -> None:
    [all_, *_] = figures(said("negative", at=NOW - timedelta(days=8)), said("negative"), days=7)
    assert all_.labels == 1


def test_groups_stand_by_kind_and_the_most_labelled_first() -> None:
    told = figures(
        said("negative", network="reddit", language="es"),
        said("negative", brand="Luna", network="bluesky", language=None),
        said("negative", brand="Luna", network="bluesky", language="en"),
    )
    assert [(one.by, one.name, one.labels) for one in told] == [
        ("all", "", 3),
        ("brand", "Luna", 2),
        ("brand", "Acme", 1),
        ("network", "bluesky", 2),
        ("network", "reddit", 1),
        ("language", "en", 1),
        ("language", "es", 1),
    ]
