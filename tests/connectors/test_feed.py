"""A feed is read with as little work as it takes, and nothing that a stranger serves does harm."""

import codecs
import time
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Answer, Cursor
from connectors.errors import Malformed, RateLimited, Refused, Unavailable
from connectors.feeds.cut import cut
from connectors.feeds.feed import Feed, Mark
from connectors.feeds.harvest import harvest
from connectors.unwrap import unwrap

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


def item(name: object, text: str = "Acme is late", more: str = "") -> str:
    return f"<item><title>{text}</title><link>https://a.example/{name}</link><guid>{name}</guid>{more}</item>\n"


def rss(*items: str, head: str = "", tail: str = "") -> bytes:
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>A</title>{head}{"".join(items)}{tail}'
    return f"{feed}</channel></rss>".encode()


def answer(body: bytes, kind: str = "application/xml", **fields) -> Answer:
    return Answer(url="https://a.example/feed", status=200, headers={"content-type": kind}, body=body, **fields)


async def titles(body: bytes, seen: str = "", kind: str = "application/xml") -> list[str | None]:
    return [found.post.title for found in (await harvest(answer(body, kind), seen)).entries]


class Polls:
    """A source polled again and again, its mark and validators kept as the store keeps them."""

    def __init__(self, client, url, **options):
        self.client, self.feed = client, Feed(url=url, **options)
        self.mark, self.validators = "", {}

    async def poll(self):
        visit, posts = self.client.visit(0.0, self.validators), []
        async for page in self.feed.fetch(visit, (), Cursor(since=SINCE, mark=self.mark)):
            self.mark = page.mark
            posts += page.posts
        self.validators = visit.validators
        return [post.id.removeprefix("https://a.example/").removeprefix("127.0.0.1:") for post in posts]


# Polling


async def test_only_what_is_new_is_yielded(site, client):
    polls = Polls(client, site.put("/feed", rss(item(2), item(1)), rss(item(3), item(2)), rss(item(3), item(2))))
    found = [await polls.poll() for _ in range(3)]
    assert [len(each) for each in found] == [2, 1, 0]


async def test_an_entry_that_was_edited_comes_again(site, client):
    polls = Polls(client, site.put("/feed", rss(item(1)), rss(item(1, "Acme is here"))))
    assert await polls.poll() == await polls.poll()


async def test_a_304_brings_nothing(site, client):
    polls = Polls(client, site.put("/feed", (200, {"ETag": '"x"'}, rss(item(1))), 304))
    assert len(await polls.poll()) == 1
    mark = polls.mark
    assert (await polls.poll(), polls.mark) == ([], mark)


async def test_a_304_on_the_first_poll_is_asked_again_without_conditions(site, client):
    polls = Polls(client, site.put("/feed", (200, {"ETag": '"x"'}, rss(item(1))), 304, rss(item(1))))
    await polls.poll()
    polls.mark = ""  # what was stored is lost, what the server was told is not
    assert len(await polls.poll()) == 1


async def test_an_empty_feed_is_a_feed(site, client):
    polls = Polls(client, site.put("/feed", rss(), rss(item(1))))
    assert [len(await polls.poll()) for _ in range(2)] == [0, 1]


async def test_a_change_outside_the_entries_parses_nothing(monkeypatch):
    seen = (await harvest(answer(rss(item(1), head="<lastBuildDate>1</lastBuildDate>")), "")).seen
    monkeypatch.setattr("connectors.feeds.entry.entries", None)
    assert not (await harvest(answer(rss(item(1), head="<lastBuildDate>2</lastBuildDate>")), seen)).entries


async def test_a_mark_of_another_version_reads_everything(site, client):
    polls = Polls(client, site.put("/feed", rss(item(1))))
    polls.mark = "17"
    assert len(await polls.poll()) == 1


# Comments


async def test_comments_are_followed_and_answer_their_post(site, client):
    thread = site.put("/1/feed", rss(item("c1", "Not here")), rss(item("c2", "Now it is"), item("c1", "Not here")))
    space = 'xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
    body = rss(item(1, more=f"<wfw:commentRss>{thread}</wfw:commentRss>")).replace(b"<rss", f"<rss {space}".encode())
    polls = Polls(client, site.put("/feed", body), comments=True)
    visit, pages = client.visit(0.0, {}), []
    async for page in polls.feed.fetch(visit, (), Cursor(since=SINCE)):
        pages.append(page)
    (post,), (comment,) = (page.posts for page in pages)
    assert comment.in_reply_to == post.id
    polls.mark, polls.validators = pages[-1].mark, visit.validators
    assert len(await polls.poll()) == 1


@pytest.mark.parametrize(("status", "kept"), [(404, 0), (500, 1)], ids=["refused", "unavailable"])
async def test_comments_that_fail_do_not_fail_the_feed(site, client, status, kept):
    space = 'xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
    more = f"<wfw:commentRss>{site.put('/1/feed', status)}</wfw:commentRss>"
    polls = Polls(
        client, site.put("/feed", rss(item(1, more=more)).replace(b"<rss", f"<rss {space}".encode())), comments=True
    )
    assert len(await polls.poll()) == 1
    assert len(Mark.read(polls.mark).threads) == kept


# Pages that name feeds

PAGE = '<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="{}"></head></html>'


async def test_a_page_leads_to_its_feed_and_is_not_asked_again(site, client):
    site.put("/real.xml", rss(item(1)), rss(item(2), item(1)))
    polls = Polls(client, site.put("/", PAGE.format("/real.xml")))
    assert [len(await polls.poll()) for _ in range(2)] == [1, 1]
    assert site.paths == ["/", "/real.xml", "/real.xml"]


async def test_a_feed_that_moved_is_looked_for_again(site, client):
    site.put("/old.xml", rss(item(1)), 410)
    site.put("/new.xml", rss(item(2)))
    polls = Polls(client, site.put("/", PAGE.format("/old.xml"), PAGE.format("/new.xml")))
    assert [len(await polls.poll()) for _ in range(2)] == [1, 1]


async def test_a_feed_that_is_down_is_waited_for_rather_than_replaced(site, client):
    site.put("/down.xml", 503)
    site.put("/comments.xml", rss(item(1)))
    with pytest.raises(Unavailable):
        await Polls(client, site.put("/", PAGE.format("/down.xml") + PAGE.format("/comments.xml"))).poll()


async def test_a_feed_that_no_page_names_is_found_where_feeds_lie(site, client):
    site.put("/feed.xml", rss(item(1)))
    assert len(await Polls(client, site.put("/", "<html><body>Hola</body></html>")).poll()) == 1


async def test_a_page_without_feeds_is_malformed(site, client):
    with pytest.raises(Malformed, match="names no feed"):
        await Polls(client, site.put("/", "<html><body>Hola</body></html>")).poll()


@pytest.mark.parametrize(
    "body", [b"", b"hola", b"\x89PNG\r\n\x1a\n", b"<svg/>", b'{"a": 1}', b"{", b"<?xml version='1.0'?>"]
)
async def test_what_is_no_feed_is_malformed(body):
    with pytest.raises(Malformed):
        await harvest(answer(body), "")


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, Refused), (410, Refused), (500, Unavailable), ((429, {"Retry-After": "99"}), RateLimited)],
)
async def test_a_feed_that_is_not_served_says_who_must_act(site, client, status, error):
    with pytest.raises(error):
        await Polls(client, site.put("/feed", status)).poll()


# Encodings


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (rss(item(1, "Año")), "application/xml"),
        (codecs.BOM_UTF8 + rss(item(1, "Año")), "text/xml; charset=utf-8"),
        (rss(item(1, "Año")), "text/xml; charset=iso-8859-1"),
        (rss(item(1, "Año")), "text/html"),
        (rss(item(1, "Año")).decode().replace("?>", " encoding='iso-8859-1'?>").encode("latin-1"), "application/xml"),
        (rss(item(1, "Año")).decode().replace("?>", " encoding='utf-8'?>").encode("latin-1"), "application/xml"),
        (rss(item(1, "Año")).decode().replace("?>", " encoding='utf-16'?>").encode("utf-16"), "application/xml"),
        (rss(item(1, "Año")).decode("utf-8").encode("windows-1252"), "application/xml; charset=windows-1252"),
        (b"\n  " + rss(item(1, "Año")), "application/xml"),
        (
            rss(item(1, "Año")).replace(b"1.0", b"1.0' encoding='bogus", 1).replace(b"\"1.0'", b"'1.0'"),
            "application/xml",
        ),
    ],
    ids=["utf-8", "bom", "lying header", "html", "latin-1", "lying prolog", "utf-16", "header", "blank first", "bogus"],
)
async def test_text_survives_its_encoding(body, kind):
    assert await titles(body, kind=kind) == ["Año"]


# Cutting


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1, "<![CDATA[<item>not one</item>]]>"), item(2)),
        rss(item(1, more="<!-- </item> -->"), item(2)),
        rss(item(1), "<!-- <item> -->", item(2)),
        rss(item(1), "<title>between</title>", item(2)),
        rss(item(1, more=item(2)), item(3)),
        rss(item(1)).replace(b"<rss", b"<x:rss xmlns:x='u'").replace(b"</rss", b"</x:rss"),
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(item(1)),
        rss(item(1)).decode().encode("utf-16"),
        rss(item(1)).replace(b'"1.0"', b'"1.0" encoding="iso-2022-jp"', 1),
        rss(item(1)).replace(b"Acme", b"Acm\xe9"),
        rss(item(1)).replace(b"</item>", b""),
        rss(item(1), "<item/>"),
        rss(),
        b"",
    ],
    ids=(
        "CDATA",
        "comment in",
        "comment between",
        "between",
        "nested",
        "prefix",
        "entity",
        "utf-16",
        "iso-2022",
        "invalid",
        "open",
        "without content",
        "none",
        "empty",
    ),
)
def test_where_there_is_doubt_nothing_is_cut(body):
    assert cut(body) is None


def test_a_cut_feed_is_the_feed():
    body = rss(item(1, "<![CDATA[a <b>]]>"), item(2), head="<items/>", tail="<ttl>5</ttl>")
    whole = cut(body)
    assert whole
    assert len(whole.entries) == 2
    assert (whole.head + b"\n".join(whole.entries) + b"\n" + whole.tail.lstrip()) == body


async def test_what_cannot_be_cut_still_comes_once():
    body = rss(item(1), "<title>between</title>", item(2))
    first = await harvest(answer(body), "")
    again = await harvest(answer(rss(item(1), "<title>between</title>", item(2), item(3))), first.seen)
    assert (len(first.entries), len(again.entries)) == (2, 1)


# Entries


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("<guid>https://b.example/7</guid>", "https://b.example/7"),
        ("<guid isPermaLink='false'>tag:b.example,2026:7</guid>", "tag:b.example,2026:7"),
        ("<guid isPermaLink='false'>urn:uuid:7</guid>", "urn:uuid:7"),
        ("<guid isPermaLink='false'>7</guid>", "a.example:7"),
    ],
)
async def test_an_entry_is_known_by_its_own_name_or_its_feeds(name, identity):
    (found,) = (await harvest(answer(rss(f"<item><title>x</title>{name}</item>")), "")).entries
    assert found.post.id == identity


@pytest.mark.parametrize(
    ("element", "parent"),
    [
        ('<thr:in-reply-to ref="tag:a.example,2026:1" href="https://a.example/1"/>', "tag:a.example,2026:1"),
        ('<thr:in-reply-to ref="17"/>', "a.example:17"),
        ('<thr:in-reply-to ref=" "/>', None),
        ("<thr:in-reply-to>17</thr:in-reply-to>", None),
        ('<in-reply-to ref="17"/>', None),
    ],
    ids=["a name of its own", "a name within its feed", "an empty name", "no name", "another word of that name"],
)
async def test_a_comment_names_what_it_answers(element, parent):
    body = rss(item(1, more=element)).replace(b"<rss", b'<rss xmlns:thr="http://purl.org/syndication/thread/1.0"')
    [found] = (await harvest(answer(body), "")).entries
    assert found.post.in_reply_to == parent


async def test_an_entry_without_a_name_is_known_by_what_it_says():
    body = rss("<item><title>x</title><link>https://a.example/1</link></item>")
    (one,), (same,) = [(await harvest(answer(body), "")).entries for _ in range(2)]
    assert one.post.id == same.post.id
    assert one.post.id.startswith("sha1:")


@pytest.mark.parametrize(
    "date",
    ["0000-00-00T00:00:00Z", "Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 00 Foo 2026", "1" * 5000, "-1", "0001-01-01"],
)
async def test_a_date_that_cannot_be_is_unknown(date):
    (found,) = (await harvest(answer(rss(item(1, more=f"<pubDate>{date}</pubDate>"))), "")).entries
    assert found.post.published_at is None


async def test_text_cannot_drive_a_terminal():
    (title,) = await titles(rss(item(1, "&#27;[2J Ac\u202eme &#xD800;&#0;&#55555;&#9999999;")))
    assert title is not None
    assert not set(title) & set("\x1b\x00\u202e\ud800")


async def test_a_link_that_is_no_web_address_is_dropped():
    (found,) = (await harvest(answer(rss("<item><title>x</title><link>javascript:alert(1)</link></item>")), "")).entries
    assert found.post.url is None


@pytest.mark.parametrize(
    ("wrapped", "page"),
    [
        ("https://www.google.com/url?rct=j&sa=t&url=https://b.example/a?x=1&y=2&ct=ga&cd=C&usg=A", "https://b.example/a?x=1&y=2"),
        ("https://www.google.es/url?q=https%3A%2F%2Fb.example%2Fa%3Fx%3D1%26y%3D2&sa=t", "https://b.example/a?x=1&y=2"),
        ("https://www.google.com/url?sa=t&url=https://b.example/a&ved=1", "https://b.example/a"),
        ("http://www.bing.com/news/apiclick.aspx?ref=F&url=https%3a%2f%2fb.example%2fa%3fx%3d1&c=12&mkt=es", "https://b.example/a?x=1"),
        ("https://medium.com/p/1?source=rss-2--3", "https://medium.com/p/1"),
        ("https://www.google.com/url?url=javascript:x", "https://www.google.com/url?url=javascript:x"),
        ("https://b.example/url?url=https://c.example/", "https://b.example/url?url=https://c.example/"),
    ],
    ids=["alerts", "escaped", "other order", "bing", "medium", "script", "not Google"],
)  # fmt: skip
def test_the_page_behind_a_link_is_found(wrapped, page):
    assert unwrap(wrapped) == page


# Hostile feeds

LAUGHS = b"<!DOCTYPE r [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
BOMBS = {
    "a billion laughs": LAUGHS + b"]>" + rss(item(1, "&j;")),
    "quadratic": b"<!DOCTYPE r [<!ENTITY a '" + b"A" * 50_000 + b"'>]>" + rss(item(1, "&a;" * 50_000)),
    "parameter": b"<!DOCTYPE r [<!ENTITY % a 'x'> %a;]>" + rss(item(1)),
    "in utf-16": (LAUGHS + b"]>" + rss(item(1, "&j;"))).decode().encode("utf-16"),
    "attributes": rss(item(1)).replace(b"<item", b"<item " + b" ".join(b"a%d='1'" % n for n in range(30_000))),
    "tags": rss(item(1, "<a>" * 500_000)),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_not_read(name):
    with pytest.raises(Malformed, match="not read"):
        await harvest(answer(BOMBS[name]), "")


HARMLESS = {
    "an outer entity": b"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + rss(item(1, "x &a;")),
    "an own entity": b"<!DOCTYPE r [<!ENTITY brand 'Acme'>]>" + rss(item(1, "x &brand;")),
    "deep": rss(item(1, "<a>" * 3000 + "x" + "</a>" * 3000)),
    "never closed": rss(item(1, "<a>" * 3000)),
    "comments": rss(item(1, "<!--" * 3000)),
    "references": rss(item(1, "&" * 10_000 + "&#" + "9" * 5000 + ";")),
    "nothing but angles": rss(item(1, "<" * 10_000)),
    "broken off": rss(item(1), item(2))[:-40],
}


@pytest.mark.parametrize("name", HARMLESS)
async def test_what_is_only_odd_is_read_or_refused_soon(name):
    start = time.process_time()
    try:
        found = (await harvest(answer(HARMLESS[name]), "")).entries
    except Malformed:
        found = ()
    assert all("root:" not in one.post.text + (one.post.title or "") for one in found)
    assert time.process_time() - start < 5


def test_an_option_that_is_no_address_is_named():
    assert Feed(url="example.org/feed").check() == ("url: not a web address; it should begin with https://",)
    assert Feed(url="https://example.org/feed").check() == ()
    assert Feed.every == timedelta(minutes=10)


async def test_json_items_of_one_name_are_told_apart_whenever_they_are_read():
    def feed(*texts: str) -> Answer:
        items = ", ".join(f'{{"id": 1, "content_text": "{text}"}}' for text in texts)
        return answer(f'{{"items": [{items}]}}'.encode(), "application/feed+json")

    first = await harvest(feed("one", "two"), "")
    second = await harvest(feed("three", "one", "two"), first.seen)
    assert [found.post.text for found in second.entries] == ["three"]
    assert len({found.post.id for found in (*first.entries, *second.entries)}) == 3
