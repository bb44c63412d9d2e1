"""What is asked of the network, and what it answers."""

from connectors.social.telegram import Telegram
from tests.fakes_http import FakeHttp
from tests.plays import Play

TOKEN = "123456789:abcdefghijklmnopqrstuvwxyz012345678"


def play(answer: bytes) -> Play:
    if answer.startswith(b"<"):
        return Telegram(channels=("zumaque_es",)), FakeHttp({"/s/zumaque_es": [answer]}, kind="text/html")
    return Telegram(token=TOKEN), FakeHttp({f"/bot{TOKEN}/getUpdates": [answer]})
