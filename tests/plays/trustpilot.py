"""What is asked of the network, and what it answers."""

from connectors.reviews.trustpilot import Trustpilot
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    table: dict[str, list[object]] = {
        "/v1/oauth/oauth-business-users-for-applications/accesstoken": [{"access_token": "t"}],
        "/v1/private/business-units/46d6/reviews": [answer],
    }
    return Trustpilot(unit="46d6", key="k", secret="s"), FakeHttp(table)
