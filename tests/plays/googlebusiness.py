"""What is asked of the network, and what it answers."""

from connectors.reviews.googlebusiness import GoogleBusiness
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    connector = GoogleBusiness(
        locations=("accounts/11/locations/22",), client_id="id", client_secret="s", refresh_token="r"
    )
    table: dict[str, list[object]] = {
        "/token": [{"access_token": "t"}],
        "/v4/accounts/11/locations/22/reviews": [answer],
    }
    return connector, FakeHttp(table)
