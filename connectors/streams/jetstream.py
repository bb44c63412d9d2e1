"""The wire of Jetstream, the whole Bluesky network as JSON, in both versions:
https://github.com/bluesky-social/jetstream and its lexicon `network.bsky.jetstream.subscribeEvents`"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from ..base import Page
from ..errors import Unavailable
from ..post import Author, Post
from ..text import clean
from . import atproto

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LATEST = 253_402_300_800_000_000
"""Microseconds from 1970 to the end of what a calendar has: the year 9999."""
CLAMPED = 5 * 60 * 1_000_000
"""Microseconds between what was asked for and what came: the network is never silent for so long."""


class Commit(msgspec.Struct):
    operation: str
    collection: str
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw()


class Event(msgspec.Struct):
    """One event. Likes, follows and changes of handle come the same way; their content is not looked at."""

    did: str
    time_us: Annotated[int, msgspec.Meta(ge=0, lt=LATEST)]
    commit: Commit | None = None


class Told(msgspec.Struct):
    """A commit as the second version tells it."""

    did: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    operation: str
    collection: str
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw()


class Frame(msgspec.Struct):
    """A message of the second version: something told, or the error that ends the stream."""

    payload: Told | None = None
    error: str | None = None
    message: str | None = None


_event = msgspec.json.Decoder(Event)
_frame = msgspec.json.Decoder(Frame)


def event(message: bytes) -> Event | None:
    """`None` for what is no event: unknown kinds of message are to be ignored."""
    try:
        return _event.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def told(message: bytes) -> Event | None:
    """The same for a message of the second version; `Unavailable` when it says that the stream ends."""
    try:
        frame = _frame.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if frame.error:
        raise Unavailable(f"the host ended the stream: {clean(frame.error)[:80]} {clean(frame.message or '')[:200]}")
    of = frame.payload
    if of is None:
        return None
    commit = Commit(operation=of.operation, collection=of.collection, rkey=of.rkey, record=of.record)
    return Event(did=of.did, time_us=(of.time - EPOCH) // timedelta(microseconds=1), commit=commit)


def post(of: Event) -> Post | None:
    """The post that an event brings, if it brings one. Its author is known by DID only."""
    commit = of.commit
    if commit is None or commit.collection != atproto.POSTS or commit.operation == "delete":
        return None
    record = atproto.record(commit.record)
    if record is None or not commit.rkey or not of.did.startswith("did:"):
        return None
    return atproto.post(_uri(of.did, commit), Author(handle=of.did, url=f"{atproto.SITE}/{of.did}"), record, _at(of))


def deleted(of: Event) -> str | None:
    """The id of the post that an event takes down, if it does."""
    commit = of.commit
    taken_down = commit is not None and commit.operation == "delete" and commit.collection == atproto.POSTS
    return _uri(of.did, commit) if commit and taken_down else None


def page(
    messages: Sequence[bytes],
    mark: int,
    *,
    is_first: bool = False,
    read: Callable[[bytes], Event | None] = event,
) -> Page:
    """What `messages` say, the mark moved on from `mark` to the newest of them. The first ones of a connection tell
    whether the host still had what was asked for."""
    events = [found for message in messages if (found := read(message))]
    return Page(
        posts=tuple(brought for each in events if (brought := post(each))),
        deleted=tuple(gone for each in events if (gone := deleted(each))),
        mark=str(max([mark, *(each.time_us for each in events)])),
        missed=_missed(mark, events) if is_first else None,
    )


def _missed(mark: int, events: Sequence[Event]) -> tuple[datetime, datetime] | None:
    """From and to when a host told nothing: it keeps some 36 hours, and begins there without a word when asked for
    more."""
    times = sorted(each.time_us for each in events)
    if not times or times[0] - mark < CLAMPED:
        return None
    return datetime.fromtimestamp(mark / 1e6, UTC), datetime.fromtimestamp(times[0] / 1e6, UTC)


def _uri(did: str, commit: Commit) -> str:
    return f"at://{did}/{commit.collection}/{commit.rkey}"


def _at(of: Event) -> datetime | None:
    try:
        return datetime.fromtimestamp(of.time_us / 1e6, UTC)
    except (ValueError, OverflowError, OSError):
        return None
