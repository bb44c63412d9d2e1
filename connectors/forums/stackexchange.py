"""Questions on one site of Stack Exchange, by search and by tag: https://api.stackexchange.com/docs"""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import msgspec

from .. import marks
from ..base import Budget, Connector, Cursor, Http, Page, Secret, account_of
from ..decode import address, count, readable
from ..errors import ConnectorError, RateLimited, Refused, Unavailable
from ..post import Author, Engagement, Post
from ..search import phrase
from ..text import clean, links, plain, when

LATE = timedelta(minutes=15)
"""How long after it was asked a question may first be found."""
LIMIT = 100
MOST_PAGES = 10
"""Without a key, pages beyond the 25th are not given."""
DAY = timedelta(days=1)
THROTTLED, DOWN = 502, frozenset({500, 503})
"""Numbers of errors: they are not HTTP's, and come with status 400."""


@dataclass(frozen=True, kw_only=True)
class StackExchange(Connector):
    """The mark is a JSON object: for each tag ("[acme]") and each term the time of its newest question, in seconds
    since 1970, the one read longest ago first. Ids are "stackoverflow/12"."""

    name = "stackexchange"
    every = timedelta(minutes=30)

    site: str = "stackoverflow"
    tags: tuple[str, ...] = ()
    key: Secret = field(default="", repr=False)
    requests: int = 0
    base: str = "https://api.stackexchange.com/2.3"

    def check(self) -> Sequence[str]:
        problems = []
        if not re.fullmatch(r"[a-z0-9.-]{2,60}", self.site):
            problems.append('site: not the name of one; "stackoverflow" or "es.stackoverflow", without https://')
        if self.requests < 0:
            problems.append("requests: how many a day at most; 0 is as many as Stack Exchange allows")
        return problems

    @property
    def account(self) -> str:
        """Without a key, requests are counted by IP address: all such sources share them."""
        return account_of(self.name, self.key)

    def budgets(self) -> Sequence[Budget]:
        allowed = 10_000 if self.key else 300
        most = min(self.requests, allowed) if self.requests else allowed
        return (Budget(name="requests", most=most, unit="requests", window=DAY),)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        queries = dict.fromkeys([*(f"[{tag}]" for tag in self.tags), *terms])
        known = {query: mark for query, mark in marks.read(cursor.mark, dict[str, str]).items() if query in queries}
        place = {query: number for number, query in enumerate(known)}
        standing, rest = cursor.mark, None
        # New queries first, then those read longest ago: what a limit cut short goes on there.
        for query in sorted(queries, key=lambda query: place.get(query, -1)):
            mark = known.get(query, "")
            newest, oldest = (int(at.timestamp()) for at in marks.window(mark, cursor.since, LATE))
            for number in range(1, MOST_PAGES + 1):
                found = await self._found(http, query, oldest, number, rest)
                questions, rest = readable(found.items, Question, self.base), found.rest
                newest = max([newest, *(int(question.creation_date) for question in questions)])
                yield Page(posts=tuple(post(question, self.site) for question in questions), mark=standing)
                if not found.has_more:
                    break
            known.pop(query, None)
            known[query] = str(newest)
            standing = marks.written(known)
            yield Page(posts=(), mark=standing, rest=rest)

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        begin = f"{self.site}/"
        numbers = [number for id in ids if id.startswith(begin) and (number := id.removeprefix(begin)).isdecimal()]
        now: dict[str, Post | None] = {}
        for start in range(0, len(numbers), LIMIT):
            batch = numbers[start : start + LIMIT]
            found = await self._ask(http, f"/questions/{';'.join(batch)}", {"page": 1})
            posts = {post.id: post for post in (post(one, self.site) for one in readable(found.items, Question, begin))}
            now |= {begin + number: posts.get(begin + number) for number in batch}
            if found.rest:
                break
        return now

    async def _found(self, http: Http, query: str, oldest: int, page: int, rest: timedelta | None) -> "Wrapper":
        if rest:
            raise RateLimited(f"{self.base}: asks for a pause before the next request", rest)
        window: dict[str, str | int] = {"sort": "creation", "order": "desc", "fromdate": oldest, "page": page}
        if query.startswith("["):
            return await self._ask(http, "/questions", {"tagged": query.strip("[]"), **window})
        return await self._ask(http, "/search/advanced", {"q": phrase(query), **window})

    async def _ask(self, http: Http, path: str, query: Mapping[str, str | int]) -> "Wrapper":
        await http.spend("requests", 1)
        params = {"site": self.site, "filter": "withbody", "pagesize": LIMIT, **query}
        try:
            answer = await http.get(self.base + path, params=params | ({"key": self.key} if self.key else {}))
        except Refused as error:
            if told := objection(error.body, f"{self.base}{path}"):
                raise told from error
            raise
        if told := objection(answer.body, f"{self.base}{path}"):
            raise told
        return answer.json(Wrapper)


class Wrapper(msgspec.Struct):
    """What every answer comes in. `backoff` is how many seconds to leave before the next request of the same kind."""

    items: list[msgspec.Raw]
    has_more: bool | None = False
    backoff: float | None = None
    quota_remaining: int | None = None

    @property
    def rest(self) -> timedelta | None:
        if self.quota_remaining is not None and self.quota_remaining <= 0:
            return timedelta(hours=1)
        return timedelta(seconds=min(self.backoff, 86_400) + 1) if self.backoff and self.backoff > 0 else None


class Complaint(msgspec.Struct):
    error_id: int
    error_name: str = ""
    error_message: str = ""


def objection(body: bytes, where: str) -> ConnectorError | None:
    """The error that an answer tells of in its body, if it does; HTTP's status is 400 for nearly all of them."""
    try:
        complaint = msgspec.json.decode(body, type=Complaint)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    said = clean(f"{where}: {complaint.error_name}: {complaint.error_message}", 300)
    if complaint.error_id == THROTTLED:
        seconds = re.search(r"(\d{1,6}) seconds", complaint.error_message)
        return RateLimited(said, timedelta(seconds=int(seconds[1])) if seconds else timedelta(hours=1))
    if complaint.error_id in DOWN:
        return Unavailable(said)
    return Refused(f"{said}; check site and key, a new one is to be had at https://stackapps.com/apps/oauth/register")


class Owner(msgspec.Struct):
    """Who asked; of a deleted account a name may be left, but no number."""

    user_id: int | None = None
    display_name: str | None = None
    link: str | None = None


class Question(msgspec.Struct):
    question_id: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    creation_date: Annotated[float, msgspec.Meta(ge=0, lt=4e9)]
    title: str | None = None
    body: str | None = None
    link: str | None = None
    owner: Owner | None = None
    last_edit_date: float | None = None
    score: int | None = None
    answer_count: int | None = None
    view_count: int | None = None


def post(question: Question, site: str) -> Post:
    """Titles are HTML like the text: `&quot;Acme&quot; is down`."""
    body = question.body or ""
    return Post(
        network=StackExchange.name,
        id=f"{site}/{question.question_id}",
        url=address(question.link),
        title=plain(question.title or "") or None,
        text=plain(body),
        author=_author(question.owner, site),
        published_at=when(question.creation_date),
        edited_at=when(question.last_edit_date),
        engagement=Engagement(
            likes=None if question.score is None else max(0, question.score),
            comments=count(question.answer_count),
            views=count(question.view_count),
        ),
        links=links(body),
    )


def _author(owner: Owner | None, site: str) -> Author | None:
    if owner is None or not owner.user_id:
        return None
    name = plain(owner.display_name or "") or None
    return Author(handle=f"{site}/{owner.user_id}", name=name, url=address(owner.link))
