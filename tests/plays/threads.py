"""What is asked of the network, and what it answers."""

from connectors.meta.threads import Threads
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    reads = {"search": False, "mentions": False, "replies": False}
    if b'"is_reply_owned_by_me"' in answer:
        table = {"/v1.0/me/threads": [{"data": [{"id": "17900000000000001"}]}]}
        http = FakeHttp(table | {"/v1.0/17900000000000001/conversation": [answer]})
        return Threads(token="t", **reads | {"replies": True}), http
    if b'"has_replies"' in answer:
        return Threads(token="t", **reads | {"search": True}), FakeHttp({"/v1.0/keyword_search": [answer]})
    return Threads(token="t", **reads | {"mentions": True}), FakeHttp({"/v1.0/me/mentions": [answer]})
