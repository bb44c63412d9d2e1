"""What is asked of the network, and what it answers."""

from connectors.errors import Unavailable
from connectors.streams.bluesky import Bluesky
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    if answer.startswith(b'{"did"'):
        connector = Bluesky(hosts=("wss://one.example",))
        return connector, FakeHttp({"/subscribe": [answer.splitlines(), []]})
    connector = Bluesky(mode="search", identifier="me.example", password="x")
    table: dict[str, list[object]] = {
        "/xrpc/com.atproto.server.createSession": [{"accessJwt": "a", "refreshJwt": "b"}],
        "/xrpc/app.bsky.feed.searchPosts": [answer],
        "/xrpc/app.bsky.actor.getProfiles": [Unavailable("not now")],
    }
    return connector, FakeHttp(table)
