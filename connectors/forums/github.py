"""Issues, pull requests and discussions on GitHub that name a brand, and answers to them:
https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, readable
from ..errors import ConnectorError, RateLimited, Refused, Unavailable
from ..post import Post
from ..search import phrase
from ..text import clean
from .issue import NETWORK, NODE, Issue, Node, post, told

T = TypeVar("T")

LATE = timedelta(minutes=15)
"""How long after it was written something may first be found."""
LIMIT = 100
MOST_PAGES = 10
"""A search gives its first 1,000 results."""
TOKENS = "https://github.com/settings/tokens"

FIND = f"""query($query: String!, $after: String) {{
  search(type: DISCUSSION, query: $query, first: {LIMIT}, after: $after) {{
    nodes {{ {NODE} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
LOOK = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {NODE} }} }}"
COMMENT = """mutation($to: ID!, $body: String!) {
  said: addComment(input: {subjectId: $to, body: $body}) { commentEdge { node { id url } } } }"""
DISCUSS = """mutation($to: ID!, $body: String!) {
  said: addDiscussionComment(input: {discussionId: $to, body: $body}) { comment { id url } } }"""


@dataclass(frozen=True, kw_only=True)
class GitHub(Connector):
    """The mark is the time of the newest find, in seconds since 1970."""

    name = NETWORK
    every = timedelta(minutes=15)
    pace = 6.0  # without a token, ten searches a minute
    longest = 65_536

    issues: bool = True
    pulls: bool = False
    discussions: bool = True
    qualifiers: str = ""
    token: Secret = field(default="", repr=False)
    base: str = "https://api.github.com"

    def check(self) -> Sequence[str]:
        if self.issues or self.pulls or (self.discussions and self.token):
            return ()
        return ("issues: nothing is left to search; set issues or pulls to true, or discussions, with a token",)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        mark = int(cursor.mark) if cursor.mark.isdecimal() and len(cursor.mark) <= 10 else 0
        newest = mark or int(cursor.since.timestamp())
        since = datetime.fromtimestamp(mark, UTC) - LATE if mark else cursor.since
        for term in terms:
            # Comments are searched unless we say otherwise, and are not in what is found.
            query = f"{phrase(term)} in:title,body created:>={since:%Y-%m-%dT%H:%M:%SZ} {self.qualifiers}".strip()
            async for posts in self._search(http, query):
                newest = max([newest, *(int(post.published_at.timestamp()) for post in posts if post.published_at)])
                yield Page(posts=posts, mark=cursor.mark)
        # Only now has every term been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """A hundred in one request; without a token GitHub looks up nothing by id."""
        now: dict[str, Post | None] = {}
        for start in range(0, len(ids) if self.token else 0, LIMIT):
            batch = ids[start : start + LIMIT]
            looked = await self._query(http, LOOK, {"ids": batch}, Looked)
            for id, entry in zip(batch, looked.nodes, strict=False):
                if bytes(entry) == b"null":
                    now[id] = None
                elif nodes := readable([entry], Node, self.base):
                    now[id] = replace(told(nodes[0]), id=id)  # an old id is answered with its newer form
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """GitHub knows nothing of keys: what was sent and not acknowledged may be sent twice."""
        if not self.token:
            raise Refused(f"{self.base}: to answer, set token; make one at {TOKENS}")
        mutation = DISCUSS if to.id.startswith("D_") else COMMENT
        said = (await self._query(http, mutation, {"to": to.id, "body": text}, Answered)).said
        comment = said and (said.comment or (said.comment_edge and said.comment_edge.node))
        if not comment:
            raise Refused(f"{to.url or to.id}: GitHub published no answer; it may be gone, locked, or closed to us")
        return Sent(id=comment.id, url=address(comment.url))

    async def _search(self, http: Http, query: str) -> AsyncIterator[tuple[Post, ...]]:
        for kind, wanted in (("is:issue", self.issues), ("is:pull-request", self.pulls)):
            if wanted:
                async for posts in self._issues(http, f"{query} {kind}"):
                    yield posts
        if self.discussions and self.token:
            async for posts in self._discussions(http, query):
                yield posts

    async def _issues(self, http: Http, query: str) -> AsyncIterator[tuple[Post, ...]]:
        for page in range(1, MOST_PAGES + 1):
            window: dict[str, str | int] = {"sort": "created", "order": "desc", "per_page": LIMIT, "page": page}
            answer = await self._answer(
                http.get(f"{self.base}/search/issues", params={"q": query, **window}, headers=self._headers)
            )
            found = answer.json(Found)
            if issues := readable(found.items, Issue, answer.url):
                yield tuple(post(issue) for issue in issues)
            if found.incomplete_results:
                raise Unavailable(f"{self.base}/search/issues: GitHub had not the time to find everything")
            if len(found.items) < LIMIT:
                return

    async def _discussions(self, http: Http, query: str) -> AsyncIterator[tuple[Post, ...]]:
        after: str | None = None
        for _ in range(MOST_PAGES):
            search = (
                await self._query(http, FIND, {"query": f"{query} sort:created-desc", "after": after}, Hits)
            ).search
            if nodes := readable(search.nodes, Node, self.base):
                yield tuple(told(node) for node in nodes)
            after = search.page_info.end_cursor
            if not search.page_info.has_next_page or not after:
                return

    async def _query(self, http: Http, query: str, variables: Mapping[str, object], shape: type[T]) -> T:
        """Ask GraphQL, which tells of errors in answers of status 200; one about a single id is no error to us."""
        url = f"{self.base}/graphql"
        question = {"query": query, "variables": variables}
        answer = await self._answer(http.post(url, json=question, headers=self._headers))
        for trouble in answer.json(Troubles).errors or ():
            if trouble.type != "NOT_FOUND":
                raise objection(trouble, url)
        return answer.json(_Data[shape]).data  # type: ignore[valid-type]

    async def _answer(self, asked: Awaitable[Answer]) -> Answer:
        try:
            return await asked
        except Refused as error:
            if error.status != 401:
                raise
            hint = f"the token expired or was revoked; make another at {TOKENS}"
            raise Refused(f"{error}; {hint}", status=error.status, body=error.body) from error

    @property
    def _headers(self) -> Mapping[str, str]:
        key = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", **key}


class Found(msgspec.Struct):
    items: list[msgspec.Raw]
    incomplete_results: bool | None = False


class PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool | None = False
    end_cursor: str | None = None


class Search(msgspec.Struct, rename="camel"):
    nodes: list[msgspec.Raw]
    page_info: PageInfo


class Hits(msgspec.Struct):
    search: Search


class Looked(msgspec.Struct):
    nodes: list[msgspec.Raw]


class Remark(msgspec.Struct):
    id: str
    url: str | None = None


class Edge(msgspec.Struct):
    node: Remark | None = None


class Said(msgspec.Struct, rename="camel"):
    comment: Remark | None = None
    comment_edge: Edge | None = None


class Answered(msgspec.Struct):
    said: Said | None = None


class _Data(msgspec.Struct, Generic[T]):
    data: T


class Trouble(msgspec.Struct):
    message: str = ""
    type: str | None = None


class Troubles(msgspec.Struct):
    errors: list[Trouble] | None = None


def objection(trouble: Trouble, where: str) -> ConnectorError:
    said = clean(f"{where}: {trouble.message}", 300)
    if trouble.type == "RATE_LIMITED":
        return RateLimited(said, timedelta(hours=1))
    if trouble.type:
        return Refused(f"{said}; the token may lack a permission, see {TOKENS}")
    return Unavailable(said)  # "Something went wrong while executing your query"
