"""What is asked of the network, and what it answers."""

from connectors.meta.facebook import Facebook
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    reads = {"comments": False, "tagged": False, "ratings": False}
    if b'"published_posts"' in answer:
        return Facebook(token="t", **reads | {"comments": True}), FakeHttp({"/v26.0/me": [answer]})
    if b'"recommendation_type"' in answer:
        return Facebook(token="t", **reads | {"ratings": True}), FakeHttp({"/v26.0/me/ratings": [answer]})
    return Facebook(token="t", **reads | {"tagged": True}), FakeHttp({"/v26.0/me/tagged": [answer]})
