"""What is asked of the network, and what it answers."""

from connectors.forums.lemmy import Lemmy
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    table = {f"/api/{api}/search": [answer, {}] for api in ("v3", "v4")}
    return Lemmy(instance="uno.example", api="v4" if b'"published_at"' in answer else "v3"), FakeHttp(table)
