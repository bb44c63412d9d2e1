"""What is asked of the network, and what it answers."""

from connectors.forums.nodebb import NodeBB
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    search = b'"matchCount"' in answer
    http = FakeHttp({"/api/recent/posts/month": [answer, b"[]"], "/api/search": [answer, {"posts": []}]})
    return NodeBB(url="https://foro.example", search=search), http
