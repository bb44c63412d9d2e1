"""What is asked of the network, and what it answers."""

from urllib.parse import quote

from connectors.social.linkedin import LinkedIn
from tests.fakes_http import FakeHttp
from tests.plays import Play

OWN = "urn:li:share:7390000000000000001"


def play(answer: bytes) -> Play:
    page = {"token": "t", "organization": "4242"}
    if b'"notificationId"' in answer:
        return LinkedIn(**page, comments=False), FakeHttp({"/rest/organizationalEntityNotifications": [answer]})
    below = f"/rest/socialActions/{quote(OWN, safe='')}/comments"
    http = FakeHttp({"/rest/posts": [{"elements": [{"id": OWN}]}], below: [answer]})
    return LinkedIn(**page, mentions=False), http
