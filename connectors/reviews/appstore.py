"""Reviews in Apple's App Store: of any app by country, from its public feed; with a key those of your own, and answers.

https://itunes.apple.com/es/rss/customerreviews/id=NUMBER/sortby=mostrecent/json is not documented by Apple;
https://developer.apple.com/documentation/appstoreconnectapi/customer-reviews is.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from .. import marks
from ..base import Connector, Cursor, Http, Page, Secret, Sent
from ..decode import readable
from ..errors import Refused
from ..keys.signed import signed
from ..post import Post
from .review import NETWORK, Connected, Feed, Listing, Opinion, Written, connected, opinion

FULL = 50
"""Reviews on a page of the public feed."""
MOST_PAGES = 10
"""Pages that the public feed has, at most."""
MOST_OWN_PAGES = 50
LATE = timedelta(days=1)
TOKEN = timedelta(minutes=15)
"""Apple takes none that lasts longer than 20."""
RENEW = "make a new key at App Store Connect > Users and Access > Integrations, with the role Customer Support"


@dataclass(frozen=True, kw_only=True)
class AppStore(Connector):
    """The mark is a JSON object: for each country, or for "own" with a key, the time of the newest review in seconds
    since 1970; where the feed tells no times, the number of the newest review.

    The same review has another id with a key than without: with one, only App Store Connect is asked.
    """

    name = NETWORK
    every = timedelta(minutes=30)
    pace = 2.0
    longest = 5_970
    repeatable = timedelta.max

    app: str
    countries: tuple[str, ...] = ("es",)
    issuer: str = ""
    key_id: str = ""
    key: Secret = field(default="", repr=False)
    base: str = "https://itunes.apple.com"
    api: str = "https://api.appstoreconnect.apple.com"

    def check(self) -> Sequence[str]:
        problems = []
        if not self._number.isdecimal():
            problems.append("app: the number of the app, as in apps.apple.com/…/id1234567890")
        if not self.countries or not all(len(code) == 2 and code.isalpha() for code in self.countries):
            problems.append('countries: codes of two letters, as in apps.apple.com/es/…; such as ["es", "mx"]')
        if len({bool(self.issuer), bool(self.key_id), bool(self.key)}) > 1:
            problems.append("key: goes with key_id and issuer; all three are at App Store Connect > Users and Access")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        stands, since = marks.read(cursor.mark, dict[str, Reached]), int(cursor.since.timestamp())
        for place in ("own",) if self.key else tuple(code.lower() for code in self.countries):
            stand = Stand(stands.get(place, Reached()), since)
            pages = self._own(http, stand) if self.key else self._country(http, place, stand)
            async for posts in pages:
                yield Page(posts=posts, mark=marks.written(stands))
            if stand.is_whole:
                stands[place] = stand.newest
        yield Page(posts=(), mark=marks.written(stands))

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A review has one answer: to give it again replaces it."""
        if not self.key or to.id.isdecimal():
            raise Refused("appstore: only reviews read with your key of App Store Connect can be answered; add it")
        review = {"data": {"type": "customerReviews", "id": to.id}}
        response = {"type": "customerReviewResponses", "attributes": {"responseBody": text}}
        document = {"data": {**response, "relationships": {"review": review}}}
        try:
            answer = await http.post(f"{self.api}/v1/customerReviewResponses", json=document, headers=self._headers())
        except Refused as error:
            raise Refused(f"{error}; {RENEW}") from error
        return Sent(id=answer.json(Written).data.id, url=to.url)

    async def _country(self, http: Http, country: str, stand: "Stand") -> AsyncIterator[tuple[Post, ...]]:
        """From the newest page back to what is known. The feed is moody: a page may come empty, with status 200."""
        full = False
        for page in range(1, MOST_PAGES + 1):
            url = f"{self.base}/{country}/rss/customerreviews/page={page}/id={self._number}/sortby=mostrecent/json"
            answer = await http.get(url)
            opinions = readable(answer.json(Feed).entries, Opinion, url)
            reviews = [opinion(each, self._number, country) for each in opinions if each.is_review]
            if not reviews:
                stand.is_whole = not full
                return
            yield stand.take(reviews)
            full = len(reviews) >= FULL
            if not full or stand.is_reached:
                return

    async def _own(self, http: Http, stand: "Stand") -> AsyncIterator[tuple[Post, ...]]:
        headers = self._headers()
        url: str = f"{self.api}/v1/apps/{self._number}/customerReviews?sort=-createdDate&limit=200"
        for _ in range(MOST_OWN_PAGES):
            try:
                answer = await http.get(url, headers=headers)
            except Refused as error:
                raise Refused(f"{error}; {RENEW}") from error
            listing = answer.json(Listing)
            reviews = [connected(each, self._number) for each in readable(listing.data, Connected, url)]
            if reviews:
                yield stand.take(reviews)
            url = listing.links.next if listing.links and listing.links.next else ""
            if not url.startswith(f"{self.api}/") or stand.is_reached:
                return

    def _headers(self) -> Mapping[str, str]:
        claims = {"iss": self.issuer, "aud": "appstoreconnect-v1"}
        return {"Authorization": f"Bearer {signed(claims, self.key, 'ES256', lasts=TOKEN, name=self.key_id)}"}

    @property
    def _number(self) -> str:
        return self.app.removeprefix("id")


class Reached(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a country was read: the time of its newest review, and the number."""

    at: int = 0
    number: int = 0


@dataclass(slots=True)
class Stand:
    """What one poll learns of one country."""

    before: Reached
    since: int
    newest: Reached = field(init=False)
    is_reached: bool = False
    """Whether a review came that was known, or lies further back than wanted."""
    is_whole: bool = True
    """Whether nothing is missing between what is read and what was known."""

    def __post_init__(self) -> None:
        self.newest = self.before

    def take(self, reviews: Sequence[Post]) -> tuple[Post, ...]:
        """Those of a page that are wanted: all, but for what lies further back than a first poll should go."""
        old = [review for review in reviews if self._is_old(review)]
        self.is_reached = bool(old)
        times = [int(review.published_at.timestamp()) for review in reviews if review.published_at]
        numbers = [int(review.id) for review in reviews if review.id.isdecimal()]
        self.newest = Reached(at=max([self.newest.at, *times]), number=max([self.newest.number, *numbers]))
        return tuple(reviews) if self.before != Reached() else tuple(each for each in reviews if each not in old)

    def _is_old(self, review: Post) -> bool:
        """Whether `review` was there at the last poll, or else lies before `since`."""
        if review.published_at is None:
            return review.id.isdecimal() and int(review.id) <= self.before.number
        oldest = self.before.at - LATE.total_seconds() if self.before.at else self.since
        return review.published_at.timestamp() < oldest
