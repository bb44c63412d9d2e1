"""One page of the public feed of one country."""

from connectors.reviews.appstore import AppStore
from tests.fakes_http import FakeHttp
from tests.plays import Play


def page(number: int = 1, country: str = "es") -> str:
    return f"/{country}/rss/customerreviews/page={number}/id=1234567890/sortby=mostrecent/json"


def play(answer: bytes) -> Play:
    return AppStore(app="1234567890"), FakeHttp({page(): [answer]})
