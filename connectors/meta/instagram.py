"""What is said to and about one's own Instagram account: comments, photos that tag it, hashtags; and, when it listens
to Meta's webhook, captions and comments anywhere that name it.

https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-facebook-login (the API with
Facebook login; the one with Instagram login knows neither tags nor hashtags)
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from .. import marks
from ..base import Budget, Connector, Cursor, Http, Page, Secret, Sent, account_of
from ..decode import readable
from ..doors.doorstep import OPEN, Doorstep, misplaced
from ..errors import Malformed, Refused
from ..log import fields, logger
from ..post import Post
from ..text import redact
from .graph import Created, Edge, Gone, Graph, Unexplained
from .medium import NETWORK, Comment, Home, Medium, Mentioned, Named, answers, post, remark

log = logger(__name__)

LATE = timedelta(days=1)
"""Photos are tagged after they were posted. A hashtag shows its last 24 hours anyway."""
WEEK = timedelta(days=7)
HASHTAGS = "hashtags"
RENEW = "at developers.facebook.com/tools/explorer (see docs/networks/instagram.md)"
MEDIA = "id,caption,permalink,timestamp,like_count,comments_count"
COMMENT = "id,text,timestamp,username,like_count"
Posts = tuple[Post, ...]
Query = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Instagram(Connector):
    """The mark is the time of the newest entry, in seconds since 1970."""

    name = NETWORK
    is_own = True
    every = timedelta(minutes=15)
    longest: ClassVar[int] = 300

    token: Secret = field(repr=False)
    user: str
    hashtags: tuple[str, ...] = ()
    comments: bool = True
    tags: bool = True
    media: int = 25
    version: str = "v26.0"
    secret: Secret = field(default="", repr=False)
    verify: Secret = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8792
    path: str = "/instagram"
    base: str = "https://graph.facebook.com"
    _known: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The id of each hashtag, which is the same for all and for ever."""
    _doorstep: Doorstep = field(default_factory=Doorstep, init=False, repr=False, compare=False)

    @property
    def streams(self) -> bool:
        """With the app's secret it listens, and asks for nothing by itself: that is for another source."""
        return bool(self.secret)

    def check(self) -> Sequence[str]:
        problems = []
        if not self.token:
            problems.append(f"token: with the permissions of docs/networks/instagram.md; made {RENEW}")
        if not (self.user.isascii() and self.user.isdecimal()):
            problems.append("user: the account's number at the API, not its name; docs/networks/instagram.md tells how")
        if not 1 <= self.media <= 100:
            problems.append("media: own posts whose comments are read; between 1 and 100")
        if len(set(self._names())) > 30:
            problems.append("hashtags: more than 30; Instagram allows an account 30 different ones in 7 days")
        return problems + self._deaf()

    def _deaf(self) -> list[str]:
        """What is wrong with the options of a source that listens."""
        if not self.secret:
            return ["secret: none; verify goes with the app's secret"] if self.verify else []
        problems = misplaced(self.host, self.port, self.path)
        if not self.verify:
            problems.append("verify: none; Meta asks for it: `openssl rand -hex 16` makes one")
        if self.hashtags:
            problems.append("hashtags: not read by a source that listens (secret); give them to another source")
        return problems

    @property
    def account(self) -> str:
        return account_of(self.name, self.user)

    def budgets(self) -> Sequence[Budget]:
        return (Budget(name=HASHTAGS, most=30, unit="hashtags", window=WEEK),)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        if self.secret:
            async with aclosing(self._listen(http)) as pages:
                async for page in pages:
                    yield page
            return
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        async for posts in self._read(http, oldest):
            newest = max([newest, *(post.published_at for post in posts if post.published_at)])
            yield Page(posts=posts, mark=cursor.mark)
        # Only now has every list been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def _listen(self, http: Http) -> AsyncGenerator[Page, None]:
        """Meta tells ids alone, and is told that we have them once what they stand for is stored. When they cannot be
        looked up now, it sends them again, for a day and a half."""
        from ..doors.porter import Porter  # here, because a server would cost each reading command its start
        from .notice import notices

        porter = Porter(
            secret=self.secret,
            style="hub",
            verify=self.verify,
            read=lambda knock: notices(knock, self.user),
            seen=self._doorstep.seen,
        )
        async with aclosing(self._doorstep.parcels(porter, self.host, self.port, self.path)) as parcels:
            async for parcel in parcels:
                told = parcel.posts if parcel else ()
                found = [await self._looked_up(http, each.media, each.comment) for each in told]
                yield Page(posts=tuple(filter(None, found)), mark=OPEN)

    async def _looked_up(self, http: Http, media: str, comment: str) -> Post | None:
        """What Meta told of; `None` for what was taken down since, or is nothing that we may see. One that
        cannot be looked up although the account can is passed over: it must not keep the door closed to the others."""
        try:
            return await self.mentioned(http, media, comment)
        except Gone:
            return None
        except (Unexplained, Malformed) as error:
            await self._username(http)
            facts = fields(media=media, comment=comment or None, reason=str(error))
            log.warning("a mention cannot be looked up", extra=facts)
            return None

    async def mentioned(self, http: Http, media: str, comment: str = "") -> Post:
        """The caption, or the comment, in which somebody named the account. Only Meta's webhook tells the two ids."""
        what = f"mentioned_media.media_id({media}){{{MEDIA},username}}"
        if comment:
            what = f"mentioned_comment.comment_id({comment}){{{COMMENT},media{{id,permalink}}}}"
        answer = await self._graph.get(http, self.user, {"fields": what})
        found = answer.json(Mentioned)
        if found.comment:
            return remark(found.comment, found.comment.media)
        if found.media:
            return post(found.media)
        raise Gone(f"{self.base}/{self.user}: neither a caption nor a comment that we may see")

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Comments can be looked up; of others' photos only the lists tell. Nothing tells what was taken down: Meta
        answers alike for what is gone and for what is not ours to see."""
        found: dict[str, Post] = {}
        async for path, query in self._lists(http):
            edge = await self._graph.edge(http, path, query)
            listed = {medium.id: medium for medium in readable(edge.data, Medium, path)}
            found |= {name: post(listed[name]) for name in ids if name in listed}
        missing = [name for name in ids if name not in found and name.isdecimal()]
        comments = await self._graph.objects(http, missing, f"{COMMENT},media{{id,permalink}}", Comment)
        return found | {name: remark(comment, comment.media) for name, comment in comments.items() if comment}

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """An answer below a comment; a comment below a photo that names the account. Instagram lets no program comment
        on what only a hashtag found."""
        path, form = f"{self.user}/mentions", {"message": text, "media_id": to.in_reply_to or to.id}
        if to.in_reply_to:
            try:
                said = await self._said(http, to.id, text)
            except Gone:  # it stands under another's photo, where only the comment that names us may be answered
                form["comment_id"] = to.id
            else:
                if said:
                    return Sent(id=said, url=to.url)
                path, form = f"{to.id}/replies", {"message": text}
        try:
            answer = await self._graph.post(http, path, form)
        except Gone as error:
            raise Refused(f"{error}; it is gone, or it does not name this account: answer by hand") from error
        return Sent(id=answer.json(Created).id, url=to.url)

    async def _said(self, http: Http, comment: str, text: str) -> str:
        """The id of our answer, if it stands there already: the API knows no keys."""
        path = f"{comment}/replies"
        latest = await self._graph.edge(http, path, {"fields": "id,text,username", "limit": 50})
        same = [each for each in readable(latest.data, Comment, path) if (each.text or "").strip() == text.strip()]
        if not same:
            return ""
        own = await self._username(http)  # others thank, too
        return next((each.id for each in same if each.username == own), "")

    async def _username(self, http: Http) -> str:
        """The account's own name."""
        return (await self._graph.get(http, self.user, {"fields": "username"})).json(Home).username

    async def _read(self, http: Http, oldest: datetime) -> AsyncIterator[Posts]:
        if self.comments:
            async for posts in self._below(http, oldest):
                yield posts
        async for path, query in self._lists(http):
            edge = await self._graph.edge(http, path, query)
            async for media in self._graph.back(http, path, edge, Medium, oldest):
                yield tuple(post(medium) for medium in media)

    async def _lists(self, http: Http) -> AsyncIterator[tuple[str, Query]]:
        """Where photos and videos of others are: those that tag the account, and those under the hashtags."""
        if self.tags:
            yield f"{self.user}/tags", {"fields": f"{MEDIA},username", "limit": 50}
        for tag in self._names():
            await http.spend(HASHTAGS, 1, what=tag)
            number = await self._hashtag(http, tag)
            yield f"{number}/recent_media", {"fields": MEDIA, "user_id": self.user, "limit": 50}

    async def _below(self, http: Http, oldest: datetime) -> AsyncIterator[Posts]:
        """Comments below the account's newest posts, and the answers to them, but for its own."""
        comments = f"comments.limit(50){{{COMMENT},replies.limit(50){{{COMMENT}}}}}"
        fields = f"id,username,media.limit({self.media}){{id,permalink,{comments}}}"
        answer = await self._graph.get(http, self.user, {"fields": fields})
        home = answer.json(Home)
        for own in readable(home.media.data if home.media else [], Medium, answer.url):
            path = f"{own.id}/comments"
            # An old comment may have a new answer: all of the first page is looked at.
            first = readable(own.comments.data if own.comments else [], Comment, answer.url)
            told = [pair for comment in first for pair in answers(comment, path) if pair[0].username != home.username]
            recent = [pair for pair in told if pair[0].at is None or pair[0].at >= oldest]
            yield tuple(remark(comment, own, below) for comment, below in recent)
            async for found in self._graph.back(http, path, own.comments or Edge(), Comment, oldest):
                yield tuple(remark(comment, own) for comment in found if comment.username != home.username)

    async def _hashtag(self, http: Http, tag: str) -> str:
        if tag not in self._known:
            query = {"user_id": self.user, "q": tag}
            answer = await self._graph.get(http, "ig_hashtag_search", query)
            found = readable(answer.json(Edge).data, Named, answer.url)
            if not found:
                raise Refused(f"{redact(answer.url)}: Instagram knows no hashtag #{tag}; check hashtags")
            self._known[tag] = found[0].id
        return self._known[tag]

    def _names(self) -> Iterator[str]:
        return (tag.removeprefix("#").lower() for tag in self.hashtags)

    @property
    def _graph(self) -> Graph:
        return Graph(f"{self.base}/{self.version}", self.token, RENEW)
