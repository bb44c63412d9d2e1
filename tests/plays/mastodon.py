"""What is asked of the network, and what it answers."""

from connectors.mastodon import Mastodon
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    connector = Mastodon(instance="uno.example", hashtags=("zumaque",))
    return connector, FakeHttp({"/api/v1/timelines/tag/zumaque": [answer, b"[]"]})
