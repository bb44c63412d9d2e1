"""What is asked of the network, and what it answers."""

from connectors.social.pinterest import Pinterest
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    if b'"pin_metrics"' in answer:
        return Pinterest(token="t"), FakeHttp({"/v5/pins": [answer]})
    return Pinterest(token="t", pins=False, partner=True), FakeHttp({"/v5/search/partner/pins": [answer]})
