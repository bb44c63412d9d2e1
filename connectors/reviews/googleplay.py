"""Reviews of your own app in Google Play, and answers: https://developers.google.com/android-publisher/reply-to-reviews"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

import msgspec

from .. import marks
from ..base import Answer, Budget, Connector, Cursor, Http, Page, Secret, Sent, account_of
from ..decode import count, readable
from ..errors import Refused
from ..keys.signed import signed
from ..post import Author, Engagement, Post
from ..text import clean, links, when

SITE = "https://play.google.com/store/apps/details"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIMIT = 100
MOST_PAGES = 50
LATE = timedelta(hours=1)
TOKEN = timedelta(hours=1)
RENEW = "see in Play Console > Users and permissions that the service account may reply to reviews"


@dataclass(slots=True)
class Grant:
    """The access token of the hour."""

    token: str = ""


@dataclass(frozen=True, kw_only=True)
class GooglePlay(Connector):
    """The mark is the time of the newest review, in seconds since 1970. Google gives those of the last week only, and
    one that was edited comes again."""

    name = "googleplay"
    is_own = True
    every = timedelta(minutes=30)
    longest = 350
    repeatable = timedelta.max

    package: str
    key: Secret = field(repr=False)
    base: str = "https://androidpublisher.googleapis.com"
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        if "." in self.package and not set(self.package) & set("/?&= "):
            return ()
        return ("package: the app's own name, as behind id= in its address at play.google.com",)

    @property
    def account(self) -> str:
        return account_of(self.name, self.package)

    def budgets(self) -> Sequence[Budget]:
        return (
            Budget(name="read", most=200, unit="requests", window=timedelta(hours=1)),
            Budget(name="reply", most=2_000, unit="replies", window=timedelta(days=1)),
        )

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = (int(at.timestamp()) for at in marks.window(cursor.mark, cursor.since, LATE))
        async for reviews in self._back(http, oldest):
            newest = max([newest, *(int(review.at or 0) for review in reviews)])
            recent = (review for review in reviews if review.at is None or review.at >= oldest)
            yield Page(posts=tuple(post(review, self.package) for review in recent), mark=cursor.mark)
        yield Page(posts=(), mark=str(newest))

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A review has one answer: to give it again replaces it."""
        await http.spend("reply", 1, key)
        url = f"{self._reviews}/{quote(to.id, safe='')}:reply"
        await self._authorised(http, lambda headers: http.post(url, json={"replyText": text}, headers=headers))
        return Sent(id=to.id, url=to.url)

    async def _back(self, http: Http, oldest: int) -> AsyncIterator[list["Review"]]:
        """Pages of reviews from the newest, or newest edited, back to `oldest`."""
        query: dict[str, str | int] = {"maxResults": LIMIT}
        for _ in range(MOST_PAGES):
            await http.spend("read", 1)
            listing = (await self._list(http, query)).json(Listing)
            reviews = [each for each in readable(listing.reviews, Review, self._reviews) if each.said]
            if reviews:
                yield reviews
            if not listing.following or any(each.at is not None and each.at < oldest for each in reviews):
                return
            query["token"] = listing.following

    async def _list(self, http: Http, query: Mapping[str, str | int]) -> Answer:
        return await self._authorised(http, lambda headers: http.get(self._reviews, params=query, headers=headers))

    async def _authorised(self, http: Http, ask: Callable[[Mapping[str, str]], Awaitable[Answer]]) -> Answer:
        if self._grant.token:
            with suppress(Refused):  # a token lasts an hour; were it something else, it is refused again
                return await ask(self._headers)
        await self._authorise(http)
        try:
            return await ask(self._headers)
        except Refused as error:
            raise Refused(f"{error}; {RENEW}") from error

    async def _authorise(self, http: Http) -> None:
        self._grant.token = ""
        account = self._service
        claims = {"iss": account.email, "scope": SCOPE, "aud": account.tokens}
        token = signed(claims, account.key, "RS256", lasts=TOKEN, name=account.key_id)
        answer = await http.post(account.tokens, form={"grant_type": GRANT, "assertion": token})
        self._grant.token = answer.json(Granted).access_token

    @property
    def _service(self) -> "Service":
        try:
            return msgspec.json.decode(self.key, type=Service)
        except msgspec.MsgspecError as error:
            raise Refused(
                "key: not the JSON key of a service account; make one at console.cloud.google.com > IAM & Admin > "
                'Service Accounts > Keys, and give the whole file: key = "file:PATH"'
            ) from error

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._grant.token}"}

    @property
    def _reviews(self) -> str:
        return f"{self.base}/androidpublisher/v3/applications/{self.package}/reviews"


class Service(msgspec.Struct):
    """The key of a service account, as Google's console gives it."""

    email: str = msgspec.field(name="client_email")
    key: str = msgspec.field(name="private_key")
    key_id: str = msgspec.field(name="private_key_id", default="")
    tokens: str = msgspec.field(name="token_uri", default="https://oauth2.googleapis.com/token")


class Granted(msgspec.Struct):
    access_token: str


class Moment(msgspec.Struct):
    seconds: Annotated[float, msgspec.Meta(ge=0, lt=4e9)] | None = None  # sent as a text


class Said(msgspec.Struct):
    """What a user wrote. Title and body come with a tab between them; with a translation, the original beside it."""

    text: str | None = None
    original: str | None = msgspec.field(name="originalText", default=None)
    modified: Moment | None = msgspec.field(name="lastModified", default=None)
    stars: int | None = msgspec.field(name="starRating", default=None)
    language: str | None = msgspec.field(name="reviewerLanguage", default=None)
    up: int | None = msgspec.field(name="thumbsUpCount", default=None)


class Comment(msgspec.Struct):
    """By the user or, an answer, by the developer."""

    said: Said | None = msgspec.field(name="userComment", default=None)


class Review(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern=r"^[\w:.-]+$", max_length=200)] = msgspec.field(name="reviewId")
    author: str | None = msgspec.field(name="authorName", default=None)
    comments: list[Comment] | None = None

    @property
    def said(self) -> Said | None:
        return next((comment.said for comment in self.comments or () if comment.said), None)

    @property
    def at(self) -> float | None:
        return self.said.modified.seconds if self.said and self.said.modified else None


class Following(msgspec.Struct):
    token: str | None = msgspec.field(name="nextPageToken", default=None)


class Listing(msgspec.Struct):
    """An app without reviews this week has an empty object."""

    reviews: list[msgspec.Raw] = []
    pagination: Following | None = msgspec.field(name="tokenPagination", default=None)

    @property
    def following(self) -> str | None:
        return self.pagination.token if self.pagination else None


def post(review: Review, package: str) -> Post:
    """The stars stand in the title, as readers see them beside it: a text without them may read either way."""
    said = review.said or Said()
    first, tab, rest = (said.original or said.text or "").partition("\t")
    stars = f"{said.stars}/5" if said.stars and 1 <= said.stars <= 5 else ""
    text, name = clean(rest if tab else first), clean(review.author or "", 200)
    return Post(
        network=GooglePlay.name,
        id=review.id,
        url=f"{SITE}?id={package}&reviewId={review.id}",
        title=": ".join(filter(None, (stars, clean(first, 500) if tab else ""))) or None,
        text=text,
        author=Author(handle=name, name=name) if name else None,
        published_at=when(review.at),
        language=_language(said.language),
        engagement=Engagement(likes=count(said.up)),
        links=links(text),
    )


def _language(code: str | None) -> str | None:
    """`es_419` as ISO 639-1: "es"."""
    match = re.match(r"([a-z]{2})(?:[-_]|$)", code or "")
    return match[1] if match else None
