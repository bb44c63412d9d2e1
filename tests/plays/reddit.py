"""What is asked of the network, and what it answers."""

from connectors.forums.reddit import Reddit
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    if answer.startswith(b"<"):
        return Reddit(), FakeHttp({"/search.rss": [answer]}, kind="application/atom+xml; charset=UTF-8")
    connector = Reddit(client_id="id", client_secret="x", user="me")
    return connector, FakeHttp({"/api/v1/access_token": [{"access_token": "t"}], "/search": [answer]})
