"""What is asked of the network, and what it answers."""

from connectors.meta.instagram import Instagram
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    reads = {"token": "t", "user": "77", "comments": False, "tags": False}
    if b'"media"' in answer:
        return Instagram(**reads | {"comments": True}), FakeHttp({"/v26.0/77": [answer]})
    if b'"username"' in answer:
        return Instagram(**reads | {"tags": True}), FakeHttp({"/v26.0/77/tags": [answer]})
    table: dict[str, list[object]] = {
        "/v26.0/ig_hashtag_search": [{"data": [{"id": "88"}]}],
        "/v26.0/88/recent_media": [answer],
    }
    return Instagram(**reads, hashtags=("zumaque",)), FakeHttp(table)
