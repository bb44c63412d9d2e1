"""What is asked of the network, and what it answers."""

from connectors.news.googlenews import GoogleNews
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return GoogleNews(), FakeHttp({"/rss/search": [answer]}, kind="application/xml; charset=utf-8")
