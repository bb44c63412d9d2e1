"""Any RSS, Atom or JSON feed; a web page that names one; Google Alerts; and the comments under the entries.

A poll does as little as it can: nothing for an answer that is unchanged, and of one that changed only the entries that
were not there last time are parsed.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec

from ..base import Answer, Connector, Cursor, Http, Page
from ..errors import Malformed, RateLimited, Refused, Unavailable
from ..log import fields, logger
from ..post import Post
from ..text import redact
from .discover import ACCEPT, find, is_page
from .harvest import Harvest, harvest

log = logger(__name__)

MOST_THREADS = 20
"""Entries whose comments are followed: the newest ones."""


class Thread(msgspec.Struct, frozen=True):
    """The comments under one post: their feed, and which of them were seen."""

    url: str
    post: str
    seen: str = ""


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a feed stands: the digests of its entries, the address at which a page says it is, and its threads."""

    seen: str = ""
    at: str = ""
    threads: tuple[Thread, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Mark":
        try:
            return msgspec.json.decode(text, type=cls) if text else cls()
        except msgspec.MsgspecError:
            return cls()  # of another version: to read all of the feed again does no harm

    def write(self) -> str:
        return msgspec.json.encode(self).decode()


@dataclass(frozen=True, kw_only=True)
class Feed(Connector):
    """One feed. With `comments`, those under its newest entries too, where it says where they are."""

    name = "feed"
    every = timedelta(minutes=10)

    url: str
    comments: bool = False

    def check(self) -> Sequence[str]:
        is_web = self.url.startswith(("http://", "https://"))
        return () if is_web else ("url: not a web address; it should begin with https://",)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        mark = Mark.read(cursor.mark)
        at, answer = await self._answer(http, mark, is_first=not cursor.mark)
        if not (answer.unchanged and cursor.mark):
            found = await harvest(answer, mark.seen)
            mark = _moved(mark, at, found, self.comments)
            if mark.write() != cursor.mark or found.entries:
                yield Page(posts=tuple(entry.post for entry in found.entries), mark=mark.write())
        for thread in mark.threads if self.comments else ():
            posts, after = await _replies(http, thread)
            if after != thread:
                mark = _with(mark, thread, after)
                yield Page(posts=posts, mark=mark.write())

    async def _answer(self, http: Http, mark: Mark, *, is_first: bool) -> tuple[str, Answer]:
        """The feed's answer, and its address if that is not `url` but was found there."""
        if mark.at:
            try:
                return mark.at, await _get(http, mark.at, is_first=is_first)
            except Refused:
                log.info("feed gone, asking its page again", extra=fields(url=redact(mark.at)))
        # What the page itself has not changed may still tell where the feed is now.
        answer = await (http.get(self.url, headers=ACCEPT) if mark.at else _get(http, self.url, is_first=is_first))
        if not is_page(answer):
            return "", answer
        found = await find(http, answer, guess=is_first)
        if found is None:
            raise Malformed(
                f"{redact(self.url)}: a web page that names no feed; give the feed's own address", answer.body
            )
        return found.url, found


async def _get(http: Http, url: str, *, is_first: bool) -> Answer:
    answer = await http.get(url, headers=ACCEPT, conditional=True)
    if answer.status == 304 and is_first:
        # Nothing of it is stored, whatever is remembered of its last answer.
        return await http.get(url, headers=ACCEPT)
    return answer


async def _replies(http: Http, thread: Thread) -> tuple[tuple[Post, ...], Thread | None]:
    """What is new in a thread, and where it stands then. One that fails does not fail the feed; one that is refused
    is not asked again (`None`)."""
    try:
        answer = await http.get(thread.url, headers=ACCEPT, conditional=True)
        if answer.unchanged:
            return (), thread
        found = await harvest(answer, thread.seen)
    except RateLimited:
        raise
    except Unavailable as error:
        log.info("comments not read", extra=fields(error=error))
        return (), thread
    except (Refused, Malformed) as error:
        log.info("comments given up", extra=fields(error=error))
        return (), None
    # A comment carries no title: its post's would make every comment below "Acme is down" a mention of Acme.
    posts = tuple(replace(entry.post, title=None, in_reply_to=thread.post) for entry in found.entries)
    return posts, msgspec.structs.replace(thread, seen=found.seen)


def _moved(mark: Mark, at: str, found: Harvest, comments: bool) -> Mark:
    """`mark` after a harvest: threads of new entries come first, the oldest are forgotten."""
    threads = mark.threads if comments else ()
    if comments:
        known = {thread.url: thread for thread in threads}
        fresh = [Thread(url=e.comments, post=e.post.id) for e in found.entries if e.comments]
        merged = {thread.url: known.get(thread.url, thread) for thread in (*fresh, *threads)}
        threads = tuple(merged.values())[:MOST_THREADS]
    return Mark(seen=found.seen, at=at, threads=threads)


def _with(mark: Mark, old: Thread, new: Thread | None) -> Mark:
    threads = [new if thread.url == old.url else thread for thread in mark.threads]
    return msgspec.structs.replace(mark, threads=tuple(thread for thread in threads if thread))
