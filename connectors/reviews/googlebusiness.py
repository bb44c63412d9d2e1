"""Reviews of one's own places on Google Maps, and answers, through the Google Business Profile API:
https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, readable
from ..errors import Refused
from ..keys.grant import Ask, Grant, Granted
from ..post import Author, Post
from ..text import clean, links, when
from .review import titled

LIMIT = 50
MOST_PAGES = 20
LATE = timedelta(hours=1)
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
RENEW = "make a new refresh token (docs/networks/googlebusiness.md tells how)"

_LOCATION = re.compile(r"accounts/\d+/(locations/\d+)")
_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"


@dataclass(frozen=True, kw_only=True)
class GoogleBusiness(Connector):
    """The mark is the time at which a review was last written or changed, in seconds since 1970: who changes a review
    puts it in front again."""

    name = "googlebusiness"
    is_own = True
    every = timedelta(minutes=15)
    longest: ClassVar[int] = 4_000
    repeatable = timedelta.max
    """Google takes 4,096 bytes, and an accent takes two."""

    locations: tuple[str, ...]
    client_id: str
    client_secret: Secret = field(repr=False)
    refresh_token: Secret = field(repr=False)
    base: str = "https://mybusiness.googleapis.com"
    login: str = "https://oauth2.googleapis.com/token"
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        hint = 'write each as "accounts/123/locations/456"; docs/networks/googlebusiness.md tells where they are'
        wrong = [name for name in self.locations if not _LOCATION.fullmatch(name)]
        if wrong or not self.locations:
            return (f"locations: {f'{wrong[0]!r} is none' if wrong else 'none given'}; {hint}",)
        return ()

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        for location in self.locations:
            async for reviews in self._back(http, location, oldest):
                newest = max([newest, *(review.at for review in reviews if review.at)])
                yield Page(posts=tuple(post(review, location) for review in reviews), mark=cursor.mark)
        # Only now has every place been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Reviews of places that the source no longer names are left out."""
        found: dict[str, Post | None] = {}
        for name in ids:
            if location := self._location(name):
                review = await self._review(http, location, name)
                found[name] = post(review, location) if review else None
        return found

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A review has one answer, and putting it again changes nothing. One that a person gave elsewhere stays."""
        location = self._location(to.id)
        if not location:
            raise Refused(f"{to.id}: its place is not among the locations of this source")
        review = await self._review(http, location, to.id)
        if review is None:
            raise Refused(f"{to.id}: the review was taken down")
        said = clean((review.answer.comment if review.answer else None) or "")
        if said and said != clean(text):
            raise Refused(f"{to.id}: has an answer already; change it at business.google.com")
        if not said:
            url = f"{self._url(location, to.id)}/reply"
            # Our way out knows GET and POST. Google's servers take any other method from this header.
            override = {"X-HTTP-Method-Override": "PUT"}
            await self._authorised(
                http, lambda bearer: http.post(url, json={"comment": text}, headers=bearer | override)
            )
        return Sent(id=to.id, url=to.url)

    async def _back(self, http: Http, location: str, oldest: datetime) -> AsyncIterator[list["Review"]]:
        """Pages of reviews from the one last changed back to `oldest`."""
        query: dict[str, str | int] = {"pageSize": LIMIT, "orderBy": "updateTime desc"}
        for _ in range(MOST_PAGES):
            answer = await self._get(http, f"{self.base}/v4/{location}/reviews", query)
            listing = answer.json(Listing)
            reviews = readable(listing.reviews, Review, answer.url)
            recent = [review for review in reviews if review.at is None or review.at >= oldest]
            if recent:
                yield recent
            if len(recent) < len(reviews) or not recent or not listing.following:
                return
            query["pageToken"] = listing.following

    async def _review(self, http: Http, location: str, name: str) -> "Review | None":
        try:
            return (await self._get(http, self._url(location, name), {})).json(Review)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    async def _get(self, http: Http, url: str, query: Mapping[str, str | int]) -> Answer:
        return await self._authorised(http, lambda bearer: http.get(url, params=query, headers=bearer))

    async def _authorised(self, http: Http, ask: Ask) -> Answer:
        return await self._grant.use(ask, lambda: self._token(http), RENEW)

    async def _token(self, http: Http) -> str:
        own = {"client_id": self.client_id, "client_secret": self.client_secret, "refresh_token": self.refresh_token}
        answer = await http.post(self.login, form={"grant_type": "refresh_token", **own})
        return answer.json(Granted).access_token

    def _location(self, name: str) -> str:
        """The place, as the API calls it, that the review `name` is of."""
        return next((each for each in self.locations if name.startswith(f"{_short(each)}/reviews/")), "")

    def _url(self, location: str, name: str) -> str:
        return f"{self.base}/v4/{location}/reviews/{name.rpartition('/')[2]}"


class Reviewer(msgspec.Struct):
    name: str | None = msgspec.field(name="displayName", default=None)
    is_anonymous: bool | None = msgspec.field(name="isAnonymous", default=None)


class Said(msgspec.Struct):
    """The owner's answer."""

    comment: str | None = None


class Review(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_=-]+$")] = msgspec.field(name="reviewId")
    stars: str | None = msgspec.field(name="starRating", default=None)
    comment: str | None = None
    created: str | None = msgspec.field(name="createTime", default=None)
    changed: str | None = msgspec.field(name="updateTime", default=None)
    reviewer: Reviewer | None = None
    answer: Said | None = msgspec.field(name="reviewReply", default=None)
    address: str | None = msgspec.field(name="reviewReplyUrl", default=None)

    @property
    def at(self) -> datetime | None:
        return when(self.changed) or when(self.created)


class Listing(msgspec.Struct):
    """A place without reviews answers with an empty object."""

    reviews: list[msgspec.Raw] = []
    following: str = msgspec.field(name="nextPageToken", default="")


def post(review: Review, location: str) -> Post:
    """The id leaves the account out: a place may pass from one to another."""
    name = clean(review.reviewer.name or "") if review.reviewer and not review.reviewer.is_anonymous else ""
    published, changed = when(review.created), when(review.changed)
    text = clean(original(review.comment or ""))
    return Post(
        network=GoogleBusiness.name,
        id=f"{_short(location)}/reviews/{review.id}",
        url=address(review.address),
        title=titled(STARS.get(review.stars or ""), ""),
        text=text,
        author=Author(handle=name, name=name) if name else None,
        published_at=published,
        edited_at=changed if changed != published else None,
        links=links(text),
    )


def original(comment: str) -> str:
    """What the reviewer wrote. Google puts its translation before it or behind it, whichever reads better to it."""
    before, translated, behind = comment.partition(_TRANSLATED)
    if not translated:
        return comment
    return behind.partition(_ORIGINAL)[2] if _ORIGINAL in behind else before or behind


def _short(location: str) -> str:
    found = _LOCATION.fullmatch(location)
    return found[1] if found else location
