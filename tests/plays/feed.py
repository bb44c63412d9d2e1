"""What is asked of the network, and what it answers."""

from connectors.feeds.feed import Feed
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    connector = Feed(url="https://blog.example/feed")
    return connector, FakeHttp({"/feed": [answer]}, kind="application/rss+xml; charset=UTF-8")
