"""What the house does on networks that others wrote: it answers there, once, and follows what is taken down.

Opt-in: see the head of `test_bluesky.py` and of `test_blog.py`. Never point this at what people read.
"""

import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.forums.wordpress import WordPress
from connectors.streams.bluesky import Bluesky
from connectors.wire.http import Visit
from monitor.polling import poll_once
from monitor.refresh import refresh
from tests.builders import brand
from tests.fakes import HandClock
from tests.monitor.desk import enlist, open_desk, source, stored

from . import blog, sky
from .house import House, Network, way

SORRY = "We're sorry… ¿Qué pedido es? 🌿"
HOUR = timedelta(hours=1)


class Sky:
    """Somebody who complains, and a shop, on a Bluesky network."""

    base, writes = sky.PDS, "createRecord"

    def __init__(self, visit: Visit, ana: sky.Person, shop: sky.Person) -> None:
        self._visit, self._ana, self._shop = visit, ana, shop

    async def say(self, text: str) -> str:
        uri = (await self._ana.write(text)).uri
        await sky.shown(self._visit, uri)
        return uri

    async def unsay(self, id: str) -> None:
        await self._ana.take_down(id)
        await sky.shown(self._visit, id, is_there=False)

    async def answers(self, id: str) -> list[str]:
        stands = await sky.thread(self._visit, id, atleast=await self._shop.count())
        return [str(seen.record["text"]) for seen in stands]

    def connector(self, base: str) -> Bluesky:
        return Bluesky(
            mode="search", identifier=self._shop.handle, password=sky.PASSWORD, pds=base, appview=sky.APPVIEW
        )

    def source(self, base: str) -> str:
        login = f'identifier = "{self._shop.handle}"\npassword = "{sky.PASSWORD}"\n'
        return f'connector = "bluesky"\nmode = "search"\n{login}pds = "{base}"\nappview = "{sky.APPVIEW}"\n'


class Blog:
    """A post on a blog, below which people comment; the shop is its owner."""

    base, writes = blog.SITE, "/comments"

    def __init__(self, shop: blog.Shop, below: blog.Written) -> None:
        self._shop, self._below = shop, below

    async def say(self, text: str) -> str:
        return str((await self._shop.comment(self._below, text)).id)

    async def unsay(self, id: str) -> None:
        await self._shop.take_down("comments", int(id))

    async def answers(self, id: str) -> list[str]:
        return await self._shop.answers(int(id))

    def connector(self, base: str) -> WordPress:
        user, _, password = blog.LOGIN.partition(":")
        return WordPress(url=base, user=user, password=password)

    def source(self, base: str) -> str:
        user, _, password = blog.LOGIN.partition(":")
        return f'connector = "wordpress"\nurl = "{base}"\nuser = "{user}"\npassword = "{password}"\n'


@pytest.fixture(
    params=[pytest.param("bluesky", marks=sky.is_there), pytest.param("wordpress", marks=blog.is_there)],
)
async def network(request, visit) -> Network:
    if request.param == "bluesky":
        return Sky(visit, await sky.join(visit, "ana"), await sky.join(visit, "shop"))
    shop = blog.Shop(visit)
    return Blog(shop, await shop.publish(blog.word()))


@pytest.fixture
async def house(network, tmp_path) -> AsyncIterator[House]:
    async with way(network) as built:
        yield House(folder=tmp_path, way=built)


async def complained(house: House, network: Network) -> str:
    """What somebody said of the brand, heard by the house as its first mention."""
    name = blog.word()
    id = await network.say(f"{name}: el pedido llegó roto")
    house.furnish(name, network)
    assert (await house.oido("fetch")).startswith("0: ")
    return id


ANSWER = ("reply", "1", "--send", "--text", SORRY, "--by", "Ana")


async def test_an_answer_from_the_command_line_stands_below_the_mention_and_is_said_once(house, network):
    id = await complained(house, network)
    assert (await house.oido(*ANSWER)).startswith("0: #1: published at http")
    assert (await house.oido(*ANSWER)).startswith("1: oido: this was said already, at http")
    assert (await network.answers(id), len(house.replies)) == ([SORRY], 1)


async def test_an_answer_killed_between_the_network_and_the_house_is_said_once_and_not_forgotten(house, network):
    id = await complained(house, network)
    assert await house.killed(*ANSWER) == -signal.SIGKILL
    assert (await network.answers(id), house.replies) == ([SORRY], ())
    assert (await house.oido(*ANSWER)).startswith("0: #1: published at http")
    assert (await network.answers(id), len(house.replies)) == ([SORRY], 1)


async def test_the_words_of_what_was_taken_down_go_and_the_mention_still_counts(network, client, tmp_path: Path):
    name = blog.word()
    id = await network.say(f"{name}: el pedido llegó roto")
    async with open_desk(tmp_path, brand(name), client=client, clock=HandClock(datetime.now(UTC))) as desk:
        of = source(connector=network.connector(network.base))
        await enlist(desk, of)
        await poll_once(desk, {of.name: of}, "me", backfill=HOUR, listen=HOUR)
        assert name in stored(desk)[0].mention.post.text
        await network.unsay(id)
        desk.clock.forward(HOUR)
        assert await refresh(desk, desk.store, of, "me")
        [record] = stored(desk)
        assert (record.mention.post.text, record.mention.post.author) == ("", None)
        assert record.deleted_at is not None
