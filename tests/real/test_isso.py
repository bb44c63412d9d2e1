"""The feed connector against a real isso, which keeps the comments of other sites. `tests/real/isso.sh` brings one up.

Comments are written to it: never point this at a site that people read.
"""

import os
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import msgspec
import pytest

from connectors.feeds.feed import Feed
from connectors.wire.http import Client

from .reader import SPANISH, Reader

ISSO = os.environ.get("OIDO_ISSO", "").rstrip("/")

pytestmark = pytest.mark.skipif(not ISSO, reason="no isso here: run tests/real/isso.sh, then set OIDO_ISSO")


class Said(msgspec.Struct):
    """What isso says of a comment that it took."""

    id: int


class Page:
    """A page of a shop, under which people comment."""

    def __init__(self, client: Client) -> None:
        self._visit = client.visit(0.0, {})
        self.path = f"/pedidos-{uuid4().hex[:12]}/"

    @property
    def feed(self) -> Feed:
        return Feed(url=f"{ISSO}/feed?uri={quote(self.path, safe='')}")

    async def comment(self, text: str, author: str | None = None, to: Said | None = None) -> Said:
        # With a title isso need not ask the site for the page's.
        comment = {"text": text, "author": author, "parent": to and to.id, "title": "Pedidos"}
        answer = await self._visit.post(f"{ISSO}/new?uri={quote(self.path, safe='')}", json=comment)
        return answer.json(Said)


@pytest.fixture
def page(client) -> Page:
    return Page(client)


async def test_a_comment_is_whole(client, page):
    written = await page.comment("El pedido llegó *tarde*", author="Ana")
    [post] = await Reader(client, page.feed).poll()
    assert (post.text, post.author.handle) == ("El pedido llegó tarde", "Ana")
    assert post.url == f"{ISSO}{page.path}#isso-{written.id}"
    assert abs(datetime.now(UTC) - post.published_at) < timedelta(minutes=1)


async def test_letters_signs_and_emoji_arrive_as_they_were_written(client, page):
    await page.comment(SPANISH)
    [post] = await Reader(client, page.feed).poll()
    assert post.text == SPANISH


async def test_an_author_without_a_name_is_nobody(client, page):
    await page.comment("Hola")
    [post] = await Reader(client, page.feed).poll()
    assert post.author is None


async def test_an_answer_names_what_it_answers(client, page):
    first = await page.comment("¿Dónde está mi pedido?")
    await page.comment("Va de camino", to=first)
    posts = {post.text: post for post in await Reader(client, page.feed).poll()}
    assert posts["Va de camino"].in_reply_to == posts["¿Dónde está mi pedido?"].id


async def test_a_new_comment_comes_once_and_brings_nothing_else(client, page):
    await page.comment("Hola")
    reader = Reader(client, page.feed)
    await reader.poll()
    await page.comment("¿Y mi pedido?")
    assert [[post.text for post in await reader.poll()] for _ in range(2)] == [["¿Y mi pedido?"], []]


async def test_what_has_not_changed_is_not_sent_again(client, page):
    await page.comment("Hola")
    reader = Reader(client, page.feed)
    await reader.poll()
    await reader.poll()
    assert list(reader.statuses.values()) == [304]


async def test_a_page_on_which_nobody_commented_yet_brings_its_first_comment(client, page):
    reader = Reader(client, page.feed)
    assert await reader.poll() == []
    await page.comment("La primera")
    assert [post.text for post in await reader.poll()] == ["La primera"]
