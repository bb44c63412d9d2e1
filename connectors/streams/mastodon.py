"""Hashtags and, with a token, search on one server that speaks the Mastodon API:
https://docs.joinmastodon.org/methods/timelines/ and https://docs.joinmastodon.org/methods/search/
With `stream` the server tells of hashtags and of mentions of the account as they come, too:
https://docs.joinmastodon.org/methods/streaming/
Posts are looked at again where they were written, and answered from the account of the token:
https://docs.joinmastodon.org/methods/statuses/"""

import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import quote, urlsplit

import msgspec

from .. import marks
from ..base import Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, readable
from ..errors import Malformed, Refused, Unavailable
from ..log import fields, logger
from ..post import Post
from ..text import clean
from . import streaming
from .seen import Poll, Seen, order
from .status import NETWORK, Status, post

log = logger(__name__)

LIMIT = 40
"""The most that a server gives at once."""
ME = "@"
"""Stands beside the hashtags and the terms for what is said to the account itself."""
# Where a server of this kind keeps what its own users write, and the number that it has there.
_HOME = re.compile(r"^(https?://[^/?#]+)/(?:ap/)?users/[^/?#]+/statuses/([0-9A-Za-z]+)$")


@dataclass(frozen=True, kw_only=True)
class Mastodon(Connector):
    """The mark is a JSON object: for each hashtag ("#acme") and each term the id that the next poll starts behind.

    A stream has no mark of its own. What it may have left out (before we came, or of servers that were late) is polled
    as soon as the connection stands, and again every few minutes, as are the terms, which nobody streams: so the mark
    moves on, and `stream` may be switched on and off.
    """

    name = NETWORK
    every = timedelta(minutes=5)
    # The server forgets the key after an hour.
    repeatable = timedelta(minutes=55)

    instance: str
    hashtags: tuple[str, ...] = ()
    token: Secret = field(default="", repr=False)
    stream: bool = False
    longest: int = 500

    @property
    def streams(self) -> bool:
        return self.stream

    def check(self) -> Sequence[str]:
        problems = []
        if not urlsplit(self.base).hostname:
            problems.append('instance: no server name; write it as "mastodon.social"')
        if not self.hashtags and not self.token:
            problems.append("hashtags: none, and no token to search with; give one of them")
        if self.stream and not self.token:
            problems.append("token: stream needs it; one of an account on this server, not of an application alone")
        return problems

    @property
    def base(self) -> str:
        return (self.instance if "://" in self.instance else f"https://{self.instance}").rstrip("/")

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        poll = Poll(stands=marks.read(cursor.mark, dict[str, str]), since=cursor.since)
        async with aclosing(self._listen(http, terms, poll) if self.stream else self._poll(http, terms, poll)) as pages:
            async for page in pages:
                yield page

    async def _poll(self, http: Http, terms: Sequence[str], poll: Poll) -> AsyncGenerator[Page, None]:
        for query in [f"#{tag}" for tag in self._tags] + list(terms if self.token else ()):
            mark, seen = poll.stands.get(query, ""), Seen()
            climbs = bool(mark) and query.startswith("#")
            pages = self._newer(http, query, mark, seen) if climbs else self._older(http, query, mark, poll.since, seen)
            async for statuses in pages:
                if climbs:
                    # All that is older than this page is read: what a rate limit cuts short goes on from here.
                    poll.stands[query] = seen.anchor(mark)
                yield self._page(poll, statuses, mark)
            poll.stands[query] = seen.anchor(mark)
        yield Page(posts=(), mark=poll.mark)

    def _page(self, poll: Poll, statuses: Iterable[Status], mark: str) -> Page:
        """What anyone may read of `statuses`; without a `mark`, as far back as asked."""
        wanted = [status for status in statuses if status.is_public and (mark or status.at >= poll.since)]
        poll.known.meet(wanted)
        return Page(posts=tuple(post(status, self.base) for status in wanted), mark=poll.mark)

    async def _listen(self, http: Http, terms: Sequence[str], poll: Poll) -> AsyncGenerator[Page, None]:
        """For ever. Nothing falls between what is read and what is heard: it is read when we listen already."""
        from .batches import batches  # here, because asyncio would cost each reading command 40 ms

        url = await self._host(http)
        asks = [streaming.MENTIONS, *map(streaming.hashtag, self._tags)]
        is_connected, due = False, 0.0
        failing: set[str] = set()
        async with aclosing(batches(http.listen(url, headers=self._headers(self.base), say=asks))) as heard:
            async for batch in heard:
                is_connected = is_connected or bool(batch)
                if is_connected and monotonic() >= due:
                    async with aclosing(self._beside(http, terms, poll, failing)) as pages:
                        async for page in pages:
                            yield page
                    due = monotonic() + self.every.total_seconds()
                yield streaming.page(batch, self.base, poll.known, poll.mark)
        raise Unavailable(f"{url}: closed the stream")

    async def _beside(
        self, http: Http, terms: Sequence[str], poll: Poll, failing: set[str]
    ) -> AsyncGenerator[Page, None]:
        """What is polled beside the stream, and which of it is `failing`: a search may be down for hours. What it would
        bring waits for it; what is heard need not."""
        for what, pages in (("mentions", self._mentions(http, poll)), ("posts", self._poll(http, terms, poll))):
            try:
                async with aclosing(pages):
                    async for page in pages:
                        yield page
                failing.discard(what)
            except (Unavailable, Malformed) as error:
                level = logging.DEBUG if what in failing else logging.WARNING
                facts = fields(where=self.base, what=what, reason=str(error))
                log.log(level, "not polled beside the stream", extra=facts)
                failing.add(what)

    async def _mentions(self, http: Http, poll: Poll) -> AsyncGenerator[Page, None]:
        """What was said to the account, upwards from where it stands; at first, of the newest. The server numbers
        notifications as they come to it, so that none is late."""
        url = f"{self.base}/api/v1/notifications"
        while True:
            mark = poll.stands.get(ME, "")
            params: dict[str, str | int] = {"types[]": "mention", "limit": LIMIT, **({"min_id": mark} if mark else {})}
            try:
                answer = await http.get(url, params=params, headers=self._headers(self.base))
            except Refused:
                return  # a token without the scope read:notifications: the stream complains of it, too
            notices = readable(answer.json(list[msgspec.Raw]), streaming.Notice, answer.url)
            newest = max([mark, *(notice.id for notice in notices)], key=order)
            if newest == mark:
                return
            poll.stands[ME] = newest
            yield self._page(poll, filter(None, (notice.mention for notice in notices)), mark)
            if not mark:
                return

    async def _host(self, http: Http) -> str:
        """Where the server streams."""
        try:
            answer = await http.get(f"{self.base}/api/v2/instance", headers=self._headers(self.base))
            named = answer.json(streaming.Instance).streaming
        except (Refused, Malformed):
            # Older and other software has no such page, and streams where it answers.
            return streaming.address(self.base)
        return streaming.address(self.base, named, answer.url)

    @property
    def _tags(self) -> list[str]:
        return [tag.removeprefix("#") for tag in self.hashtags]

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Each where it was written: only there are all reactions known, and is it sure that a post is gone."""
        now: dict[str, Post | None] = {}
        for id in ids:
            if home := _HOME.match(id):
                base, number = home.groups()
                try:
                    status = await self._status(http, base, number)
                except (Refused, Unavailable, Malformed):
                    # Elsewhere a server may be gone, or talk to its users only: the posts of others must not wait.
                    if base == self.base:
                        raise
                    continue
                if status is None or status.uri == id:
                    now[id] = post(status, base) if status else None
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """As visible as what it answers, and addressed to its author, who would not hear of it otherwise."""
        if not self.token:
            raise Refused(f"{self.base}: to answer, set token, with the scopes read:search and write:statuses")
        status = await self._here(http, to.id)
        name = f"@{status.account.acct}"
        draft = {
            "status": text if name.lower() in text.lower() else f"{name} {text}",
            "in_reply_to_id": status.id,
            "visibility": "unlisted" if status.visibility == "unlisted" else "public",
        }
        headers = self._headers(self.base) | {"Idempotency-Key": key}
        answer = await http.post(f"{self.base}/api/v1/statuses", json=draft, headers=headers)
        written = answer.json(Status)
        return Sent(id=clean(written.uri), url=address(written.url))

    async def _status(self, http: Http, base: str, number: str) -> Status | None:
        """A status of the server at `base` by its number there; `None` if it is gone."""
        try:
            answer = await http.get(f"{base}/api/v1/statuses/{number}", headers=self._headers(base))
        except Refused as error:
            if error.status in (404, 410) and b'"error"' in error.body:
                return None
            raise
        return answer.json(Status)

    async def _here(self, http: Http, uri: str) -> Status:
        """Our own server's copy of a post, which it fetches if need be: only by that number can it be answered."""
        query: dict[str, str | int] = {"q": uri, "type": "statuses", "resolve": "true", "limit": 1}
        answer = await http.get(f"{self.base}/api/v2/search", params=query, headers=self._headers(self.base))
        found = readable(answer.json(Found).statuses, Status, answer.url)
        if not found:
            raise Refused(f"{uri}: {self.base} cannot find it, it may be gone; answer it in the browser")
        return found[0]

    def _headers(self, base: str) -> dict[str, str]:
        """The token is for our own server alone."""
        return {"Authorization": f"Bearer {self.token}"} if self.token and base == self.base else {}

    async def _newer(self, http: Http, query: str, mark: str, seen: Seen) -> AsyncIterator[list[Status]]:
        """Upwards from `mark`: `min_id` gives the next page, where `since_id` would give the newest and leave a gap."""
        while statuses := seen.new(await self._ask(http, query, {"min_id": seen.newest or mark})):
            yield statuses

    async def _older(
        self, http: Http, query: str, mark: str, since: datetime, seen: Seen
    ) -> AsyncIterator[list[Status]]:
        """Downwards from the newest to `mark`, or else to `since`. Search knows this order only."""
        window: dict[str, str] = {"min_id": mark} if mark else {}
        while statuses := seen.new(await self._ask(http, query, window | seen.below)):
            yield statuses
            if not mark and min(status.at for status in statuses) < since:
                return

    async def _ask(self, http: Http, query: str, window: Mapping[str, str]) -> list[Status]:
        params: dict[str, str | int] = {"limit": LIMIT, **window}
        headers = self._headers(self.base)
        try:
            if query.startswith("#"):
                url = f"{self.base}/api/v1/timelines/tag/{quote(query[1:], safe='')}"
                answer = await http.get(url, params=params, headers=headers)
                entries = answer.json(list[msgspec.Raw])
            else:
                phrase = f'"{query}"' if " " in query else query
                params |= {"q": phrase, "type": "statuses"}
                answer = await http.get(f"{self.base}/api/v2/search", params=params, headers=headers)
                entries = answer.json(Found).statuses
        except Refused as error:
            if self.token:
                raise
            # Since 4.5 a server may keep its timelines for its own users.
            hint = "this server may show its timelines to its users only: set a token, or follow another server"
            raise Refused(f"{error}; {hint}") from error
        return readable(entries, Status, answer.url)


class Found(msgspec.Struct):
    statuses: list[msgspec.Raw] = []
