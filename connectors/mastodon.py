"""Hashtags and, with a token, search on one server that speaks the Mastodon API:
https://docs.joinmastodon.org/methods/timelines/ and https://docs.joinmastodon.org/methods/search/"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import msgspec

from .base import Connector, Cursor, Http, Page, Secret
from .decode import address, count, readable
from .errors import Refused
from .post import Author, Engagement, Post
from .text import clean, links, plain, when

LIMIT = 40
"""The most that a server gives at once."""
LATE = timedelta(minutes=15)
"""Posts of other servers arrive late and take their place, by id, among those that we have read."""
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Mastodon(Connector):
    """The mark is a JSON object: for each hashtag ("#acme") and each term the id that the next poll starts behind."""

    name = "mastodon"
    every = timedelta(minutes=5)

    instance: str
    hashtags: tuple[str, ...] = ()
    token: Secret = field(default="", repr=False)

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
        marks = _marks(cursor.mark)
        for query in [f"#{tag.removeprefix('#')}" for tag in self.hashtags] + list(terms if self.token else ()):
            mark, seen = marks.get(query, ""), Seen()
            climbs = bool(mark) and query.startswith("#")
            pages = self._newer(http, query, mark, seen) if climbs else self._older(http, query, mark, cursor, seen)
            async for statuses in pages:
                if climbs:
                    # All that is older than this page is read: what a rate limit cuts short goes on from here.
                    marks[query] = seen.anchor(mark)
                wanted = [status for status in statuses if status.is_public and (mark or status.at >= cursor.since)]
                yield Page(posts=tuple(post(status, self.base) for status in wanted), mark=_text(marks))
            marks[query] = seen.anchor(mark)
        yield Page(posts=(), mark=_text(marks))

    async def _newer(self, http: Http, query: str, mark: str, seen: "Seen") -> AsyncIterator[list["Status"]]:
        """Upwards from `mark`: `min_id` gives the next page, where `since_id` would give the newest and leave a gap."""
        while statuses := seen.new(await self._ask(http, query, {"min_id": seen.newest or mark})):
            yield statuses

    async def _older(
        self, http: Http, query: str, mark: str, cursor: Cursor, seen: "Seen"
    ) -> AsyncIterator[list["Status"]]:
        """Downwards from the newest to `mark`, or else to `cursor.since`. Search knows this order only."""
        window: dict[str, str] = {"min_id": mark} if mark else {}
        while statuses := seen.new(await self._ask(http, query, window | seen.below)):
            yield statuses
            if not mark and min(status.at for status in statuses) < cursor.since:
                return

    async def _ask(self, http: Http, query: str, window: Mapping[str, str]) -> list["Status"]:
        params: dict[str, str | int] = {"limit": LIMIT, **window}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
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


class Account(msgspec.Struct):
    acct: Annotated[str, msgspec.Meta(min_length=1)]
    display_name: str | None = None
    url: str | None = None
    followers_count: int | None = None


class Attachment(msgspec.Struct):
    description: str | None = None


class Status(msgspec.Struct):
    """Pleroma, GoToSocial, Pixelfed and others answer in this shape too, less whatever they do not know."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    uri: Annotated[str, msgspec.Meta(min_length=1)]
    account: Account
    url: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    content: str | None = None
    spoiler_text: str | None = None
    visibility: str | None = "public"
    language: str | None = None
    in_reply_to_id: str | None = None
    reblog: Any = None
    media_attachments: list[Attachment] | None = None
    favourites_count: int | None = None
    reblogs_count: int | None = None
    replies_count: int | None = None

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it and it is its author's own, not a boost of another's."""
        return self.visibility in ("public", "unlisted") and not self.reblog

    @property
    def at(self) -> datetime:
        return when(self.created_at) or LONG_AGO


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


def post(status: Status, base: str) -> Post:
    """`base` is the server asked, whose own accounts come without its name. The id is the post's own address: the same
    on every server, where the server's ids are not."""
    parts = [status.spoiler_text or "", status.content or ""]
    descriptions = [attachment.description or "" for attachment in status.media_attachments or ()]
    return Post(
        network=Mastodon.name,
        id=clean(status.uri),
        url=address(status.url),
        text="\n\n".join(filter(None, map(plain, [*parts, *descriptions]))),
        author=_author(status.account, base),
        published_at=when(status.created_at),
        edited_at=when(status.edited_at),
        language=(status.language or "").partition("-")[0].lower() or None,
        engagement=Engagement(
            likes=count(status.favourites_count),
            shares=count(status.reblogs_count),
            comments=count(status.replies_count),
        ),
        in_reply_to=status.in_reply_to_id or None,
        links=links(status.content or ""),
    )


def _author(account: Account, base: str) -> Author:
    home = "" if "@" in account.acct else f"@{urlsplit(base).hostname}"
    return Author(
        handle=clean(account.acct) + home,
        name=plain(account.display_name or "") or None,
        url=address(account.url),
        followers=count(account.followers_count),
    )


def _marks(mark: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(mark, type=dict[str, str]) if mark else {}
    except msgspec.MsgspecError:
        return {}


def _text(marks: Mapping[str, str]) -> str:
    return msgspec.json.encode(marks).decode()
