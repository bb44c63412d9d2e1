"""X: what is said with a brand's words, and to its account; paid for by the post: https://docs.x.com/x-api

https://docs.x.com/x-api/posts/search/introduction, …/posts/timelines and …/getting-started/pricing
"""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import ClassVar

from .. import marks
from ..base import Answer, Budget, Connector, Cursor, Http, Page, Secret, Sent, account_of
from ..decode import readable
from ..errors import Refused
from ..keys.oauth import Keys
from ..post import Post
from ..search import packed
from ..text import links as addresses
from .stand import Stand
from .tweet import FIELDS, NETWORK, SITE, Bill, Found, Named, Tweet, User, Written, id_at, post

LONGEST_QUERY = 512
MOST_PAGES = 10
"""What one poll reads of one search; the next one goes on from there."""
BATCH = 100
"""Ids that one request may name."""
MONTH = timedelta(days=30)
CONSOLE = "console.x.com"
Query = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class X(Connector):
    """The mark is a JSON object: where each list stands, and the number of the account ("me")."""

    name = NETWORK
    every = timedelta(minutes=30)
    longest: ClassVar[int] = 280

    # US dollars, as of 2026-08-22; the console shows today's.
    POST_READ: ClassVar[float] = 0.005
    USER_READ: ClassVar[float] = 0.010
    ANSWER: ClassVar[float] = 0.015  # 0.010 where the author asked for it; which one X takes is not told
    ANSWER_WITH_LINK: ClassVar[float] = 0.20

    key: Secret = field(repr=False)
    spend: float = 5.0
    handle: str = ""
    search: bool = True
    filter: str = ""
    limit: int = 25
    consumer_key: Secret = field(default="", repr=False)
    consumer_secret: Secret = field(default="", repr=False)
    token: Secret = field(default="", repr=False)
    token_secret: Secret = field(default="", repr=False)
    base: str = "https://api.x.com"

    def check(self) -> Sequence[str]:
        problems = []
        if not self.key:
            problems.append(f"key: the Bearer Token of an app; made at {CONSOLE}")
        if not 10 <= self.limit <= 100:
            problems.append("limit: posts per request; between 10 and 100")
        if self.spend < self._most:
            problems.append(f"spend: one request for {self.limit} posts may cost {self._most:.2f} USD; raise spend")
        if self.handle and not re.fullmatch(r"@?\w{1,15}", self.handle, re.ASCII):
            problems.append('handle: no name of an account; write it as "@acme"')
        if not self.handle and not self.search:
            problems.append("search: off, and no handle whose mentions to read; give one of them")
        if len(self.filter) > LONGEST_QUERY // 2:
            problems.append(f"filter: longer than {LONGEST_QUERY // 2} characters, which leaves no room for the words")
        answering = (self.consumer_key, self.consumer_secret, self.token, self.token_secret)
        if any(answering) and not all(answering):
            problems.append(
                f"token: to answer takes consumer_key, consumer_secret, token and token_secret; all are at {CONSOLE}"
            )
        return problems

    @property
    def account(self) -> str:
        return account_of(NETWORK, self.key)

    def budgets(self) -> Sequence[Budget]:
        return (Budget(name="spend", most=self.spend, unit="USD", window=MONTH),)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        known, start = marks.read(cursor.mark, dict[str, str]), id_at(cursor.since)
        me = known.get(self._name, "") if self._name else ""
        if self._name and not re.fullmatch("[0-9]+", me):
            me = await self._number(http)
        lists = dict(self._lists(terms, me))
        stands = {name: known[name] for name in lists if name in known} | ({self._name: me} if me else {})
        for name, (path, query) in lists.items():
            async with aclosing(self._read(http, path, query, Stand.of(stands.get(name, ""), start))) as read:
                async for posts, stand in read:
                    stands[name] = stand.mark
                    yield Page(posts=posts, mark=marks.written(stands))

    def _lists(self, terms: Sequence[str], me: str) -> Iterator[tuple[str, tuple[str, Query]]]:
        if me:
            yield "mentions", (f"users/{me}/mentions", {})
        for query in queries(terms, self._rest) if self.search else ():
            yield query, ("tweets/search/recent", {"query": query, "sort_order": "recency"})

    @property
    def _name(self) -> str:
        return f"@{self.handle.removeprefix('@')}" if self.handle else ""

    @property
    def _rest(self) -> str:
        """What each search leaves out: who mentions the account comes from its mentions, and is not paid for twice."""
        own = f"-{self._name} -from:{self._name[1:]}" if self._name else ""
        return " ".join(filter(None, ("-is:retweet", own, self.filter.strip())))

    async def _read(
        self, http: Http, path: str, query: Query, stand: Stand
    ) -> AsyncGenerator[tuple[tuple[Post, ...], Stand], None]:
        """Posts from the newest back. Nothing overlaps: `end_time` keeps X half a minute behind, and what is read again
        may be paid for again."""
        is_left_over = bool(stand.until)
        for _ in range(MOST_PAGES):
            answer, stand = await self._page(http, path, query, stand)
            found = answer.json(Found)
            if found.meta is None and found.errors:
                raise Refused(f"{self.base}/2/{path}: X says {found.errors[0].told}; check handle and key")
            tweets = readable(found.tweets, Tweet, answer.url)
            users = {user.id: user for user in readable(found.includes.users, User, answer.url)}
            is_last = not tweets or not (found.meta and found.meta.next_token)
            stand = stand.after([tweet.id for tweet in tweets], is_last)
            yield tuple(post(tweet, users) for tweet in tweets if not tweet.is_repost), stand
            if is_last and not is_left_over:
                return
            is_left_over = is_left_over and not is_last  # once it is read, what is new follows

    async def _page(self, http: Http, path: str, query: Query, stand: Stand) -> tuple[Answer, Stand]:
        asked: dict[str, str | int] = {**query, "max_results": self.limit, "tweet.fields": FIELDS}
        asked |= {"expansions": "author_id", "user.fields": "username,name,public_metrics"}
        try:
            return await self._paid(http, path, {**asked, **stand.window}, self._most), stand
        except Refused as error:
            if error.status != 400 or not (b"since_id" in error.body or b"until_id" in error.body):
                raise
            # Search goes back a week and refuses older ids. Then all that it still has is new.
            return await self._paid(http, path, asked, self._most), Stand()

    @property
    def _most(self) -> float:
        """What one request may cost: each post by an author of its own."""
        return self.limit * (self.POST_READ + self.USER_READ)

    async def _number(self, http: Http) -> str:
        """The number of the account called `handle`, which its mentions are asked by."""
        answer = await self._paid(http, f"users/by/username/{self._name[1:]}", {}, self.USER_READ)
        found = answer.json(Named).data
        if found is None:
            raise Refused(f"{self.base}: X knows no account {self._name}, or has suspended it; check handle")
        return found.id

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Without authors, which cost twice as much as posts. What became protected or was suspended counts as taken
        down: X's rules want it gone."""
        found: dict[str, Post | None] = {}
        numbers = [name for name in ids if name.isascii() and name.isdecimal()]
        for some in (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)):
            asked: Query = {"ids": ",".join(some), "tweet.fields": FIELDS}
            answer = await self._paid(http, "tweets", asked, len(some) * self.POST_READ)
            looked = answer.json(Found)
            found |= {problem.name: None for problem in looked.errors if problem.is_gone and problem.name in some}
            for tweet in readable(looked.tweets, Tweet, answer.url):
                found |= {name: post(tweet, {}) for name in (tweet.id, tweet.first) if name in some}
        return found

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """X takes no keys, but refuses the same words twice. Since 2026-02-23 apps of the self-service may answer only
        those who name or quote the account."""
        if not self.token:
            raise Refused(f"token: X lets only an account's own keys answer; give the four of {CONSOLE}")
        url = f"{self.base}/2/tweets"
        cost = self.ANSWER_WITH_LINK if addresses(text) else self.ANSWER
        await http.spend("spend", cost)
        try:
            words = {"text": text, "reply": {"in_reply_to_tweet_id": to.id}}
            answer = await http.post(url, json=words, headers=self._keys.header("POST", url))
        except Refused as error:
            await http.spend("spend", -cost)
            raise self._unanswered(error, to.id) from error
        number = answer.json(Written).data.id
        return Sent(id=number, url=f"{SITE}/i/web/status/{number}")

    @property
    def _keys(self) -> Keys:
        return Keys(
            consumer=self.consumer_key,
            consumer_secret=self.consumer_secret,
            token=self.token,
            token_secret=self.token_secret,
        )

    def _unanswered(self, error: Refused, to: str) -> Refused:
        if error.status != 403:
            return self._explained(error)
        if b"duplicate" in error.body.lower():
            why = "the account has said these very words already; see its posts"
        else:
            why = "apps may answer only those who name or quote the account, and the app needs the right to write"
        by_hand = f"{SITE}/intent/post?in_reply_to={to}"
        return Refused(f"{error}; {why}. By hand: {by_hand}", status=403, body=error.body)

    async def _paid(self, http: Http, path: str, query: Query, most: float) -> Answer:
        """The answer. `most` is put aside before; what it did not cost is given back: X bills only what it sends."""
        await http.spend("spend", most)
        cost = 0.0
        try:
            headers = {"Authorization": f"Bearer {self.key}"}
            answer = await http.get(f"{self.base}/2/{path}", params=query, headers=headers)
            cost = min(most, self._cost(answer.json(Bill)))
        except Refused as error:
            raise self._explained(error) from error
        finally:
            if cost < most:
                await http.spend("spend", cost - most)
        return answer

    def _cost(self, bill: Bill) -> float:
        if not isinstance(bill.data, list):
            return self.USER_READ if bill.data else 0.0
        return len(bill.data) * self.POST_READ + len(bill.includes.users) * self.USER_READ

    def _explained(self, error: Refused) -> Refused:
        """The same, with what to do about it."""
        advice = {
            401: f"; make the keys anew at {CONSOLE}",
            402: f"; the credits are used up: buy some at {CONSOLE}",
            403: f"; the app lacks a right, or belongs to no project: see {CONSOLE}",
        }.get(error.status, "")
        return Refused(f"{error}{advice}", status=error.status, body=error.body)


def queries(terms: Sequence[str], rest: str) -> Iterator[str]:
    """The terms as few searches for any of them, each with `rest` behind it and none longer than X takes."""
    query = partial(_query, rest)
    return map(query, packed(filter(None, map(_phrase, terms)), query, LONGEST_QUERY))


def _query(rest: str, terms: Sequence[str]) -> str:
    return f"({' OR '.join(terms)}) {rest}"


def _phrase(term: str) -> str:
    """Names of accounts and hashtags are operators; inside quotation marks they would be words."""
    term = " ".join(term.replace('"', " ").split())
    return term if re.fullmatch(r"[@#]\w+", term) else f'"{term}"' if term else ""
