"""What is said to one's own organisation on LinkedIn: comments below its posts, and posts that mention it.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/comments-api and
…/community-management/organizations/organization-social-action-notifications
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from .. import marks
from ..base import Answer, Budget, Connector, Cursor, Http, Page, Secret, Sent, account_of
from ..decode import readable
from ..errors import Refused
from ..post import Post
from .urn import COMMENT, NETWORK, Comment, Elements, Notification, Own, link, mention, quoted, remark

LIMIT = 50
MOST_PAGES = 5
LATE = timedelta(hours=6)
"""Notifications come some time after what they tell of."""
AHEAD = timedelta(days=366)
"""Their window wants an end; we know no time but that of what we read."""
DAY = timedelta(days=1)
CALLS = "calls"
RENEW = "at linkedin.com/developers/tools/oauth (see docs/networks/linkedin.md)"


@dataclass(frozen=True, kw_only=True)
class LinkedIn(Connector):
    """The mark is the time of the newest comment or mention, in seconds since 1970."""

    name = NETWORK
    is_own = True
    every = timedelta(hours=1)  # the first tier of access allows few calls a day
    longest: ClassVar[int] = 1_250

    token: Secret = field(repr=False)
    organization: str
    comments: bool = True
    mentions: bool = True
    posts: int = 10
    calls: int = 500
    version: str = "202610"
    base: str = "https://api.linkedin.com"

    def check(self) -> Sequence[str]:
        problems = []
        if not self.token:
            problems.append(f"token: of an administrator of the page; made {RENEW}")
        if not re.fullmatch("[0-9]+", self.organization):
            problems.append("organization: the page's number, as in linkedin.com/company/NUMBER/admin")
        if not 1 <= self.posts <= 100:
            problems.append("posts: own posts below which comments are read; between 1 and 100")
        if not re.fullmatch(r"20[0-9]{2}(0[1-9]|1[0-2])", self.version):
            problems.append('version: a month of the API, not older than a year; write it as "202610"')
        return problems

    @property
    def account(self) -> str:
        return account_of(self.name, self.token)

    def budgets(self) -> Sequence[Budget]:
        return (Budget(name=CALLS, most=self.calls, unit="calls", window=DAY),)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        for reads, read in ((self.mentions, self._mentions), (self.comments, self._comments)):
            if not reads:
                continue
            async with aclosing(read(http, oldest)) as found:
                async for posts in found:
                    newest = max([newest, *(post.published_at for post in posts if post.published_at)])
                    yield Page(posts=posts, mark=cursor.mark)
        # Only now has all of it been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def _mentions(self, http: Http, oldest: datetime) -> AsyncGenerator[tuple[Post, ...], None]:
        window = f"(start:{_milliseconds(oldest)},end:{_milliseconds(oldest + AHEAD)})"
        query = f"q=criteria&actions=List(SHARE_MENTION)&organizationalEntity={quoted(self._urn)}&timeRange={window}"
        async with aclosing(self._elements(http, "organizationalEntityNotifications", query)) as read:
            async for elements in read:
                yield tuple(mention(told) for told in readable(elements, Notification, self.base) if told.urn)

    async def _comments(self, http: Http, oldest: datetime) -> AsyncGenerator[tuple[Post, ...], None]:
        """Comments below the newest own posts, and what stands below these, but for the organisation's own."""
        query = f"q=author&author={quoted(self._urn)}&count={self.posts}&sortBy=CREATED"
        answer = await self._ask(http, "posts", query, {"X-RestLi-Method": "FINDER"})
        for own in readable(answer.json(Elements).elements, Own, answer.url):
            async for comments in self._below(http, own.id):
                if recent := self._recent(comments, oldest):
                    yield recent
                for comment in comments:
                    if comment.urn and comment.has_answers:
                        async for answers in self._below(http, comment.urn):
                            if recent := self._recent(answers, oldest):
                                yield recent

    async def _below(self, http: Http, urn: str) -> AsyncIterator[list[Comment]]:
        async with aclosing(self._elements(http, f"socialActions/{quoted(urn)}/comments")) as read:
            async for elements in read:
                yield readable(elements, Comment, urn)

    def _recent(self, comments: Sequence[Comment], oldest: datetime) -> tuple[Post, ...]:
        """Lists are in no order that is promised: each is read whole, and this is what of it is new."""
        others = [comment for comment in comments if comment.urn and comment.actor != self._urn]
        return tuple(remark(comment) for comment in others if comment.at is None or comment.at >= oldest)

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A comment, as the organisation. LinkedIn knows no keys: what stands there already tells whether it was said.
        Below a comment there is one level only."""
        place = next((urn for urn in (to.in_reply_to or "", to.id) if COMMENT.fullmatch(urn)), to.id)
        async for comments in self._below(http, place):
            for said in comments:
                if said.actor == self._urn and said.text.strip() == text.strip():
                    return Sent(id=said.urn, url=link(said.urn))
        inside = COMMENT.fullmatch(place)
        words: dict[str, object] = {"actor": self._urn, "message": {"text": text}}
        words |= {"object": inside[1], "parentComment": place} if inside else {"object": place}
        await http.spend(CALLS, 1)
        url = f"{self.base}/rest/socialActions/{quoted(place)}/comments"
        try:
            answer = await http.post(url, json=words, headers=self._headers)
        except Refused as error:
            raise self._explained(error) from error
        written = answer.json(Comment).urn
        return Sent(id=written, url=link(written))

    async def _elements(self, http: Http, path: str, query: str = "") -> AsyncGenerator[list[msgspec.Raw], None]:
        """The pages of a list."""
        for page in range(MOST_PAGES):
            window = f"start={page * LIMIT}&count={LIMIT}"
            answer = await self._ask(http, path, f"{query}&{window}" if query else window)
            elements = answer.json(Elements).elements
            if elements:
                yield elements
            if len(elements) < LIMIT:
                return

    async def _ask(self, http: Http, path: str, query: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Rest.li writes lists with brackets that stay as they are, and wants colons inside names encoded: the query
        is made by hand."""
        await http.spend(CALLS, 1)
        try:
            return await http.get(f"{self.base}/rest/{path}?{query}", headers={**self._headers, **(headers or {})})
        except Refused as error:
            raise self._explained(error) from error

    @property
    def _urn(self) -> str:
        return f"urn:li:organization:{self.organization}"

    @property
    def _headers(self) -> Mapping[str, str]:
        version = {"LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        return {"Authorization": f"Bearer {self.token}", **version}

    def _explained(self, error: Refused) -> Refused:
        """The same, with what to do about it."""
        advice = {
            401: f"; the token has expired or was taken back: make a new one, {RENEW}",
            403: "; the token must be of an administrator of the page, and the app have the Community Management API",
            426: f"; {self.version} is no more: set version to a newer month",
        }.get(error.status, "")
        return Refused(f"{error}{advice}", status=error.status, body=error.body)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
