"""What is asked of the network, and what it answers."""

from connectors.social.tiktok import TikTok
from tests.fakes_http import FakeHttp
from tests.plays import Play

API = "/open_api/v1.3"


def play(answer: bytes) -> Play:
    video = {"item_id": "7566000000000000001", "share_url": "https://www.tiktok.com/@zumaque/video/7566000000000000001"}
    table: dict[str, list[object]] = {
        f"{API}/tt_user/oauth2/refresh_token/": [{"code": 0, "data": {"access_token": "t", "refresh_token": "r"}}],
        f"{API}/business/video/list/": [{"code": 0, "data": {"videos": [video], "has_more": False}}],
        f"{API}/business/comment/list/": [answer],
    }
    return TikTok(account_id="b", client_id="c", client_secret="s", refresh_token="r"), FakeHttp(table)
