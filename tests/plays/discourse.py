"""What is asked of the network, and what it answers."""

from connectors.forums.discourse import Discourse
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    http = FakeHttp({"/posts.json": [answer, {"latest_posts": []}], "/search.json": [answer, {"posts": []}]})
    return Discourse(url="https://foro.example", search=b'"latest_posts"' not in answer), http
