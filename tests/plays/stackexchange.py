"""What is asked of the network, and what it answers."""

from connectors.forums.stackexchange import StackExchange
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return StackExchange(), FakeHttp({"/2.3/search/advanced": [answer, {"items": []}]})
