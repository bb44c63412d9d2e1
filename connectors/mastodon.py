"""Hashtags and, with a token, search on one server that speaks the Mastodon API:
https://docs.joinmastodon.org/methods/timelines/ and https://docs.joinmastodon.org/methods/search/
Posts are looked at again where they were written, and answered from the account of the token:
https://docs.joinmastodon.org/methods/statuses/"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

import msgspec

from . import marks
from .base import Connector, Cursor, Http, Page, Secret, Sent
from .decode import address, readable
from .errors import Malformed, Refused, Unavailable
from .post import Post
from .status import NETWORK, Status, post
from .text import clean

LIMIT = 40
"""The most that a server gives at once."""
LATE = timedelta(minutes=15)
"""Posts of other servers arrive late and take their place, by id, among those that we have read."""
# Where a server of this kind keeps what its own users write, and the number that it has there.
_HOME = re.compile(r"^(https?://[^/?#]+)/(?:ap/)?users/[^/?#]+/statuses/([0-9A-Za-z]+)$")


@dataclass(frozen=True, kw_only=True)
class Mastodon(Connector):
    """The mark is a JSON object: for each hashtag ("#acme") and each term the id that the next poll starts behind."""

    name = NETWORK
    every = timedelta(minutes=5)
    # The server forgets the key after an hour.
    repeatable = timedelta(minutes=55)

    instance: str
    hashtags: tuple[str, ...] = ()
    token: Secret = field(default="", repr=False)
    longest: int = 500

    def check(self) -> Sequence[str]:
        problems = []
        if not urlsplit(self.base).hostname:
            problems.append('instance: no server name; write it as "mastodon.social"')
        if not self.hashtags and not self.token:
            problems.append("hashtags: none, and no token to search with; give one of them")
        return problems

    @property
    def base(self) -> str:
        return (self.instance if "://" in self.instance else f"https://{self.instance}").rstrip("/")

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        stands = marks.read(cursor.mark, dict[str, str])
        for query in [f"#{tag.removeprefix('#')}" for tag in self.hashtags] + list(terms if self.token else ()):
            mark, seen = stands.get(query, ""), Seen()
            climbs = bool(mark) and query.startswith("#")
            pages = self._newer(http, query, mark, seen) if climbs else self._older(http, query, mark, cursor, seen)
            async for statuses in pages:
                if climbs:
                    # All that is older than this page is read: what a rate limit cuts short goes on from here.
                    stands[query] = seen.anchor(mark)
                wanted = [status for status in statuses if status.is_public and (mark or status.at >= cursor.since)]
                yield Page(posts=tuple(post(status, self.base) for status in wanted), mark=marks.written(stands))
            stands[query] = seen.anchor(mark)
        yield Page(posts=(), mark=marks.written(stands))

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

    async def _newer(self, http: Http, query: str, mark: str, seen: "Seen") -> AsyncIterator[list[Status]]:
        """Upwards from `mark`: `min_id` gives the next page, where `since_id` would give the newest and leave a gap."""
        while statuses := seen.new(await self._ask(http, query, {"min_id": seen.newest or mark})):
            yield statuses

    async def _older(
        self, http: Http, query: str, mark: str, cursor: Cursor, seen: "Seen"
    ) -> AsyncIterator[list[Status]]:
        """Downwards from the newest to `mark`, or else to `cursor.since`. Search knows this order only."""
        window: dict[str, str] = {"min_id": mark} if mark else {}
        while statuses := seen.new(await self._ask(http, query, window | seen.below)):
            yield statuses
            if not mark and min(status.at for status in statuses) < cursor.since:
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


class Seen:
    """What one poll has read of one query: when each status was written, by id."""

    def __init__(self) -> None:
        self._written: dict[str, datetime] = {}

    def new(self, statuses: Iterable[Status]) -> list[Status]:
        """Those not read before; a server that ignores our window thus ends the poll instead of holding it up."""
        fresh = {status.id: status for status in statuses if status.id not in self._written}
        self._written |= {status.id: status.at for status in fresh.values()}
        return list(fresh.values())

    @property
    def newest(self) -> str | None:
        return max(self._written, key=_order, default=None)

    @property
    def below(self) -> dict[str, str]:
        return {"max_id": min(self._written, key=_order)} if self._written else {}

    def anchor(self, previous: str) -> str:
        """The id to go on behind: the newest that late arrivals can no longer precede, else where we stood."""
        if not self._written:
            return previous
        ordered = sorted(self._written, key=_order)
        late = self._written[ordered[-1]] - LATE
        settled = [name for name in ordered if self._written[name] <= late]
        return settled[-1] if settled else previous or ordered[0]


def _order(name: str) -> tuple[int, str]:
    """Ids are strings, numbers on Mastodon and letters elsewhere; the longer one is the newer."""
    return len(name), name
