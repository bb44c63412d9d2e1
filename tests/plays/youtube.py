"""What is asked of the network, and what it answers."""

from connectors.social.youtube import YouTube
from tests.fakes_http import FakeHttp
from tests.plays import Play

CHANNEL = "UC0123456789abcdefghijkl"
HITS = {
    "kind": "youtube#searchListResponse",
    "items": [{"id": {"kind": "youtube#video", "videoId": name}} for name in ("zuM4que_001", "zuM4que-002")],
}


def play(answer: bytes) -> Play:
    if answer.startswith(b"<"):
        return YouTube(channels=(CHANNEL,)), FakeHttp({"/feeds/videos.xml": [answer]}, kind="text/xml; charset=UTF-8")
    if b"#commentThread" in answer:
        connector = YouTube(key="k", videos=("zuM4que_001",), search=False)
        return connector, FakeHttp({"/youtube/v3/commentThreads": [answer]})
    return YouTube(key="k"), FakeHttp({"/youtube/v3/search": [HITS], "/youtube/v3/videos": [answer]})
