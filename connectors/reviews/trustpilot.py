"""Reviews of one's own business at Trustpilot, and answers: https://developers.trustpilot.com/business-units-api"""

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import count, readable
from ..errors import Refused
from ..keys.grant import Ask, Grant, Granted
from ..post import Author, Engagement, Post
from ..text import clean, links, when
from .review import titled

SITE = "https://www.trustpilot.com"
LIMIT = 100
MOST_PAGES = 20
LATE = timedelta(days=1)
"""Trustpilot's own checks let a review through hours after it was written."""
RENEW = (
    "make a key at businessapp.b2b.trustpilot.com > Integrations > Developers > APIs, and see that the plan has the API"
)


@dataclass(frozen=True, kw_only=True)
class Trustpilot(Connector):
    """The mark is the time of the newest review, in seconds since 1970."""

    name = "trustpilot"
    is_own = True
    every = timedelta(minutes=15)
    longest: ClassVar[int] = 5_000
    repeatable = timedelta.max

    unit: str
    key: Secret = field(repr=False)
    secret: Secret = field(repr=False)
    user: str = ""
    base: str = "https://api.trustpilot.com"
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        problems = []
        if not (self.unit.isascii() and self.unit.isalnum()):
            problems.append("unit: the business unit's id, not its domain; docs/networks/trustpilot.md tells how")
        if not (self.key and self.secret):
            problems.append(f"key: goes with secret, both of your application; {RENEW}")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        async for reviews in self._back(http, oldest):
            newest = max([newest, *(review.at for review in reviews if review.at)])
            yield Page(posts=tuple(post(review) for review in reviews), mark=cursor.mark)
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        found: dict[str, Post | None] = {}
        for name in ids:
            review = await self._review(http, name)
            found[name] = post(review) if review else None
        return found

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A review has one answer. Whether it stands already is looked up first: a second one would replace it."""
        if not self.user:
            raise Refused("trustpilot: user is missing: Trustpilot wants to know which of its users answers")
        review = await self._review(http, to.id)
        if review is None:
            raise Refused(f"{SITE}/reviews/{to.id}: the review was taken down")
        if review.answer and (said := (review.answer.text or "").strip()):
            if said != text.strip():
                raise Refused(f"{SITE}/reviews/{to.id}: has an answer already; change it at Trustpilot")
            return Sent(id=to.id, url=to.url)
        url = f"{self.base}/v1/private/reviews/{to.id}/reply"
        words = {"authorBusinessUserId": self.user, "message": text}
        await self._authorised(http, lambda bearer: http.post(url, json=words, headers=self._headers | bearer))
        return Sent(id=to.id, url=to.url)

    async def _back(self, http: Http, oldest: datetime) -> AsyncIterator[list["Review"]]:
        """Pages of reviews from the newest back to `oldest`. One that comes in meanwhile moves the others on: some then
        come twice, none is missed."""
        url = f"{self.base}/v1/private/business-units/{self.unit}/reviews"
        for page in range(1, MOST_PAGES + 1):
            query: dict[str, str | int] = {"perPage": LIMIT, "page": page, "orderBy": "createdat.desc"}
            answer = await self._get(http, url, query)
            entries = answer.json(Listing).reviews
            reviews = readable(entries, Review, answer.url)
            recent = [review for review in reviews if review.at is None or review.at >= oldest]
            if recent:
                yield recent
            if len(recent) < len(reviews) or len(entries) < LIMIT:
                return

    async def _review(self, http: Http, name: str) -> "Review | None":
        try:
            return (await self._get(http, f"{self.base}/v1/private/reviews/{name}", {})).json(Review)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    async def _get(self, http: Http, url: str, query: Mapping[str, str | int]) -> Answer:
        return await self._authorised(http, lambda bearer: http.get(url, params=query, headers=self._headers | bearer))

    async def _authorised(self, http: Http, ask: Ask) -> Answer:
        return await self._grant.use(ask, lambda: self._token(http), RENEW)

    @property
    def _headers(self) -> dict[str, str]:
        return {"apikey": self.key}

    async def _token(self, http: Http) -> str:
        basic = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        url = f"{self.base}/v1/oauth/oauth-business-users-for-applications/accesstoken"
        headers = {"Authorization": f"Basic {basic}"}
        answer = await http.post(url, form={"grant_type": "client_credentials"}, headers=headers)
        return answer.json(Granted).access_token


class Consumer(msgspec.Struct):
    id: str = ""
    name: str | None = msgspec.field(name="displayName", default=None)


class Said(msgspec.Struct):
    """The business's own answer."""

    text: str | None = None


class Review(msgspec.Struct):
    """Of the private answer we leave out what is nobody's business here: the e-mail address and the order's number."""

    id: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]+$")]
    stars: int | None = None
    title: str | None = None
    text: str | None = None
    language: str | None = None
    created: str | None = msgspec.field(name="createdAt", default=None)
    edited: str | None = msgspec.field(name="updatedAt", default=None)
    consumer: Consumer | None = None
    likes: int | None = msgspec.field(name="numberOfLikes", default=None)
    answer: Said | None = msgspec.field(name="companyReply", default=None)

    @property
    def at(self) -> datetime | None:
        return when(self.created)


class Listing(msgspec.Struct):
    reviews: list[msgspec.Raw]


def post(review: Review) -> Post:
    consumer = clean(review.consumer.id) if review.consumer else ""
    name = clean(review.consumer.name or "") if review.consumer else ""
    edited = when(review.edited)
    return Post(
        network=Trustpilot.name,
        id=review.id,
        url=f"{SITE}/reviews/{review.id}",
        title=titled(review.stars, review.title or ""),
        text=clean(review.text or ""),
        author=Author(handle=consumer, name=name or None, url=f"{SITE}/users/{consumer}") if consumer else None,
        published_at=review.at,
        edited_at=edited if edited != review.at else None,
        language=clean(review.language or "").partition("-")[0].lower() or None,
        engagement=Engagement(likes=count(review.likes)),
        links=links(review.text or ""),
    )
