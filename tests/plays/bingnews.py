"""What is asked of the network, and what it answers."""

from connectors.news.bingnews import BingNews
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return BingNews(), FakeHttp({"/news/search": [answer]}, kind="text/xml; charset=utf-8")
