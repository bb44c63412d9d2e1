"""Feeds as real sites served them, and the odd ones of other parsers' suites: none is lost, none breaks us."""

import os
from pathlib import Path

import feedparser
import pytest

from connectors.base import Answer
from connectors.errors import ConnectorError
from connectors.feeds import jsonfeed
from connectors.feeds.cut import cut
from connectors.feeds.entry import entries
from connectors.feeds.harvest import harvest

URL = "https://site.example/feed"
ROOT = Path(os.environ.get("OIDO_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
REAL = sorted((ROOT / "feeds_real").glob("*"))
ODD = sorted((ROOT / "feeds_synthetic").glob("*"))
NOT_FEEDS = ("jmanuelbr_es_slashdot_0.xml",)  # a format of Slashdot's own

pytestmark = pytest.mark.skipif(not REAL, reason="no recorded feeds here: set OIDO_FIXTURES to their folder")


def answer(file: Path) -> Answer:
    return Answer(url=URL, status=200, headers={"content-type": "application/xml"}, body=file.read_bytes())


def expected(body: bytes) -> int:
    if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return len(jsonfeed.decoded(body, URL).items)
    headers = {"content-type": "application/xml", "content-location": URL}
    return len(
        feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False).entries
    )


@pytest.mark.parametrize("file", [file for file in REAL if file.name not in NOT_FEEDS], ids=lambda file: file.name)
async def test_every_entry_of_a_real_feed_becomes_a_post(file):
    posts = [found.post for found in (await harvest(answer(file), "")).entries]
    assert len(posts) == expected(file.read_bytes()) > 0
    assert all(post.id for post in posts)


@pytest.mark.parametrize("file", REAL + ODD, ids=lambda file: file.name)
async def test_a_feed_is_read_once_and_breaks_nothing(file):
    try:
        first = await harvest(answer(file), "")
    except ConnectorError:
        return
    assert not (await harvest(answer(file), first.seen)).entries


CUT = [file for file in REAL if cut(file.read_bytes())]
"""The others are parsed whole: JSON, and whatever leaves a doubt."""


@pytest.mark.parametrize("file", CUT, ids=lambda file: file.name)
def test_an_entry_cut_out_is_the_entry_in_its_place(file):
    whole = cut(file.read_bytes())
    assert whole
    together = entries(file.read_bytes(), URL) or ()
    alone = [entries(whole.head + piece + whole.tail, URL) for piece in whole.entries[:3]]
    assert alone == [(entry,) for entry in together[:3]]


def test_nine_of_ten_real_feeds_can_be_cut():
    assert len(CUT) > 0.9 * len(REAL)
