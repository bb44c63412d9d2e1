"""What is asked of the network, and what it answers."""

from connectors.social.x import X
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return X(key="k"), FakeHttp({"/2/tweets/search/recent": [answer]})
