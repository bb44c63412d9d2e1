"""People on a Bluesky network that `tests/real/bluesky.sh` brings up."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
import pytest

from connectors.base import Answer
from connectors.wire.http import Visit

PDS = os.environ.get("OIDO_BLUESKY_PDS", "").rstrip("/")
APPVIEW = os.environ.get("OIDO_BLUESKY_APPVIEW", "").rstrip("/")
PASSWORD = "a long pass phrase"
POSTS = "app.bsky.feed.post"

is_there = pytest.mark.skipif(
    not (PDS and APPVIEW),
    reason="no Bluesky here: run tests/real/bluesky.sh, then set OIDO_BLUESKY_PDS and OIDO_BLUESKY_APPVIEW",
)


class Written(msgspec.Struct):
    """What the server says of a record that it took."""

    uri: str
    cid: str


class Opened(msgspec.Struct):
    did: str
    token: str = msgspec.field(name="accessJwt")


class Records(msgspec.Struct):
    """Whatever is listed of a repository; each is only counted."""

    records: list[msgspec.Raw] = []


class Shown(msgspec.Struct):
    posts: list[msgspec.Raw] = []


class Seen(msgspec.Struct):
    """A post as a thread shows it."""

    record: dict[str, object]
    uri: str


class Thread(msgspec.Struct):
    post: Seen
    replies: list["Thread"] = []


class Opening(msgspec.Struct):
    thread: Thread


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
        return (await self._tell("createRecord", {"collection": collection, "record": stamped} | key)).json(Written)

    async def answer(self, to: Written, text: str) -> Written:
        subject = {"uri": to.uri, "cid": to.cid}
        return await self.write(text, reply={"root": subject, "parent": subject})

    async def like(self, what: Written) -> None:
        await self.put("app.bsky.feed.like", {"subject": {"uri": what.uri, "cid": what.cid}})

    async def take_down(self, uri: str) -> None:
        await self._tell("deleteRecord", {"collection": POSTS, "rkey": uri.rpartition("/")[2]})

    async def count(self) -> int:
        """How many posts this person's own server has of them."""
        query = urlencode({"repo": self.did, "collection": POSTS})
        answer = await self.visit.get(f"{PDS}/xrpc/com.atproto.repo.listRecords?{query}")
        return len(answer.json(Records).records)

    async def _tell(self, what: str, body: Mapping[str, object]) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.visit.post(
            f"{PDS}/xrpc/com.atproto.repo.{what}", json={"repo": self.did} | body, headers=headers
        )


async def join(visit: Visit, name: str) -> Person:
    return await Person(visit, f"{name}{uuid4().hex[:8]}.test").join()


async def thread(visit: Visit, uri: str, atleast: int) -> list[Seen]:
    """The answers that everybody sees below a post, once there are so many (a third of a second, usually)."""
    answers: list[Seen] = []
    for _ in range(50):
        path = "app.bsky.feed.getPostThread?" + urlencode({"uri": uri})
        answer = await visit.get(f"{APPVIEW}/xrpc/{path}")
        answers = [each.post for each in answer.json(Opening).thread.replies]
        if len(answers) >= atleast:
            break
        await asyncio.sleep(0.1)
    return answers


async def shown(visit: Visit, uri: str, *, is_there: bool = True) -> None:
    """Wait until everybody sees a post, or nobody any more."""
    for _ in range(50):
        answer = await visit.get(f"{APPVIEW}/xrpc/app.bsky.feed.getPosts?" + urlencode({"uris": uri}))
        if bool(answer.json(Shown).posts) == is_there:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(uri)
