"""The journey of a post into the store: what becomes a mention, what raises an alert, and what does neither."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import ConnectorError, Malformed, Refused, Unavailable
from connectors.post import Author, Engagement
from monitor.alerting.policy import Policy
from monitor.errors import LeaseLost
from monitor.pipeline import poll
from monitor.views import Search
from tests.builders import NOW, brand, post
from tests.fakes_http import FakeHttp

from .desk import DAY, Knowing, alerted, claimed, open_desk, page, polled, reader, source, standings, stored

STRANGER = Author(handle="did:1")
KNOWN = {"did:1": Author(handle="acme.shop", name="Acme", followers=900)}


def names(desk: Any) -> list[tuple[str, str]]:
    """Each mention as its post's id and its brand."""
    return [(record.mention.post.id, record.mention.brand) for record in stored(desk)]


async def test_a_post_that_names_two_brands_is_two_mentions(tmp_path: Path) -> None:
    async with open_desk(tmp_path, brand("Acme"), brand("Bolt")) as desk:
        tally = await polled(desk, source(page(post("Acme lost what Bolt found"))))
        assert names(desk) == [("1", "Acme"), ("1", "Bolt")]
        assert (tally.found, tally.mentions, tally.negative, tally.alerts) == (1, 2, 2, 2)


async def test_what_is_said_on_the_brands_own_page_is_its_mention_and_relevant(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        guestbook = replace(source(page(post("Two weeks and no parcel"))), about="Acme")
        assert (await polled(desk, guestbook)).mentions == 1
        assert [(record.mention.brand, record.mention.relevance) for record in stored(desk)] == [("Acme", 1.0)]


async def test_a_post_that_names_nobody_leaves_no_trace(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        tally = await polled(desk, source(page(post("A fine day"))))
        assert (tally.found, tally.mentions) == (1, 0)
        assert stored(desk) == []


async def test_mentions_are_numbered_in_the_order_of_the_pages(tmp_path: Path) -> None:
    first = page(post("Acme one", id="b"), post("Acme two", id="a"))
    second = page(post("Acme three", id="c"), mark="2")
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(first, second))
        assert names(desk) == [("b", "Acme"), ("a", "Acme"), ("c", "Acme")]


async def test_two_networks_may_number_their_posts_alike(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(page(post("Acme lost it", network="web"), post("Is Acme open?", network="reddit"))))
        assert sorted(record.mention.post.network for record in stored(desk)) == ["reddit", "web"]


async def test_a_post_that_comes_twice_on_a_page_is_one_mention_as_last_told(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        tally = await polled(desk, source(page(post("Acme lost it"), post("Acme found it"))))
        assert [record.mention.post.text for record in stored(desk)] == ["Acme found it"]
        assert tally.mentions == 1


async def test_the_brands_own_post_is_no_mention(tmp_path: Path) -> None:
    async with open_desk(tmp_path, brand("Acme", handles=("acme.shop",))) as desk:
        assert (await polled(desk, source(page(post("Acme opens", author="acme.shop"))))).mentions == 0


async def test_a_post_is_known_to_be_the_brands_own_once_its_author_is_asked_for(tmp_path: Path) -> None:
    network = Knowing(acts=[page(post("Acme never sleeps", author=STRANGER))], people=KNOWN)
    async with open_desk(tmp_path, brand("Acme", handles=("acme.shop",))) as desk:
        assert (await polled(desk, source(connector=network))).mentions == 0
        assert stored(desk) == []
        assert alerted(desk) == []


async def test_what_one_brand_says_of_another_is_the_others_mention(tmp_path: Path) -> None:
    network = Knowing(acts=[page(post("Acme beats Bolt", author=STRANGER))], people=KNOWN)
    async with open_desk(tmp_path, brand("Acme", handles=("acme.shop",)), brand("Bolt")) as desk:
        await polled(desk, source(connector=network))
        assert names(desk) == [("1", "Bolt")]


async def test_followers_come_by_asking_and_make_the_reach(tmp_path: Path) -> None:
    network = Knowing(acts=[page(post("Acme is fine", author=STRANGER))], people=KNOWN)
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(connector=network))
        (record,) = stored(desk)
        assert record.mention.post.author == KNOWN["did:1"]
        assert record.mention.reach == 900


async def test_only_authors_of_new_mentions_are_asked_for_and_each_once(tmp_path: Path) -> None:
    posts = (
        post("Acme one", id="1", author=STRANGER),
        post("Acme two", id="2", author=STRANGER),
        post("Acme three", id="3", author="known", followers=3),
        post("Acme four", id="4", author=None),
        post("A fine day", id="5", author="passer-by"),
    )
    network = Knowing(acts=[page(*posts)], people=KNOWN)
    async with open_desk(tmp_path) as desk:
        for _ in range(2):
            await polled(desk, source(connector=network))
        assert network.asked_of == [["did:1"]]


@pytest.mark.parametrize("trouble", [Unavailable("503"), Refused("401"), Malformed("not JSON")], ids=lambda e: str(e))
async def test_a_mention_does_not_wait_for_its_author(tmp_path: Path, trouble: ConnectorError) -> None:
    network = Knowing(acts=[page(post("Acme lost it", author=STRANGER))], trouble=trouble)
    async with open_desk(tmp_path) as desk:
        tally = await polled(desk, source(connector=network))
        assert (tally.found, tally.mentions, tally.negative, tally.alerts) == (1, 1, 1, 1)
        assert stored(desk)[0].mention.reach is None


async def test_a_post_seen_again_logs_a_reading_and_raises_nothing(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(page(post("Acme lost it", likes=1))))
        desk.clock.forward(timedelta(hours=1))  # type: ignore[attr-defined]
        tally = await polled(desk, source(page(post("Acme lost it", likes=7))))
        assert (tally.mentions, tally.alerts) == (0, 0)
        with reader(desk) as store:
            assert [reading.likes for reading in store.dossier(1).readings] == [1, 7]
        assert standings(desk).pending == 1


async def test_an_edit_is_followed_and_alerts_nobody(tmp_path: Path) -> None:
    edited = post("Acme lost it and never answers", edited_at=NOW)
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(page(post("Acme is fine"))))
        await polled(desk, source(page(edited)))
        (record,) = stored(desk)
        assert (record.mention.post.text, record.mention.post.edited_at) == (edited.text, NOW)
        assert alerted(desk) == []


async def test_a_new_brand_finds_a_post_that_another_has_found_before(tmp_path: Path) -> None:
    network = page(post("Acme lost what Bolt found", likes=3))
    async with open_desk(tmp_path, brand("Acme")) as desk:
        await polled(desk, source(network))
    async with open_desk(tmp_path, brand("Acme"), brand("Bolt")) as desk:
        assert (await polled(desk, source(network))).mentions == 1
        assert names(desk) == [("1", "Acme"), ("1", "Bolt")]


async def test_what_its_network_took_down_is_forgotten(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(page(post("Acme lost it", id="1"), post("Acme is fine", id="2"))))
        await polled(desk, source(page(deleted=("1", "never seen"), mark="2")))
        gone, still = stored(desk)
        assert (gone.mention.post.text, gone.mention.post.author, gone.deleted_at) == ("", None, NOW)
        assert (still.mention.post.text, still.deleted_at) == ("Acme is fine", None)


async def test_counts_that_no_network_can_mean_do_no_harm(tmp_path: Path) -> None:
    odd = post("Acme lost it", author=Author(handle="ana", followers=-3), engagement=Engagement(likes=-1, views=-9))
    async with open_desk(tmp_path) as desk:
        assert (await polled(desk, source(page(odd)))).alerts == 1


async def test_copies_on_one_page_raise_one_alert(tmp_path: Path) -> None:
    text = "Acme lost my parcel for the third time"
    async with open_desk(tmp_path) as desk:
        tally = await polled(desk, source(page(post(text, id="1"), post(f"RT: {text}", id="2", author="bo"))))
        assert (tally.mentions, tally.alerts) == (2, 1)


async def test_what_is_older_than_the_backfill_is_stored_and_alerts_nobody(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        tally = await polled(desk, source(page(post("Acme lost it", published_at=NOW - 2 * DAY))))
        assert (tally.mentions, tally.alerts) == (1, 0)


async def test_what_is_hardly_about_the_brand_is_kept_hidden_and_alerts_nobody(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(page(post("Acme lost astronomy", id="a"), post("Acme lost it", id="b"))))
        hidden = [record.mention for record in reader(desk).mentions(Search(hidden=True))]
        assert [(one.post.id, one.relevance) for one in hidden] == [("a", 0.1)]
        assert names(desk) == [("b", "Acme")]
        assert alerted(desk) == [2]


async def test_a_competitors_mention_is_stored_and_alerts_nobody(tmp_path: Path) -> None:
    async with open_desk(tmp_path, policy=Policy(competitors={"Acme"})) as desk:
        tally = await polled(desk, source(page(post("Acme lost it"))))
        assert (tally.mentions, tally.alerts) == (1, 0)


async def test_the_outbox_is_woken_only_when_something_waits(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await polled(desk, source(page(post("Acme is fine", id="1"))))
        assert not desk.committed.is_set()
        await polled(desk, source(page(post("Acme lost it", id="2"))))
        assert desk.committed.is_set()


async def test_a_title_is_judged_with_its_text(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        assert (await polled(desk, source(page(post("See inside", title="Acme lost it"))))).negative == 1


async def test_a_page_is_kept_before_the_next_is_asked_for(tmp_path: Path) -> None:
    trouble = Unavailable("503")
    async with open_desk(tmp_path) as desk:
        of = source(page(post("Acme one", id="1"), mark="one"), trouble, page(post("Acme two", id="2"), mark="two"))
        with pytest.raises(Unavailable):
            await polled(desk, of)
        assert names(desk) == [("1", "Acme")]
        assert (await claimed(desk, of)).mark == "one"


async def test_a_stop_ends_a_poll_between_two_pages(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = source(page(post("Acme one", id="1"), mark="one"), asyncio.Event(), page(post("Acme two", id="2")))
        claim, http = await claimed(desk, of), FakeHttp({})
        await poll(desk, of, claim, http, NOW - DAY, lambda _: desk.stop.set(), (desk.stop,))
        assert names(desk) == [("1", "Acme")]
        assert (await claimed(desk, of)).mark == "one"


async def test_the_longest_rest_that_was_asked_for_last_is_told(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = source(page(rest=timedelta(hours=2)), page(mark="2"))
        claim = await claimed(desk, of)
        rest = await poll(desk, of, claim, FakeHttp({}), NOW - DAY, lambda _: None, (desk.stop,))
        assert rest == timedelta(hours=2)


async def test_who_was_paused_past_its_lease_commits_nothing(tmp_path: Path) -> None:
    of = source(page(post("Acme lost it"), mark="late"))
    async with open_desk(tmp_path) as one, open_desk(tmp_path) as two:
        paused = await claimed(one, of, owner="one")
        two.clock.forward(timedelta(minutes=2))  # type: ignore[attr-defined]
        taken = await claimed(two, of, owner="two")
        with pytest.raises(LeaseLost):
            await polled(one, of, paused)
        assert stored(two) == []
        assert (await polled(two, of, taken)).alerts == 1
        assert names(one) == [("1", "Acme")]
