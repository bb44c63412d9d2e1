"""What is said to and about one's own Facebook page: posts that tag it, comments under its posts, recommendations.

https://developers.facebook.com/docs/graph-api/reference/page/tagged, …/object/comments and …/page/ratings
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

import msgspec

from .. import marks
from ..base import Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, count, readable
from ..post import Author, Engagement, Post
from ..reviews.review import titled
from ..text import clean, links, when
from .graph import Created, Edge, Graph, Tally, total

LATE = timedelta(days=1)
"""Posts are tagged, and comments let through, after they were written. It costs nothing: the answers are the same."""
RENEW = "at developers.facebook.com/tools/explorer (see docs/networks/facebook.md)"
_TALLIES = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
BOTH = f"id,message,created_time,permalink_url,from,{_TALLIES}"
"""Fields that posts and comments have alike: a lookup by id cannot know which of the two it is."""
POST = f"{BOTH},shares"
COMMENT = "id,message,created_time,permalink_url,from,parent{id},like_count,comment_count"
RATING = "created_time,review_text,recommendation_type,rating,reviewer,open_graph_story{id}"
Posts = tuple[Post, ...]


@dataclass(frozen=True, kw_only=True)
class Facebook(Connector):
    """The mark is the time of the newest entry, in seconds since 1970."""

    name = "facebook"
    is_own = True
    every = timedelta(minutes=10)
    longest: ClassVar[int] = 8_000

    token: Secret = field(repr=False)
    page: str = "me"
    tagged: bool = True
    comments: bool = True
    ratings: bool = False
    posts: int = 25
    version: str = "v26.0"
    base: str = "https://graph.facebook.com"

    def check(self) -> Sequence[str]:
        problems = []
        if not self.token:
            problems.append(f"token: of the page, with the permissions of docs/networks/facebook.md; made {RENEW}")
        if not 1 <= self.posts <= 100:
            problems.append("posts: own posts whose comments are read; between 1 and 100")
        if not re.fullmatch(r"v\d{1,3}\.\d", self.version):
            problems.append('version: of the Graph API; write it as "v26.0"')
        elif self.ratings and float(self.version[1:]) >= 22:
            problems.append('ratings: Meta took them out of its API with v22.0; set version = "v21.0" while that lives')
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        for reads, read in ((self.comments, self._below), (self.tagged, self._tags), (self.ratings, self._rated)):
            if not reads:
                continue
            async for posts in read(http, oldest):
                newest = max([newest, *(post.published_at for post in posts if post.published_at)])
                yield Page(posts=posts, mark=cursor.mark)
        # Only now has every list been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Meta answers alike for a deleted post and for a token that lost its rights, so one counts as deleted only
        when another that was asked for with it can be seen."""
        ours = [name for name in ids if re.fullmatch(r"\d+(?:_\d+)*", name)]
        found = await self._graph.objects(http, ours, BOTH, Writing)
        sees = any(found.values())
        return {name: post(writing) if writing else None for name, writing in found.items() if writing or sees}

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A comment below `to`. The API knows no keys: the newest comments tell whether it was said already."""
        path = f"{to.id}/comments"
        latest = await self._graph.edge(http, path, {"fields": COMMENT, "order": "reverse_chronological", "limit": 25})
        same = [each for each in readable(latest.data, Writing, path) if (each.message or "").strip() == text.strip()]
        if same:  # others, too, write "Thanks!"
            own = (await self._graph.get(http, self.page, {"fields": "id"})).json(Home).id
            if said := next((each for each in same if each.sender and each.sender.id == own), None):
                return Sent(id=said.id, url=address(said.permalink_url))
        # The answer to a POST holds the fields that it is asked for ("read after write").
        answer = await self._graph.post(http, path, {"message": text, "fields": "id,permalink_url"})
        written = answer.json(Created)
        return Sent(id=written.id, url=address(written.permalink_url))

    async def _below(self, http: Http, oldest: datetime) -> AsyncIterator[Posts]:
        """Comments below the page's newest posts, and the answers to them, but for the page's own."""
        comments = f"comments.filter(stream).order(reverse_chronological).limit(50){{{COMMENT}}}"
        fields = f"id,published_posts.limit({self.posts}){{id,{comments}}}"
        answer = await self._graph.get(http, self.page, {"fields": fields})
        home = answer.json(Home)
        for own in readable(home.published_posts.data if home.published_posts else [], Own, answer.url):
            path = f"{own.id}/comments"
            async for writings in self._graph.back(http, path, own.comments or Edge(), Writing, oldest):
                others = [writing for writing in writings if not writing.sender or writing.sender.id != home.id]
                yield tuple(post(writing, below=own.id) for writing in others)

    async def _tags(self, http: Http, oldest: datetime) -> AsyncIterator[Posts]:
        path = f"{self.page}/tagged"
        edge = await self._graph.edge(http, path, {"fields": POST, "limit": 50})
        async for writings in self._graph.back(http, path, edge, Writing, oldest):
            yield tuple(post(writing) for writing in writings)

    async def _rated(self, http: Http, oldest: datetime) -> AsyncIterator[Posts]:
        path = f"{self.page}/ratings"
        edge = await self._graph.edge(http, path, {"fields": RATING, "limit": 50})
        async for ratings in self._graph.back(http, path, edge, Rating, oldest):
            yield tuple(recommendation(rating) for rating in ratings)

    @property
    def _graph(self) -> Graph:
        return Graph(f"{self.base}/{self.version}", self.token, RENEW)


Id = Annotated[str, msgspec.Meta(pattern=r"^\d+(_\d+)*$")]


class Sender(msgspec.Struct):
    """Who wrote it. Left out for posts of strangers, and for those who hide from apps."""

    id: str = ""
    name: str | None = None


class Link(msgspec.Struct):
    """Another entry, by its id."""

    id: str = ""


class Shares(msgspec.Struct):
    count: int | None = None


class Writing(msgspec.Struct):
    """A post, or a comment below one."""

    id: Id
    message: str | None = None
    created_time: str | None = None
    permalink_url: str | None = None
    sender: Sender | None = msgspec.field(name="from", default=None)
    parent: Link | None = None
    shares: Shares | None = None
    reactions: Tally | None = None
    comments: Tally | None = None
    like_count: int | None = None
    comment_count: int | None = None

    @property
    def at(self) -> datetime | None:
        return when(self.created_time)


class Rating(msgspec.Struct):
    """A recommendation, or one of the older ratings by stars. It has no id but its story's, if it has one."""

    created_time: str
    review_text: str | None = None
    recommendation_type: str | None = None
    rating: int | None = None
    reviewer: Sender | None = None
    story: Link | None = msgspec.field(name="open_graph_story", default=None)

    @property
    def id(self) -> str:
        told = clean(f"rating:{self.created_time}:{self.reviewer.id if self.reviewer else ''}")
        return self.story.id if self.story and re.fullmatch(r"\d+(?:_\d+)*", self.story.id) else told

    @property
    def at(self) -> datetime | None:
        return when(self.created_time)


class Own(msgspec.Struct):
    """One of the page's own posts."""

    id: Id
    comments: Edge | None = None


class Home(msgspec.Struct):
    id: str = ""
    published_posts: Edge | None = None


def post(writing: Writing, below: str | None = None) -> Post:
    """`below` is the post that a comment stands under; one that answers another comment names that itself."""
    parent = writing.parent.id if writing.parent else ""
    likes = writing.like_count if writing.like_count is not None else total(writing.reactions)
    comments = writing.comment_count if writing.comment_count is not None else total(writing.comments)
    return Post(
        network=Facebook.name,
        id=writing.id,
        url=address(writing.permalink_url),
        text=clean(writing.message or ""),
        author=author(writing.sender),
        published_at=writing.at,
        engagement=Engagement(
            likes=count(likes),
            shares=count(writing.shares.count if writing.shares else None),
            comments=count(comments),
        ),
        in_reply_to=clean(parent) or below,
        links=links(writing.message or ""),
    )


def recommendation(rating: Rating) -> Post:
    """What the reviewer chose stands in the title: a text without it may read either way."""
    verdict = {"positive": "👍", "negative": "👎"}.get(rating.recommendation_type or "")
    return Post(
        network=Facebook.name,
        id=rating.id,
        url=None,
        title=verdict or titled(rating.rating, ""),
        text=clean(rating.review_text or ""),
        author=author(rating.reviewer),
        published_at=rating.at,
    )


def author(sender: Sender | None) -> Author | None:
    handle = clean(sender.id) if sender else ""
    return Author(handle=handle, name=clean(sender.name or "") or None) if sender and handle else None
