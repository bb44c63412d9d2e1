"""What is asked of the network, and what it answers."""

from connectors.news.gdelt import Gdelt
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return Gdelt(), FakeHttp({"/api/v2/doc/doc": [answer]})
