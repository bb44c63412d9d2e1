"""The WordPress connector against a real WordPress. Opt-in: `tests/real/wordpress.sh` brings one up, or name your own.

Posts, comments and people are written to it: never point this at a site that people read.
"""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Refused
from connectors.forums.wordpress import WordPress
from connectors.post import Post
from connectors.wire.http import Visit

from .blog import LOGIN, SITE, Shop, Written, is_there, word

pytestmark = is_there

USER, _, PASSWORD = LOGIN.partition(":")
BLOG = WordPress(url=SITE, user=USER, password=PASSWORD)
VISITOR = WordPress(url=SITE)
SORRY = "Lo sentimos: 5 € &amp; un <b> que no es «b»… C:\\pedidos 😀"
"""What WordPress would take for an entity, for markup and for an escape."""


@pytest.fixture
def shop(visit) -> Shop:
    return Shop(visit)


async def read(visit: Visit, of: WordPress, *words: str) -> list[Post]:
    """What one poll brings of the last hour, those with these words, in their order."""
    cursor = Cursor(since=datetime.now(UTC) - timedelta(hours=1))
    posts = [post async for page in of.fetch(visit, (), cursor) for post in page.posts]
    return [post for word in words for post in posts if word in f"{post.title} {post.text}"]


async def said(shop: Shop, visit: Visit) -> tuple[Written, Post]:
    """A comment: as the site has it, and as we read it."""
    unique = word()
    written = await shop.comment(await shop.publish(word()), unique)
    [post] = await read(visit, BLOG, unique)
    return written, post


async def test_posts_and_comments_are_read_without_a_key_and_comments_name_what_they_answer(visit, shop):
    title, words = word(), word()
    written = await shop.publish(title, "<p>El pedido llegó <em>tarde</em>.</p>")
    await shop.comment(written, words)
    post, comment = await read(visit, VISITOR, title, words)
    assert (post.title, post.text, post.url) == (title, "El pedido llegó tarde.", written.link)
    assert (comment.text, comment.in_reply_to) == (words, post.id)


async def test_a_correction_is_followed(visit, shop):
    title = word()
    written = await shop.publish(title, "Llega mañana")
    [before] = await read(visit, VISITOR, title)
    await shop.correct(written, "Llega el lunes")
    after = (await VISITOR.refresh(visit, [before.id]))[before.id]
    assert (before.edited_at, after.text, after.published_at) == (None, "Llega el lunes", before.published_at)
    assert after.edited_at > before.published_at


@pytest.mark.parametrize("of", [VISITOR, BLOG], ids=["without a key", "with one"])
async def test_what_was_taken_down_is_gone_and_its_neighbour_is_not(visit, shop, of):
    words, others = word(), word()
    written = await shop.publish(word())
    comment = await shop.comment(written, words)
    await shop.comment(written, others)
    gone, there = await read(visit, of, words, others)
    await shop.take_down("comments", comment.id)
    assert await of.refresh(visit, [gone.id, there.id]) == {gone.id: None, there.id: there}


async def test_a_post_that_was_taken_down_takes_its_comments_with_it(visit, shop):
    title, words = word(), word()
    written = await shop.publish(title)
    await shop.comment(written, words)
    ids = [post.id for post in await read(visit, VISITOR, title, words)]
    await shop.take_down("posts", written.id)
    assert await VISITOR.refresh(visit, ids) == dict.fromkeys(ids)


async def test_a_comment_that_waits_for_approval_again_is_gone_until_then(visit, shop):
    written, post = await said(shop, visit)
    await shop.hold(written)
    assert await VISITOR.refresh(visit, [post.id]) == {post.id: None}


async def test_an_answer_stands_below_the_comment_word_for_word(visit, shop):
    written, post = await said(shop, visit)
    sent = await BLOG.reply(visit, post, SORRY, "1")
    [answer] = (await VISITOR.refresh(visit, [sent.id])).values()
    assert (answer.text, answer.in_reply_to, answer.url) == (SORRY, post.id, sent.url)
    assert answer.author.handle == USER
    assert len(await shop.answers(written.id)) == 1


async def test_the_same_answer_is_said_once_whoever_tries_it_again(visit, shop):
    """Written in signs of which WordPress shows others, and with what it would take out."""
    written, post = await said(shop, visit)
    text = """We're "sorry"... 5 x 3 -- no? C:\\pedidos & <b> 😀"""
    first, second = [await BLOG.reply(visit, post, text, "1") for _ in range(2)]
    assert (first, len(await shop.answers(written.id))) == (second, 1)


async def test_an_answer_that_waits_for_approval_is_said_once_too(visit, shop):
    _, post = await said(shop, visit)
    name = word()
    of = dataclasses.replace(BLOG, user=name, password=await shop.hire(name))
    sent = await of.reply(visit, post, "Lo sentimos", "1")
    assert await VISITOR.refresh(visit, [sent.id]) == {sent.id: None}
    assert (await of.reply(visit, post, "Lo sentimos", "1")).url == post.url


async def test_an_answer_to_a_post_stands_below_it(visit, shop):
    title = word()
    await shop.publish(title)
    [post] = await read(visit, VISITOR, title)
    sent = await BLOG.reply(visit, post, "Gracias por leernos", "1")
    [answer] = (await VISITOR.refresh(visit, [sent.id])).values()
    assert answer.in_reply_to == post.id


async def test_an_answer_under_a_wrong_password_is_refused(visit, shop):
    _, post = await said(shop, visit)
    with pytest.raises(Refused, match="401"):
        await dataclasses.replace(BLOG, password="wrong").reply(visit, post, "Lo sentimos", "1")


async def test_a_comment_that_was_taken_down_is_not_answered(visit, shop):
    written, post = await said(shop, visit)
    await shop.take_down("comments", written.id)
    with pytest.raises(Refused, match="404"):
        await BLOG.reply(visit, post, "Lo sentimos", "1")
