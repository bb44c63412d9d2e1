"""The wire of Jetstream, the whole Bluesky network as JSON: https://github.com/bluesky-social/jetstream (v1)"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC, datetime

import msgspec

from . import atproto
from .base import Page
from .post import Author, Post

FULL = 100
"""Events that make a page, however soon they come."""
SOON = 1.0
"""Seconds that an event waits for others to share its page."""
QUIET = 20.0
"""Seconds without any event after which an empty page is a sign of life."""


class Commit(msgspec.Struct):
    operation: str
    collection: str
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw()


class Event(msgspec.Struct):
    """One event. Likes, follows and changes of handle come the same way; their content is not looked at."""

    did: str
    time_us: int
    commit: Commit | None = None


_event = msgspec.json.Decoder(Event)


def event(message: bytes) -> Event | None:
    """`None` for what is no event: unknown kinds of message are to be ignored."""
    try:
        return _event.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def post(of: Event) -> Post | None:
    """The post that an event brings, if it brings one. Its author is known by DID only."""
    commit = of.commit
    if commit is None or commit.collection != atproto.POSTS or commit.operation == "delete":
        return None
    record = atproto.record(commit.record)
    if record is None or not commit.rkey:
        return None
    return atproto.post(_uri(of.did, commit), Author(handle=of.did, url=f"{atproto.SITE}/{of.did}"), record, _at(of))


def deleted(of: Event) -> str | None:
    """The id of the post that an event takes down, if it does."""
    commit = of.commit
    taken_down = commit is not None and commit.operation == "delete" and commit.collection == atproto.POSTS
    return _uri(of.did, commit) if commit and taken_down else None


def page(messages: Sequence[bytes], mark: int) -> Page:
    """What `messages` say, the mark moved on from `mark` to the newest of them."""
    events = [found for message in messages if (found := event(message))]
    return Page(
        posts=tuple(brought for each in events if (brought := post(each))),
        deleted=tuple(gone for each in events if (gone := deleted(each))),
        mark=str(max([mark, *(each.time_us for each in events)])),
    )


async def batches(
    messages: AsyncIterator[bytes], *, full: int = FULL, soon: float = SOON, quiet: float = QUIET
) -> AsyncGenerator[list[bytes], None]:
    """Messages as they come, at most `full` together; an empty list when there was none for `quiet` seconds.

    While a batch is being dealt with, the next one fills up, and then no more is read: the other side feels that we
    are slow. Raises what ended `messages`, after the last batch.
    """
    heard: list[bytes] = []
    first, enough, room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def listen() -> None:
        try:
            async for message in messages:
                heard.append(message)
                first.set()
                if len(heard) >= full:
                    enough.set()
                    room.clear()
                    await room.wait()
        finally:
            first.set()
            enough.set()
            if isinstance(messages, AsyncGenerator):
                await messages.aclose()

    listener = asyncio.create_task(listen())
    try:
        while heard or not listener.done():
            await _patiently(first, quiet)
            if heard:
                await _patiently(enough, soon)
            batch = heard.copy()
            heard.clear()
            if not listener.done():
                first.clear()
                enough.clear()
            room.set()
            yield batch
        listener.result()
    finally:
        listener.cancel()
        await asyncio.wait([listener])
        if not listener.cancelled():
            listener.exception()  # looked at, even when nobody wants more batches: else asyncio complains


async def _patiently(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _uri(did: str, commit: Commit) -> str:
    return f"at://{did}/{commit.collection}/{commit.rkey}"


def _at(of: Event) -> datetime | None:
    try:
        return datetime.fromtimestamp(of.time_us / 1e6, UTC)
    except (ValueError, OverflowError, OSError):
        return None
