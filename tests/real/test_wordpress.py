"""The feed connector against a real WordPress. Opt-in: `tests/real/wordpress.sh` brings one up, or name your own.

Posts and comments are written to it: never point this at a site that people read.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from yarl import URL

from connectors.feeds.feed import Feed
from connectors.wire.http import Client
from connectors.wire.session import Session

from .blog import LOGIN, SITE, Shop, is_there, word
from .reader import SPANISH, Reader, those

pytestmark = is_there


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Session(contact="ana@example.org", allow=(URL(SITE).host,)) as session:
        yield Client(session, now=lambda: datetime.now(UTC))


@pytest.fixture
def shop(client) -> Shop:
    # WordPress's validators count whole seconds: what is written in the second of a poll stays hidden by its 304.
    return Shop(client.visit(0.0, {}), rest=1.1)


async def test_the_address_of_the_site_leads_to_its_posts(client, shop):
    unique = word()
    written = await shop.publish(unique)
    [post] = those(await Reader(client, Feed(url=f"{SITE}/")).poll(), unique)
    assert post.url == written.link


@pytest.mark.parametrize("path", ["feed/", "feed/atom/", "feed/rdf/"])
async def test_every_dialect_gives_the_same_post(client, shop, path):
    unique = word()
    written = await shop.publish(unique, "<p>El pedido llegó <em>tarde</em>.</p>")
    [post] = those(await Reader(client, Feed(url=f"{SITE}/{path}")).poll(), unique)
    assert (post.title, post.text, post.url) == (unique, "El pedido llegó tarde.", written.link)


async def test_a_post_is_whole(client, shop):
    unique = word()
    await shop.publish(unique)
    [post] = those(await Reader(client, Feed(url=f"{SITE}/feed/")).poll(), unique)
    assert post.author is not None
    assert post.author.handle == LOGIN.partition(":")[0]
    assert post.published_at is not None
    assert abs(datetime.now(UTC) - post.published_at) < timedelta(minutes=1)
    assert post.engagement.comments == 0


async def test_what_has_not_changed_is_not_sent_again(client):
    reader = Reader(client, Feed(url=f"{SITE}/feed/"))
    await reader.poll()
    assert await reader.poll() == []
    assert reader.statuses == {f"{SITE}/feed/": 304}


async def test_a_feed_that_a_page_named_is_asked_for_by_itself(client):
    reader = Reader(client, Feed(url=f"{SITE}/"))
    await reader.poll()
    assert await reader.poll() == []
    assert reader.statuses.keys() == {f"{SITE}/feed/"}


async def test_a_new_post_comes_once(client, shop):
    reader = Reader(client, Feed(url=f"{SITE}/"))
    await reader.poll()
    unique = word()
    await shop.publish(unique)
    assert [len(those(await reader.poll(), unique)) for _ in range(3)] == [1, 0, 0]


async def test_a_new_post_brings_nothing_else(client, shop):
    reader = Reader(client, Feed(url=f"{SITE}/"))
    await reader.poll()
    unique = word()
    await shop.publish(unique)
    assert [post.title for post in await reader.poll()] == [unique]


async def test_a_new_comment_comes_once(client, shop):
    written = await shop.publish(word())
    reader = Reader(client, Feed(url=f"{SITE}/", comments=True))
    await reader.poll()
    unique = word()
    await shop.comment(written, unique)
    assert [len(those(await reader.poll(), unique)) for _ in range(3)] == [1, 0, 0]


async def test_a_comment_names_what_it_answers(client, shop):
    title, said = word(), word()
    await shop.comment(await shop.publish(title), said)
    posts = await Reader(client, Feed(url=f"{SITE}/", comments=True)).poll()
    [post], [comment] = those(posts, title), those(posts, said)
    assert comment.in_reply_to == post.id
    assert comment.id != post.id


async def test_threads_that_have_not_changed_are_not_sent_again(client, shop):
    await shop.comment(await shop.publish(word()), word())
    reader = Reader(client, Feed(url=f"{SITE}/feed/", comments=True))
    await reader.poll()
    await reader.poll()
    assert len(reader.statuses) > 1
    assert set(reader.statuses.values()) == {304}


async def test_the_feed_of_all_comments_is_a_feed(client, shop):
    unique = word()
    await shop.comment(await shop.publish(word()), unique)
    assert len(those(await Reader(client, Feed(url=f"{SITE}/comments/feed/")).poll(), unique)) == 1


async def test_letters_signs_and_emoji_arrive_as_they_were_written(client, shop):
    unique, text = word(), SPANISH.replace("&", "&amp;").replace("<b>", "&lt;b&gt;")
    written = await shop.publish(f"{unique} {text}", f"<p>{text}</p>")
    await shop.comment(written, f"{unique} {text}")
    posts = those(await Reader(client, Feed(url=f"{SITE}/", comments=True)).poll(), unique)
    assert [post.title for post in posts][:1] == [f"{unique} {SPANISH}"]
    assert [post.text for post in posts] == [SPANISH, f"{unique} {SPANISH}"]


async def test_a_link_in_a_comment_is_a_link(client, shop):
    said = word()
    await shop.comment(await shop.publish(word()), f'{said}: <a href="https://tienda.example/?a=1&amp;b=2">aquí</a>')
    [comment] = those(await Reader(client, Feed(url=f"{SITE}/comments/feed/")).poll(), said)
    assert (comment.text, comment.links) == (f"{said}: aquí", ("https://tienda.example/?a=1&b=2",))
