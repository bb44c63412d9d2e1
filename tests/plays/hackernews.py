"""What is asked of the network, and what it answers."""

from connectors.forums.hackernews import HackerNews
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return HackerNews(), FakeHttp({"/api/v1/search_by_date": [answer]})
