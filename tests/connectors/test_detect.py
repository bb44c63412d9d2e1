"""A pasted address says what it can be watched as."""

import pytest

from connectors.errors import Refused
from connectors.pages.detect import Finding, detect
from connectors.pages.landmarks import Place, recognise
from connectors.registry import CONNECTORS

RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Tienda &amp; m\xc3\xa1s</title></channel></rss>'


@pytest.mark.parametrize(
    ("url", "kind", "options"),
    [
        ("https://news.ycombinator.com/newest", "hackernews", {}),
        ("news.ycombinator.com", "hackernews", {}),
        ("https://bsky.app/profile/acme.example", "bluesky", {}),
        ("https://www.reddit.com/r/shopping/", "reddit", {"subreddits": ("shopping",)}),
        ("https://old.reddit.com/r/a1+b2/new/.rss", "reddit", {"subreddits": ("a1", "b2")}),
        (
            "https://www.reddit.com/r/shopping/new/.rss?feed=hush&user=ana",
            "reddit",
            {"subreddits": ("shopping",), "feed": "hush", "user": "ana"},
        ),
        ("https://www.reddit.com/search?q=acme", "reddit", {}),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            "feed",
            {"url": "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"},
        ),
        ("https://t.me/vecinas_vigo", "telegram", {"channels": ("vecinas_vigo",)}),
        ("t.me/s/vecinas_vigo/", "telegram", {"channels": ("vecinas_vigo",)}),
        ("https://t.me/vecinas_vigo/123?single", "telegram", {"channels": ("vecinas_vigo",)}),
        (
            "https://apps.apple.com/MX/app/luna-roja/id1234567890?see-all=reviews",
            "appstore",
            {"app": "1234567890", "countries": ("mx",)},
        ),
        ("https://apps.apple.com/app/id1234567890", "appstore", {"app": "1234567890"}),
        ("https://stackoverflow.com", "stackexchange", {"site": "stackoverflow"}),
        ("https://es.stackoverflow.com/questions", "stackexchange", {"site": "es.stackoverflow"}),
        ("https://webmasters.stackexchange.com/", "stackexchange", {"site": "webmasters"}),
        ("https://mathoverflow.net/", "stackexchange", {"site": "mathoverflow.net"}),
        (
            "https://stackoverflow.com/questions/tagged/c%2b%2b?tab=newest",
            "stackexchange",
            {"site": "stackoverflow", "tags": ("c++",)},
        ),
        ("https://dev.to/t/ecommerce", "devto", {"tags": ("ecommerce",)}),
        ("https://dev.to/t/ecommerce/latest", "devto", {"tags": ("ecommerce",)}),
        ("https://shop.example/blog/wp-json/wp/v2/posts", "wordpress", {"url": "https://shop.example/blog"}),
        ("https://www.shop.example/wp-json/", "wordpress", {"url": "https://www.shop.example"}),
    ],
)
async def test_a_network_is_known_by_its_address(visit, url, kind, options):
    (finding,) = await detect(visit, url)
    assert (finding.kind, finding.options) == (kind, options)
    assert not CONNECTORS[kind](**options).check()


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/shop",
        "https://stackoverflow.com/feeds",
        "https://stackoverflow.com/questions/12/how-to-pay",
        "https://stackoverflow.com/questions/tagged/acme+payments",
        "https://chat.stackexchange.com/",
        "https://dev.to/feed/tag/ecommerce",
        "https://itunes.apple.com/es/rss/customerreviews/id=1234567890/xml",
        "https://shop.example/wp-jsonish",
    ],
)
def test_what_is_smaller_than_a_source_or_another_is_left_to_its_feed(url):
    assert recognise(Place.of(url)) is None


@pytest.mark.parametrize(
    "url",
    ["https://t.me/+AbCdEfGh", "https://t.me/joinchat/AbCdEfGh", "https://t.me/c/12/3", "https://t.me/acme_bot"],
    ids=["invitation", "old invitation", "private", "bot"],
)
async def test_what_telegram_does_not_show_to_everybody_is_refused_with_a_hint(visit, url):
    with pytest.raises(Refused, match="give its token"):
        await detect(visit, url)


async def test_a_feed_is_itself(site, visit):
    url = site.put("/feed", RSS)
    assert await detect(visit, url) == (Finding(kind="feed", options={"url": url}, title="Tienda & más"),)


async def test_a_json_feed_is_itself(site, visit):
    url = site.put("/feed", b'{"version": "https://jsonfeed.org/version/1", "title": "Notas", "items": []}')
    assert (await detect(visit, url))[0].title == "Notas"


async def test_a_page_offers_its_feeds_those_of_comments_last(site, visit):
    page = """<html><head>
      <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
      <link rel="alternate" type="application/rss+xml" title="Blog &raquo; news" href="/feed/">
      <LINK TYPE='application/feed+json' REL=alternate HREF=feed.json>
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
      <link rel="alternate" hreflang="es" href="/es"></head></html>"""
    found = await detect(visit, site.put("/blog", page))
    assert [(finding.options["url"], finding.title) for finding in found] == [
        (site.url("/feed/"), "Blog » news"),
        (site.url("/feed.json"), None),
        (site.url("/comments/feed/"), "Comments"),
    ]


async def test_a_feed_that_the_page_does_not_name_is_guessed(site, visit):
    site.put("/rss.xml", RSS)
    (finding,) = await detect(visit, site.put("/", "<html></html>"))
    assert finding.options == {"url": site.url("/rss.xml")}


INSTANCE = b'{"uri": "social.example", "version": "4.5.0", "title": "Social"}'


async def test_a_hashtag_of_a_server_that_speaks_mastodon(site, visit):
    site.put("/api/v1/instance", INSTANCE)
    (finding,) = await detect(visit, site.url("/tags/acme"))
    assert finding.kind == "mastodon"
    assert finding.options == {"instance": site.url(""), "hashtags": ("acme",)}


async def test_tags_of_a_blog_are_its_feed(site, visit):
    assert (await detect(visit, site.put("/tags/acme", RSS)))[0].kind == "feed"


async def test_a_server_that_speaks_mastodon(site, visit):
    site.put("/api/v1/instance", INSTANCE)
    (finding,) = await detect(visit, site.put("/", "<html></html>"))
    assert (finding.kind, finding.title) == ("mastodon", "Social")


LEMMY = b'{"site_view": {"site": {"id": 1, "name": "Foro libre"}}, "version": "0.19.5"}'
ALTERNATE = '<link rel="alternate" type="application/rss+xml" href="/latest.rss">'


def discourse(folder=""):
    return f"""<!DOCTYPE html><html><head><title>Foro</title>
      <meta name="generator" content="Discourse 3.4.0 - https://github.com/discourse/discourse version 0a1b2c">
      <meta name="discourse-base-uri" content="{folder}">
      <meta property="og:site_name" content="Madres &amp; padres" />{ALTERNATE}</head></html>"""


def nodebb(folder=""):
    return f"""<!DOCTYPE html><html><head>{ALTERNATE}
      <script>var config = JSON.parse('{{"relative_path":"{folder}","upload_url":""}}');</script></head></html>"""


async def test_a_forum_that_runs_discourse_is_more_than_its_feeds(site, visit):
    forum, feed = await detect(visit, site.put("/c/pagos/5", discourse()))
    assert forum == Finding(kind="discourse", options={"url": site.url("")}, title="Madres & padres")
    assert (feed.kind, feed.options) == ("feed", {"url": site.url("/latest.rss")})


async def test_discourse_may_lie_in_a_folder(site, visit):
    forum, *_ = await detect(visit, site.put("/foro/t/7", discourse("/foro")))
    assert forum.options == {"url": site.url("/foro")}


async def test_a_blog_that_writes_about_discourse_is_a_feed(site, visit):
    page = f'<html><head><meta name="description" content="Discourse 3.4.0">{ALTERNATE}</head></html>'
    assert [finding.kind for finding in await detect(visit, site.put("/", page))] == ["feed"]


@pytest.mark.parametrize("folder", ["", "/foro"])
async def test_a_forum_that_runs_nodebb(site, visit, folder):
    site.put(f"{folder}/api/config", f'{{"relative_path": "{folder}", "siteTitle": "Foro &amp; m\u00e1s"}}'.encode())
    forum, *_ = await detect(visit, site.put(f"{folder}/category/2", nodebb(folder)))
    assert forum == Finding(kind="nodebb", options={"url": site.url(folder)}, title="Foro & más")


async def test_a_page_like_nodebbs_without_its_api_is_its_feed(site, visit):
    assert [finding.kind for finding in await detect(visit, site.put("/", nodebb()))] == ["feed"]


@pytest.mark.parametrize("head", ["", f"<script>window.isoData = {{}}</script>{ALTERNATE}"], ids=["bare", "its own"])
async def test_a_server_that_speaks_lemmy(site, visit, head):
    site.put("/api/v3/site", LEMMY)
    first, *_ = await detect(visit, site.put("/c/compras", f"<html><head>{head}</head></html>"))
    assert first == Finding(kind="lemmy", options={"instance": site.url("")}, title="Foro libre")


async def test_a_page_that_names_a_feed_and_looks_like_no_forum_costs_one_request(site, visit):
    await detect(visit, site.put("/", f"<html><head>{ALTERNATE}</head></html>"))
    assert site.paths == ["/"]


async def test_nothing_to_watch_is_refused_with_a_hint(site, visit):
    with pytest.raises(Refused, match="neither a feed nor a page"):
        await detect(visit, site.put("/", "<html></html>"))


async def test_the_page_of_ones_alerts_is_refused_with_a_hint(visit):
    with pytest.raises(Refused, match="Deliver to: RSS feed"):
        await detect(visit, "https://www.google.com/alerts")


@pytest.mark.parametrize("url", ["", "::", "https://[", "not an address"])
async def test_nonsense_is_refused(visit, url):
    with pytest.raises(Refused):
        await detect(visit, url)
