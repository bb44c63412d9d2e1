"""Pins of one's own account and boards and, for partners, search: https://developers.pinterest.com/docs/api/v5/

Pinterest shows programs neither comments nor mentions, nor, but to partners, what others pin.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret
from ..decode import address, count, readable
from ..errors import Refused
from ..post import Author, Engagement, Post
from ..text import clean, links, when

SITE = "https://www.pinterest.com"
LATE = timedelta(hours=1)
MOST_PAGES = 5
RENEW = "at developers.pinterest.com/apps (see docs/networks/pinterest.md)"
Query = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Pinterest(Connector):
    """The mark is the time of the newest pin, in seconds since 1970."""

    name = "pinterest"
    is_own = True
    every = timedelta(hours=1)

    token: Secret = field(repr=False)
    pins: bool = True
    boards: tuple[str, ...] = ()
    partner: bool = False
    country: str = "ES"
    locale: str = "es-ES"
    base: str = "https://api.pinterest.com"

    def check(self) -> Sequence[str]:
        problems = []
        if not self.token:
            problems.append(f"token: of your account, with the rights pins:read and boards:read; made {RENEW}")
        if not (self.pins or self.boards or self.partner):
            problems.append("pins: off, and neither boards nor partner; give one of them")
        problems += [
            f'boards: "{board}" is no board\'s number; docs/networks/pinterest.md tells how to find it'
            for board in self.boards
            if not (board.isascii() and board.isdecimal())
        ]
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        for path, query in self._lists(terms):
            async with aclosing(self._read(http, path, query, oldest)) as read:
                async for pins in read:
                    newest = max([newest, *(pin.at for pin in pins if pin.at)])
                    yield Page(posts=tuple(map(post, pins)), mark=cursor.mark)
        # Only now has every list been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    def _lists(self, terms: Sequence[str]) -> Iterator[tuple[str, Query]]:
        whole: Query = {"page_size": 100, "pin_metrics": "true"}
        if self.pins:
            yield "pins", whole
        for board in self.boards:
            yield f"boards/{board}/pins", whole
        for term in terms if self.partner else ():
            yield (
                "search/partner/pins",
                {"term": term, "country_code": self.country, "locale": self.locale, "limit": 50},
            )

    async def _read(self, http: Http, path: str, query: Query, oldest: datetime) -> AsyncGenerator[list["Pin"], None]:
        """The pins of a list that are new. No order is promised: where a page holds nothing new, the rest is taken for
        old."""
        seen: set[str] = set()
        after: Query = {}
        for _ in range(MOST_PAGES):
            answer = await self._ask(http, path, {**query, **after})
            listing = answer.json(Listing)
            pins = [pin for pin in readable(listing.pins, Pin, answer.url) if pin.id not in seen]
            seen |= {pin.id for pin in pins}
            recent = [pin for pin in pins if pin.at is None or pin.at >= oldest]
            if recent:
                yield recent
            if not recent or not listing.bookmark:
                return
            after = {"bookmark": listing.bookmark}

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        found: dict[str, Post | None] = {}
        for name in ids:
            try:
                answer = await self._ask(http, f"pins/{quote(name, safe='')}", {"pin_metrics": "true"})
            except Refused as error:
                if error.status != 404:
                    raise
                found[name] = None
            else:
                found[name] = post(answer.json(Pin))
        return found

    async def _ask(self, http: Http, path: str, query: Query) -> Answer:
        try:
            headers = {"Authorization": f"Bearer {self.token}"}
            return await http.get(f"{self.base}/v5/{path}", params=query, headers=headers)
        except Refused as error:
            advice = {
                401: f"; the token has expired or was taken back: make a new one, {RENEW}",
                403: "; the token lacks a right, or the account is no partner: see docs/networks/pinterest.md",
            }.get(error.status, "")
            raise Refused(f"{error}{advice}", status=error.status, body=error.body) from error


class Owner(msgspec.Struct):
    username: str | None = None


class Lifetime(msgspec.Struct):
    impression: int | None = None
    save: int | None = None
    reaction: int | None = None
    comment: int | None = None


class Metrics(msgspec.Struct):
    """How people reacted since the pin was made: told of one's own pins, to business accounts."""

    always: Lifetime | None = msgspec.field(name="all_time", default=None)
    before: Lifetime | None = msgspec.field(name="lifetime_metrics", default=None)


class Pin(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]
    created_at: str | None = None
    title: str | None = None
    description: str | None = None
    alt_text: str | None = None
    note: str | None = None
    link: str | None = None
    board_owner: Owner | None = None
    pin_metrics: Metrics | None = None

    @property
    def at(self) -> datetime | None:
        return when(self.created_at)


class Listing(msgspec.Struct):
    pins: list[msgspec.Raw] = msgspec.field(name="items")
    bookmark: str | None = None


def post(pin: Pin) -> Post:
    """Whose board it is on stands for the author: who pinned it on a shared board is not told."""
    handle = clean((pin.board_owner or Owner()).username or "")
    metrics = pin.pin_metrics or Metrics()
    counts = metrics.always or metrics.before or Lifetime()
    texts = [clean(text) for text in (pin.description, pin.alt_text, pin.note) if text]
    target = address(pin.link)
    return Post(
        network=Pinterest.name,
        id=pin.id,
        url=f"{SITE}/pin/{pin.id}/",
        title=clean(pin.title or "") or None,
        text="\n\n".join(filter(None, dict.fromkeys(texts))),
        author=Author(handle=handle, url=address(f"{SITE}/{handle}/")) if handle else None,
        published_at=pin.at,
        engagement=Engagement(
            likes=count(counts.reaction),
            shares=count(counts.save),
            comments=count(counts.comment),
            views=count(counts.impression),
        ),
        links=tuple(dict.fromkeys([*([target] if target else []), *links(pin.description or "")])),
    )
