"""The Bluesky connector against a real Bluesky network. Opt-in: `tests/real/bluesky.sh` brings one up.

It is the reference PDS, PLC and AppView; set OIDO_BLUESKY_PDS and OIDO_BLUESKY_APPVIEW to where they listen. Accounts
and posts are made there: never point this at a network that people read. The AppView's search, on its own, is a plain,
case-sensitive comparison of substrings that knows no `since`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from connectors.account import Account, Tokens
from connectors.base import Cursor
from connectors.bluesky import Bluesky
from connectors.errors import Refused
from connectors.http import Client, Visit
from connectors.post import Post
from connectors.session import Session

PDS = os.environ.get("OIDO_BLUESKY_PDS", "").rstrip("/")
APPVIEW = os.environ.get("OIDO_BLUESKY_APPVIEW", "").rstrip("/")

pytestmark = pytest.mark.skipif(
    not (PDS and APPVIEW),
    reason="no Bluesky here: run tests/real/bluesky.sh, then set OIDO_BLUESKY_PDS and OIDO_BLUESKY_APPVIEW",
)

PASSWORD = "a long pass phrase"
POSTS = "app.bsky.feed.post"


class Written(msgspec.Struct):
    """What the server says of a record that it took."""

    uri: str
    cid: str


class Opened(msgspec.Struct):
    did: str
    token: str = msgspec.field(name="accessJwt")


@dataclass
class Person:
    """Somebody with an account of their own, who writes."""

    visit: Visit
    handle: str
    did: str = ""
    token: str = ""

    async def join(self) -> "Person":
        account = {"handle": self.handle, "email": f"{self.handle}@example.test", "password": PASSWORD}
        answer = await self.visit.post(f"{PDS}/xrpc/com.atproto.server.createAccount", json=account)
        opened = answer.json(Opened)
        self.did, self.token = opened.did, opened.token
        return self

    async def write(self, text: str, **fields: object) -> Written:
        return await self.put(POSTS, {"text": text} | fields)

    async def put(self, collection: str, record: Mapping[str, object], **key: str) -> Written:
        stamped = {"$type": collection, "createdAt": datetime.now(UTC).isoformat()} | record
        body = {"repo": self.did, "collection": collection, "record": stamped} | key
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.visit.post(f"{PDS}/xrpc/com.atproto.repo.createRecord", json=body, headers=headers)
        return answer.json(Written)


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with Session(contact="ana@example.org", allow=("127.0.0.1", "localhost")) as session:
        yield Client(session, now=lambda: datetime.now(UTC)).visit(0.0, {})


@pytest.fixture
async def ana(visit: Visit) -> Person:
    return await Person(visit, f"ana{uuid4().hex[:8]}.test").join()


@pytest.fixture
async def bruno(visit: Visit) -> Person:
    return await Person(visit, f"bruno{uuid4().hex[:8]}.test").join()


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
    subject = {"uri": written.uri, "cid": written.cid}
    await bruno.put("app.bsky.feed.like", {"subject": subject})
    await bruno.put("app.bsky.graph.follow", {"subject": ana.did})
    await bruno.write(f"{name}: aquí también", reply={"root": subject, "parent": subject})
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


def _account(of: Bluesky) -> Account:
    return of._account
