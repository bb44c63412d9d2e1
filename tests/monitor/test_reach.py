"""How far a mention carries, and what nobody can say."""

import pytest

from connectors.post import Engagement
from monitor.reach import measure
from tests.builders import post


@pytest.mark.parametrize(
    ("views", "followers", "reach"),
    [
        (None, None, None),
        (None, 300, 300),
        (None, 0, 0),
        (50, 300, 50),
        (0, 300, 0),
        (50, None, 50),
    ],
    ids=["nothing told", "followers", "nobody follows", "views come first", "nobody looked", "views alone"],
)
def test_reach_is_what_the_network_counts(views: int | None, followers: int | None, reach: int | None) -> None:
    assert measure(post(engagement=Engagement(views=views), followers=followers)) == reach


def test_the_reach_of_a_post_without_an_author_is_unknown() -> None:
    assert measure(post(author=None)) is None


def test_likes_are_no_reach() -> None:
    assert measure(post(likes=900)) is None
