"""What is asked of the network, and what it answers."""

from connectors.social.tumblr import Tumblr
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    return Tumblr(key="k"), FakeHttp({"/v2/tagged": [answer]})
