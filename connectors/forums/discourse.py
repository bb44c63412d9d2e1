"""Posts of one Discourse forum, by its list of newest posts or by its search: https://docs.discourse.org/"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import readable
from ..errors import Refused
from ..post import Post
from ..search import phrase
from ..text import redact, when
from .topic import NETWORK, Note, Topic, Written, permalink, place_of, post

LATE = timedelta(minutes=15)
"""Search finds posts some minutes after they were written."""
MOST_PAGES = 20
"""Of 50 posts each, in one poll; of one search a forum shows ten at most."""
GONE = frozenset({404, 410})


@dataclass(frozen=True, kw_only=True)
class Discourse(Connector):
    """The mark is a JSON object: "latest" is the number of the newest post that was read, "search" the time of the
    newest that was found, in seconds since 1970. Ids are "forum.example/12", the same with https as without."""

    name = NETWORK
    every = timedelta(minutes=10)
    pace = 2.0
    longest = 32_000

    url: str
    search: bool = False
    user: str = ""
    key: Secret = field(default="", repr=False)

    def check(self) -> Sequence[str]:
        problems = []
        if not self.url.startswith(("http://", "https://")):
            problems.append('url: not a web address; write it as "https://forum.example"')
        if bool(self.key) != bool(self.user):
            problems.append("key: goes with user, the name it was made for; a forum's administrator makes it")
        return problems

    @property
    def base(self) -> str:
        return self.url.rstrip("/")

    @property
    def place(self) -> str:
        return place_of(self.base)

    def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        known = marks.read(cursor.mark, dict[str, str])
        return self._found(http, terms, cursor, known) if self.search else self._latest(http, cursor, known)

    async def _latest(self, http: Http, cursor: Cursor, known: Mapping[str, str]) -> AsyncGenerator[Page, None]:
        """Downwards from the newest post to the one that the last poll began with."""
        mark = _number(known.get("latest", ""))
        newest, before = mark, 0
        for _ in range(MOST_PAGES):
            answer = await self._ask(http, "/posts.json", {"before": before} if before else {})
            notes = readable(answer.json(Latest).latest_posts, Note, answer.url)
            if not notes:
                break
            newest, before = max(newest, *(note.id for note in notes)), min(note.id for note in notes) - 1
            yield self._page([note for note in notes if mark or note.is_since(cursor.since)], {}, cursor.mark)
            if before < mark or not (mark or all(note.is_since(cursor.since) for note in notes)):
                break
        yield Page(posts=(), mark=marks.written({**known, "latest": str(newest)}) if newest else cursor.mark)

    async def _found(
        self, http: Http, terms: Sequence[str], cursor: Cursor, known: Mapping[str, str]
    ) -> AsyncGenerator[Page, None]:
        """One search per term, newest first. The query knows days only, so we look at the hour ourselves."""
        mark = datetime.fromtimestamp(_number(known.get("search", "")), UTC)
        newest = max(mark, cursor.since)
        oldest = mark - LATE if mark > cursor.since else cursor.since
        for term in terms:
            words = phrase(term)
            query = f"{words} after:{oldest - timedelta(days=1):%Y-%m-%d} order:latest"
            for number in range(1, MOST_PAGES + 1):
                answer = await self._ask(http, "/search.json", {"q": query, "page": number})
                found = answer.json(Found)
                topics = {topic.id: topic for topic in readable(found.topics or [], Topic, answer.url)}
                notes = readable(found.posts or [], Note, answer.url)
                newest = max([newest, *(at for note in notes if (at := when(note.created_at)))])
                recent = [note for note in notes if note.is_since(oldest)]
                yield self._page(recent, topics, cursor.mark)
                if len(recent) < len(notes) or not notes or not found.more:
                    break
        # Only now has every term been read up to here.
        yield Page(posts=(), mark=marks.written({**known, "search": str(int(newest.timestamp()))}))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """One request for each: a forum gives several posts at once only of one topic."""
        now: dict[str, Post | None] = {}
        for id in ids:
            if id.startswith(f"{self.place}/"):
                note = await self._note(http, id)
                now[id] = post(note, self.base) if note and not note.is_gone else None
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A forum refuses the same words by the same author within five minutes, unless it is set up otherwise."""
        if not self.key:
            raise Refused(f"{self.base}: to answer, set key and user; the key is made at /admin/api/keys")
        if not to.id.startswith(f"{self.place}/"):
            raise Refused(f"{to.id}: not a post of {self.base}")
        note = await self._note(http, to.id)
        if note is None or note.is_gone:
            raise Refused(f"{to.url or to.id}: the post was taken down; there is nothing to answer any more")
        draft = {"raw": text, "topic_id": note.topic_id, "reply_to_post_number": note.post_number}
        answer = await http.post(f"{self.base}/posts.json", json=draft, headers=self._headers)
        written = answered(answer).json(Written)
        if written.id is None:  # it waits for a moderator
            return Sent(id=f"{self.place}/pending/{key}", url=None)
        return Sent(id=f"{self.place}/{written.id}", url=permalink(self.base, written))

    async def _note(self, http: Http, id: str) -> Note | None:
        try:
            return (await self._ask(http, f"/posts/{id.rpartition('/')[2]}.json", {})).json(Note)
        except Refused as error:
            if error.status in GONE:
                return None
            raise

    async def _ask(self, http: Http, path: str, query: Mapping[str, str | int]) -> Answer:
        return answered(await http.get(self.base + path, params=query, headers=self._headers))

    @property
    def _headers(self) -> Mapping[str, str]:
        key = {"Api-Key": self.key, "Api-Username": self.user} if self.key else {}
        return {"Accept": "application/json", **key}

    def _page(self, notes: Sequence[Note], topics: Mapping[int, Topic], mark: str) -> Page:
        return Page(
            posts=tuple(post(note, self.base, topics.get(note.topic_id)) for note in notes if not note.is_gone),
            deleted=tuple(f"{self.place}/{note.id}" for note in notes if note.is_gone),
            mark=mark,
        )


def answered(answer: Answer) -> Answer:
    """`answer`, unless it is a page to log in on: forums send those who may not read to it, with status 200."""
    if "html" in answer.headers.get("content-type", ""):
        raise Refused(
            f"{redact(answer.url)}: a page for browsers came, not the forum's API; check url, or, if the forum is for "
            "members only, set key and user"
        )
    return answer


class Latest(msgspec.Struct):
    latest_posts: list[msgspec.Raw]


class Grouped(msgspec.Struct):
    more_posts: bool | None = None
    more_full_page_results: bool | None = None


class Found(msgspec.Struct):
    posts: list[msgspec.Raw] | None
    topics: list[msgspec.Raw] | None = None
    grouped_search_result: Grouped | None = None

    @property
    def more(self) -> bool:
        grouped = self.grouped_search_result or Grouped()
        return bool(grouped.more_full_page_results or grouped.more_posts)


def _number(mark: str) -> int:
    return int(mark) if mark.isdecimal() and len(mark) <= 15 else 0
