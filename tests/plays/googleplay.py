"""A page of reviews, asked for with a token of this hour: signing in is tried elsewhere."""

from connectors.reviews.googleplay import GooglePlay
from tests.fakes_http import FakeHttp
from tests.plays import Play

REVIEWS = "/androidpublisher/v3/applications/com.zumaque.shop/reviews"


def play(answer: bytes) -> Play:
    connector = GooglePlay(package="com.zumaque.shop", key="{}")
    connector._grant.token = "t"
    return connector, FakeHttp({REVIEWS: [answer]})
