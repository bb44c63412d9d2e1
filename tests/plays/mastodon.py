"""What is asked of the network, and what it answers."""

from connectors.streams.mastodon import Mastodon
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    if answer.startswith(b'{"stream"'):
        streaming = Mastodon(instance="uno.example", hashtags=("zumaque",), token="t", stream=True)
        table: dict[str, list[object]] = {
            "/api/v2/instance": [{"configuration": {"urls": {"streaming": "wss://vivo.uno.example"}}}],
            "/api/v1/streaming": [answer.splitlines()],
            "/api/v1/timelines/tag/zumaque": [b"[]"],
            "/api/v1/notifications": [b"[]"],
            "/api/v2/search": [{"statuses": []}],
        }
        return streaming, FakeHttp(table)
    connector = Mastodon(instance="uno.example", hashtags=("zumaque",))
    return connector, FakeHttp({"/api/v1/timelines/tag/zumaque": [answer, b"[]"]})
