"""What is new in a feed's body since it was last read."""

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..base import Answer
from ..errors import Malformed
from ..text import redact
from . import entry, jsonfeed
from .cut import cut, digest
from .entry import Entry

T = TypeVar("T")

SMALL = 16_384
"""Bytes that are read at once. More goes to a thread, which costs as much as parsing an entry."""
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Harvest:
    """The entries of a feed that were not seen before, and the digests of all, one after the other."""

    entries: tuple[Entry, ...]
    seen: str


async def harvest(answer: Answer, seen: str) -> Harvest:
    """Read `answer`, leaving out what was `seen`; `Malformed` when it is no feed."""
    known = frozenset(seen[start : start + 16] for start in range(0, len(seen), 16))
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return await _aside(answer.body, lambda: _from_json(answer, known))
    charset = _charset(answer)
    whole = cut(answer.body, charset)
    if whole is None:
        return await _aside(answer.body, lambda: _from_all(answer, charset, known))
    digests = tuple(map(digest, whole.entries))
    unseen = tuple(piece for piece, hashed in zip(whole.entries, digests, strict=True) if hashed not in known)
    if not unseen:
        return Harvest((), "".join(digests))
    document = b"".join((whole.head, *unseen, whole.tail))
    found = await _aside(document, lambda: entry.entries(document, answer.url, charset))
    if found is None or len(found) != len(unseen):  # the cuts were not where we thought
        return await _aside(answer.body, lambda: _from_all(answer, charset, known))
    return Harvest(found, "".join(digests))


async def _aside(body: bytes, work: Callable[[], T]) -> T:
    """Do `work` on `body`, in a thread if that takes long."""
    return work() if len(body) <= SMALL else await asyncio.to_thread(work)


def _from_json(answer: Answer, known: Collection[str]) -> Harvest:
    feed = jsonfeed.decoded(answer.body, answer.url)
    if jsonfeed.shares_names(feed):  # two of one name are told apart by each other
        return _sifted(entry.told_apart(jsonfeed.entries(feed, feed.items, answer.url)), known)
    digests = [digest(bytes(piece)) for piece in feed.items]
    unseen = [piece for piece, hashed in zip(feed.items, digests, strict=True) if hashed not in known]
    return Harvest(jsonfeed.entries(feed, unseen, answer.url), "".join(digests))


def _from_all(answer: Answer, charset: str, known: Collection[str]) -> Harvest:
    """For a feed that cannot be cut: parse everything, and tell by what came out of it what is new."""
    found = entry.entries(answer.body, answer.url, charset)
    if found is None:
        kind = answer.headers.get("content-type", "no content type")[:60]
        raise Malformed(f"{redact(answer.url)}: neither a feed nor a page that names one ({kind})", answer.body)
    return _sifted(found, known)


def _sifted(found: Sequence[Entry], known: Collection[str]) -> Harvest:
    """Of all entries those that are not known, by what came out of them."""
    digests = [digest(repr(one).encode("utf-8", "replace")) for one in found]
    unseen = (one for one, hashed in zip(found, digests, strict=True) if hashed not in known)
    return Harvest(tuple(unseen), "".join(digests))


def _charset(answer: Answer) -> str:
    """What the HTTP header says, unless the body proves it wrong: many servers call everything Latin-1, and what is
    valid UTF-8 is hardly ever anything else."""
    match = _CHARSET.search(answer.headers.get("content-type", ""))
    if match is None or match[1].lower().startswith("utf"):
        return match[1] if match else ""
    try:
        answer.body.decode("utf-8")
    except UnicodeDecodeError:
        return match[1]
    return ""
