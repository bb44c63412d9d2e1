"""What is asked of the network, and what it answers."""

from connectors.errors import Refused
from connectors.forums.devto import DevTo
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    """A list is what search finds; an article alone is the whole of the one that it then finds."""
    if answer.lstrip().startswith(b"{"):
        brief = [{"id": 2100001, "published_at": "2026-11-01T12:30:00Z", "title": "Zumaque"}]
        return DevTo(), FakeHttp({"/api/articles/search": [brief], "/api/articles/2100001": [answer]})
    gone = Refused("404", status=404)
    table = {f"/api/articles/{number}": [gone] for number in (2100002, 2100003)}
    return DevTo(), FakeHttp({"/api/articles/search": [answer], **table})
