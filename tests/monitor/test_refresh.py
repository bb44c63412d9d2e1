"""Looking again: what is asked for when, what becomes of posts, and what a network in trouble costs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Http
from connectors.errors import ConnectorError, Malformed, RateLimited, Refused, Unavailable
from connectors.post import Post
from monitor.pipeline import Desk
from monitor.refresh import BATCH, MANY, refresh, refresh_due
from monitor.schedule import AGES, again
from monitor.types import Source
from tests.builders import NOW, brand, post

from .desk import Played, enlist, open_desk, page, polled, reader, source, stored

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Told = Mapping[str, Post | None] | Exception | asyncio.Event


@dataclass(frozen=True, kw_only=True)
class Seeing(Played):
    """A network that tells of its posts again, the last telling for ever."""

    tells: list[Told] = field(default_factory=lambda: [{}])
    asked_for: list[Sequence[str]] = field(default_factory=list)

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        self.asked_for.append(ids)
        told = self.tells.pop(0) if len(self.tells) > 1 else self.tells[0]
        if isinstance(told, asyncio.Event):
            await told.wait()
            return {}
        if isinstance(told, Exception):
            raise told
        return told


def seeing(*tells: Told, posts: Sequence[Post] = (post(),), **fields: Any) -> Source:
    return source(connector=Seeing(acts=[page(*posts)], tells=list(tells) or [{}]), **fields)


def asked(of: Source) -> list[Sequence[str]]:
    assert isinstance(of.connector, Seeing)
    return of.connector.asked_for


async def look(desk: Desk, of: Source, *, after: timedelta = HOUR, me: str = "me") -> bool:
    """Time passes, and what is then due is looked at."""
    desk.clock.forward(after)  # type: ignore[attr-defined]
    return await refresh(desk, desk.store, of, me)  # type: ignore[arg-type]


def due(desk: Desk, of: Source) -> Any:
    return desk.store.next_look(of.name)  # type: ignore[attr-defined]


async def until(holds: Callable[[], object]) -> None:
    """Wait until `holds()`: what happens in the store's thread sets no event."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


PUBLISHED = NOW - 10 * MINUTE


@pytest.mark.parametrize(
    ("age", "then"),
    [(0, 1), (0.9, 1), (1, 6), (5, 6), (7, 24), (30, 72)],
    ids=["new", "within the hour", "an hour old", "hours old", "later that day", "the day after"],
)
def test_a_post_is_looked_at_after_an_hour_six_a_day_and_three(age: float, then: int) -> None:
    assert again(NOW, NOW + age * HOUR) == NOW + then * HOUR


def test_a_post_of_three_days_ago_is_not_looked_at_any_more() -> None:
    assert again(NOW, NOW + AGES[-1]) is None


async def test_reactions_edits_and_deletions_are_followed(tmp_path: Path) -> None:
    posts = (post(id="1"), post("Acme again", id="2"), post("And Acme", id="3"))
    told = {"1": post(id="1", likes=9), "2": post("Acme, solved", id="2", edited_at=NOW), "3": None}
    async with open_desk(tmp_path) as desk:
        of = seeing(told, posts=posts)
        await polled(desk, of)
        assert await look(desk, of)
        one, two, three = stored(desk)
        assert one.mention.post.engagement.likes == 9
        assert (two.mention.post.text, two.mention.post.edited_at) == ("Acme, solved", NOW)
        assert (three.mention.post.text, three.deleted_at) == ("", NOW + HOUR)


async def test_each_post_is_asked_for_four_times_and_no_more(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing({"1": post(likes=1)})
        await polled(desk, of)
        for hours in (1, 5, 18, 48, 100):
            await look(desk, of, after=hours * HOUR)
        assert (len(asked(of)), due(desk, of)) == (4, None)


async def test_a_post_that_names_two_brands_is_asked_for_once(tmp_path: Path) -> None:
    async with open_desk(tmp_path, brand("Acme"), brand("Bolt")) as desk:
        of = seeing({"1": post("Acme and Bolt", likes=4)}, posts=(post("Acme and Bolt"),))
        await polled(desk, of)
        await look(desk, of)
        assert asked(of) == [["1"]]
        assert [record.mention.post.engagement.likes for record in stored(desk)] == [4, 4]


async def test_a_post_of_which_nothing_is_told_stays_as_it_is(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing({"another": None})
        await polled(desk, of)
        await look(desk, of)
        assert (stored(desk)[0].mention.post, due(desk, of)) == (post(), PUBLISHED + 6 * HOUR)


async def test_a_post_that_its_network_names_otherwise_today_is_still_the_same(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing({"1": post(id="one", likes=3)})
        await polled(desk, of)
        await look(desk, of)
        assert stored(desk)[0].mention.post.engagement.likes == 3


async def test_posts_are_asked_for_in_batches(tmp_path: Path) -> None:
    posts = [post(f"Acme {number}", id=str(number)) for number in range(BATCH + 1)]
    async with open_desk(tmp_path) as desk:
        of = seeing(posts=posts)
        await polled(desk, of)
        assert [await look(desk, of), await look(desk, of, after=MINUTE), await look(desk, of, after=MINUTE)] == [
            True,
            True,
            False,
        ]
        assert [len(ids) for ids in asked(of)] == [BATCH, 1]


async def test_what_was_published_days_before_it_was_heard_is_not_looked_at(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing(posts=(post(published_at=NOW - 4 * 24 * HOUR),))
        await polled(desk, of)
        assert due(desk, of) is None


async def test_nothing_is_noted_where_it_is_switched_off_or_cannot_be_done(tmp_path: Path) -> None:
    async with open_desk(tmp_path, refreshes=False) as desk:
        of = seeing()
        await polled(desk, of)
        assert due(desk, of) is None
    async with open_desk(tmp_path) as desk:
        of = source(page(post(id="2")))
        await polled(desk, of)
        assert due(desk, of) is None


# Trouble


@pytest.mark.parametrize("error", [Unavailable("503"), RateLimited("429")], ids=["down", "too many"])
async def test_posts_that_were_not_to_be_had_wait_for_their_turn(tmp_path: Path, error: ConnectorError) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing(error, {"1": post(likes=2)})
        await polled(desk, of)
        await look(desk, of)
        await look(desk, of, after=MINUTE)
        assert stored(desk)[0].mention.post.engagement.likes == 2


async def test_a_network_that_says_when_to_come_back_is_left_alone_until_then(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing(RateLimited("429", 3 * HOUR), {})
        await polled(desk, of)
        await look(desk, of)
        assert due(desk, of) == NOW + 4 * HOUR
        assert not await look(desk, of, after=2 * HOUR)


@pytest.mark.parametrize("error", [Refused("401"), Malformed("html"), ValueError("a bug")], ids=lambda e: str(e))
async def test_posts_of_which_the_answer_is_no_are_passed_over_until_their_next_look(
    tmp_path: Path, error: Exception
) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing(error, {})
        await polled(desk, of)
        await look(desk, of)
        assert due(desk, of) == PUBLISHED + 6 * HOUR


async def test_that_all_posts_are_gone_is_believed_when_it_is_said_again(tmp_path: Path) -> None:
    posts = [post(f"Acme {number}", id=str(number)) for number in range(MANY)]
    async with open_desk(tmp_path) as desk:
        of = seeing({each.id: None for each in posts}, posts=posts)
        await polled(desk, of)
        for _ in range(3):
            await look(desk, of)
        assert [record.deleted_at for record in stored(desk)] == [None] * MANY
        await look(desk, of)
        assert None not in [record.deleted_at for record in stored(desk)]


async def test_failures_do_not_make_it_certain_that_all_posts_are_gone(tmp_path: Path) -> None:
    posts = [post(f"Acme {number}", id=str(number)) for number in range(MANY)]
    async with open_desk(tmp_path) as desk:
        of = seeing(*[Unavailable("503")] * 3, {each.id: None for each in posts}, posts=posts)
        await polled(desk, of)
        for _ in range(4):
            await look(desk, of)
        assert [record.deleted_at for record in stored(desk)] == [None] * MANY


async def test_a_look_that_another_process_has_taken_over_changes_nothing(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk, open_desk(tmp_path) as other:
        of, slow = seeing({"1": post(likes=9)}), asyncio.Event()
        mine = source(connector=Seeing(acts=[page(post())], tells=[slow]))
        await polled(desk, mine)
        looking = asyncio.create_task(look(desk, mine))
        await until(lambda: asked(mine))
        assert await look(other, of, after=HOUR + 2 * MINUTE, me="another")
        slow.set()
        assert await looking
        assert stored(desk)[0].mention.post.engagement.likes == 9
        with reader(desk) as store:
            assert len(store.dossier(1).readings) == 1


async def test_two_processes_do_not_ask_for_the_same_posts(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk, open_desk(tmp_path) as other:
        slow = asyncio.Event()
        mine, of = source(connector=Seeing(acts=[page(post())], tells=[slow])), seeing()
        await polled(desk, mine)
        looking = asyncio.create_task(look(desk, mine))
        await until(lambda: asked(mine))
        assert not await look(other, of, me="another")
        slow.set()
        await looking
        assert asked(of) == []


async def test_it_stops_at_once_and_lets_another_begin_anew(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        never = seeing(asyncio.Event())
        await polled(desk, never)
        desk.clock.forward(HOUR)  # type: ignore[attr-defined]
        sources = await enlist(desk, never)
        working = asyncio.create_task(refresh_due(desk, desk.store, sources, "me"))  # type: ignore[arg-type]
        await until(lambda: asked(never))
        desk.stop.set()
        async with asyncio.timeout(5):
            await working
        await desk.on_store(desk.store.release, "me")
        assert due(desk, never) == PUBLISHED + HOUR


async def test_it_waits_for_what_is_due_and_looks_at_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        of = seeing({"1": post(likes=5)})
        await polled(desk, of)
        working = asyncio.create_task(
            refresh_due(desk, desk.store, await enlist(desk, of), "me", look=timedelta(seconds=0.01))  # type: ignore[arg-type]
        )
        desk.clock.forward(HOUR)  # type: ignore[attr-defined]
        await until(lambda: stored(desk)[0].mention.post.engagement.likes)
        desk.stop.set()
        await working
