"""The Bluesky connector against a real Bluesky network. Opt-in: `tests/real/bluesky.sh` brings one up.

It is the reference PDS, PLC and AppView; set OIDO_BLUESKY_PDS and OIDO_BLUESKY_APPVIEW to where they listen. Accounts
and posts are made there: never point this at a network that people read. The AppView's search, on its own, is a plain,
case-sensitive comparison of substrings that knows no `since`.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

import pytest

from connectors.base import Cursor
from connectors.errors import Refused
from connectors.post import Post
from connectors.streams.account import Account, Tokens
from connectors.streams.bluesky import Bluesky
from connectors.wire.http import Visit

from .sky import APPVIEW, PASSWORD, PDS, POSTS, Person, Written, is_there, join, thread

pytestmark = is_there

GATE = "app.bsky.feed.threadgate"


@pytest.fixture
async def ana(visit: Visit) -> Person:
    return await join(visit, "ana")


@pytest.fixture
async def bruno(visit: Visit) -> Person:
    return await join(visit, "bruno")


def connector(person: Person, password: str = PASSWORD) -> Bluesky:
    return Bluesky(mode="search", identifier=person.handle, password=password, pds=PDS, appview=APPVIEW)


def brand() -> str:
    """A name that nobody wrote before."""
    return f"Zumaque{uuid4().hex[:8]}"


async def search(of: Bluesky, visit: Visit, term: str, atleast: int = 1) -> list[Post]:
    """The posts found, once the AppView has seen as many as were written (a third of a second, usually)."""
    posts: list[Post] = []
    for _ in range(50):
        cursor = Cursor(since=datetime.now(UTC) - timedelta(hours=1))
        posts = [post async for page in of.fetch(visit, (term,), cursor) for post in page.posts]
        if len(posts) >= atleast:
            break
        await asyncio.sleep(0.1)
    return posts


async def test_what_people_wrote_is_found_with_its_language(visit, ana, bruno):
    name = brand()
    await ana.write(f"El pedido de {name} llegó roto, ¿quién responde?", langs=["es"])
    await bruno.write(f"{name} answered within the hour 👏", langs=["en"])
    posts = {post.author.handle: post for post in await search(connector(ana), visit, name, atleast=2)}
    assert posts[ana.handle].text == f"El pedido de {name} llegó roto, ¿quién responde?"
    assert (posts[ana.handle].language, posts[bruno.handle].language) == ("es", "en")


async def test_the_id_is_the_address_of_the_record(visit, ana):
    name = brand()
    written = await ana.write(name)
    (post,) = await search(connector(ana), visit, name)
    assert post.id == written.uri


async def test_likes_replies_and_followers_are_counted(visit, ana, bruno):
    name = brand()
    written = await ana.write(f"{name} está caída")
    await bruno.like(written)
    await bruno.put("app.bsky.graph.follow", {"subject": ana.did})
    await bruno.answer(written, f"{name}: aquí también")
    found = await search(connector(bruno), visit, name, atleast=2)
    post = next(post for post in found if post.id == written.uri)
    answer = next(post for post in found if post.id != written.uri)
    assert (post.engagement.likes, post.engagement.comments, post.author.followers) == (1, 1, 1)
    assert (answer.in_reply_to, answer.author.followers) == (written.uri, 0)


async def test_more_results_than_a_page_holds_are_all_found(visit, ana):
    name = brand()
    for number in range(103):
        await ana.write(f"{name} {number}")
    assert len({post.id for post in await search(connector(ana), visit, name, atleast=103)}) == 103


async def test_a_token_that_is_no_longer_accepted_is_renewed_without_a_login(visit, ana):
    of = connector(ana)
    await search(of, visit, "x", atleast=0)
    tokens = _account(of).tokens
    _account(of).tokens = Tokens(access="no.longer.good", refresh=tokens.refresh)
    # A login with this password would be refused.
    await _account(of).get(visit, PDS, f"{POSTS.replace('post', 'searchPosts')}?q=x", ana.handle, "wrong")
    assert _account(of).tokens.refresh != tokens.refresh


async def test_a_session_that_cannot_be_renewed_is_opened_anew(visit, ana):
    of = connector(ana)
    _account(of).tokens = Tokens(access="no.longer.good", refresh="neither.is.this")
    await search(of, visit, "x", atleast=0)
    assert _account(of).tokens.access != "no.longer.good"


async def test_a_wrong_password_is_refused(visit, ana):
    with pytest.raises(Refused, match="Invalid identifier or password"):
        await search(connector(ana, password="wrong"), visit, "x")


async def test_authors_are_looked_up_without_a_login_by_did_and_by_name(visit, ana, bruno):
    await ana.put("app.bsky.actor.profile", {"displayName": "Ana 🌿"}, rkey="self")
    stream = Bluesky(appview=APPVIEW)
    known: Mapping[str, object] = {}
    for _ in range(50):
        known = await stream.authors(visit, [ana.did, bruno.handle, "did:plc:nobody"])
        if len(known) == 2 and known[ana.did].name:
            break
        await asyncio.sleep(0.1)
    assert set(known) == {ana.did, bruno.handle}
    assert (known[ana.did].handle, known[ana.did].name) == (ana.handle, "Ana 🌿")


@pytest.mark.parametrize("mode", ["search", "stream"])
async def test_reactions_are_counted_when_a_post_is_looked_at_again(visit, ana, bruno, mode):
    written = await ana.write(brand())
    await bruno.like(written)
    await bruno.answer(written, "Aquí también")
    seen = await look(again(ana, mode), visit, written, until=lambda post: post and post.engagement.comments)
    assert (seen.engagement.likes, seen.engagement.shares, seen.engagement.comments) == (1, 0, 1)


@pytest.mark.parametrize("mode", ["search", "stream"])
async def test_a_post_that_was_taken_down_is_gone_and_its_neighbour_is_not(visit, ana, mode):
    written, other = await ana.write(brand()), await ana.write(brand())
    of = again(ana, mode)
    for each in (written, other):
        await look(of, visit, each, until=lambda post: post)
    await ana.take_down(written.uri)
    await look(of, visit, written, until=lambda post: not post)
    now = await of.refresh(visit, [written.uri, other.uri])
    assert (now[written.uri], now[other.uri].id) == (None, other.uri)


async def test_an_answer_stands_in_the_thread_where_it_was_said_to_stand(visit, ana, bruno):
    written = await ana.write(brand())
    to = await look(connector(bruno), visit, written, until=lambda post: post)
    sent = await connector(bruno).reply(visit, to, "Lo sentimos, ¿qué pedido es? 🌿", "1")
    (seen,) = await thread(visit, written.uri, atleast=1)
    assert (seen.uri, seen.record["text"]) == (sent.id, "Lo sentimos, ¿qué pedido es? 🌿")


async def test_the_same_answer_is_said_once_whoever_tries_it_again(visit, ana, bruno):
    written = await ana.write(brand())
    to = await look(connector(bruno), visit, written, until=lambda post: post)
    first, second = [await connector(bruno).reply(visit, to, "Lo sentimos", "1") for _ in range(2)]
    assert (first, await bruno.count()) == (second, 1)


async def test_an_answer_to_an_answer_belongs_to_the_same_conversation(visit, ana, bruno):
    written = await ana.write(brand())
    below = await bruno.answer(written, "¿Y a mí?")
    to = await look(connector(ana), visit, below, until=lambda post: post)
    await connector(ana).reply(visit, to, "También a usted", "1")
    (seen,) = await thread(visit, below.uri, atleast=1)
    assert seen.record["reply"]["root"]["uri"] == written.uri


async def test_who_may_not_answer_is_told_so(visit, ana, bruno):
    written = await ana.write(brand())
    await ana.put(GATE, {"post": written.uri, "allow": []}, rkey=written.uri.rpartition("/")[2])
    to = await look(connector(bruno), visit, written, until=lambda post: post)
    with pytest.raises(Refused, match="its author lets only some people answer"):
        await connector(bruno).reply(visit, to, "Lo sentimos", "1")
    assert await bruno.count() == 0


async def test_what_was_taken_down_is_not_answered(visit, ana, bruno):
    written = await ana.write(brand())
    to = await look(connector(bruno), visit, written, until=lambda post: post)
    await ana.take_down(written.uri)
    await look(connector(bruno), visit, written, until=lambda post: not post)
    with pytest.raises(Refused, match="it is gone"):
        await connector(bruno).reply(visit, to, "Lo sentimos", "1")


def again(person: Person, mode: Literal["search", "stream"]) -> Bluesky:
    """Looking again needs an account in one mode, and none in the other."""
    return connector(person) if mode == "search" else Bluesky(appview=APPVIEW)


async def look(of: Bluesky, visit: Visit, what: Written, until: Callable[[Post | None], object]) -> Post | None:
    """A post as it stands, once the AppView has seen what it was told."""
    post: Post | None = None
    for _ in range(50):
        post = (await of.refresh(visit, [what.uri]))[what.uri]
        if until(post):
            break
        await asyncio.sleep(0.1)
    return post


def _account(of: Bluesky) -> Account:
    return of._account
