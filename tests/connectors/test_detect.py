"""A pasted address says what it can be watched as."""

import pytest

from connectors.detect import Finding, detect
from connectors.errors import Refused

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
    ],
)
async def test_a_network_is_known_by_its_address(visit, url, kind, options):
    (finding,) = await detect(visit, url)
    assert (finding.kind, finding.options) == (kind, options)


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
