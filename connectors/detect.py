"""What a pasted address is as a source: a network that we know by its address, or a feed, or a page that names some."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import msgspec

from . import entry, jsonfeed
from .base import Answer, Http
from .discover import ACCEPT, feeds, find, is_feed, is_page
from .errors import Malformed, Refused
from .text import clean, redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A source that an address stands for: the connector's name, its options, and what to call it."""

    kind: str
    options: Mapping[str, object]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An address in parts, as the table below looks at it."""

    host: str
    path: str
    query: Mapping[str, str]

    @classmethod
    def of(cls, url: str) -> "Place":
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return cls((parts.hostname or "").lower().removeprefix("www."), parts.path, query)


async def detect(http: Http, url: str) -> tuple[Finding, ...]:
    """What `url` can be watched as, the likeliest first. `Refused`, with a hint, when it is nothing we can watch."""
    url = url.strip() if "://" in url else f"https://{url.strip()}"
    place = _place(url)
    for pattern, recognise in NETWORKS:
        if pattern.fullmatch(place.host) and (finding := recognise(place)):
            return (finding,)
    if (tag := _TAG.fullmatch(place.path)) and (finding := await _mastodon(http, url, tag[1])):
        return (finding,)
    answer = await http.get(url, headers=ACCEPT)
    if is_feed(answer):
        return (_feed(url, answer),)
    return await _on_page(http, url, answer)


async def _on_page(http: Http, url: str, answer: Answer) -> tuple[Finding, ...]:
    if is_page(answer) and (offers := feeds(answer.body, answer.url)):
        return tuple(Finding(kind="feed", options={"url": offer.url}, title=offer.title) for offer in offers)
    if finding := await _mastodon(http, answer.url):
        return (finding,)
    if is_page(answer) and (found := await find(http, answer, guess=True)):
        return (_feed(found.url, found),)
    raise Refused(f"{redact(url)}: neither a feed nor a page that names one; look there for RSS, Atom or a feed icon")


def _place(url: str) -> Place:
    try:
        return Place.of(url)
    except ValueError as error:
        raise Refused(f"{redact(url)}: not an address; check it") from error


def _hackernews(place: Place) -> Finding:
    return Finding(kind="hackernews", options={}, title="Hacker News")


def _bluesky(place: Place) -> Finding:
    return Finding(kind="bluesky", options={}, title="Bluesky")


def _reddit(place: Place) -> Finding | None:
    """A subreddit, several of them, or search; with the private feed token if the address holds it."""
    subreddits = _SUBREDDITS.match(place.path)
    if subreddits is None and not _ANYWHERE.fullmatch(place.path):
        return None  # a user's page, say: that is a feed like others
    options: dict[str, object] = {"subreddits": tuple(subreddits[1].split("+"))} if subreddits else {}
    options |= {name: place.query[name] for name in ("feed", "user") if name in place.query}
    return Finding(kind="reddit", options=options, title=f"r/{subreddits[1]}" if subreddits else "Reddit")


def _youtube(place: Place) -> Finding | None:
    channel = _CHANNEL.match(place.path)
    if channel is None:
        return None
    url = f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}"
    return Finding(kind="feed", options={"url": url}, title="YouTube")


def _alerts(place: Place) -> None:
    if place.path.rstrip("/") == "/alerts":
        raise Refused(
            "google.com/alerts: a page of your own account; choose 'Deliver to: RSS feed' there and give that address"
        )


_SUBREDDITS = re.compile(r"/r/([A-Za-z0-9_+]{2,300})(?:/|\.rss|$)")
_ANYWHERE = re.compile(r"/?|/(?:search|new|hot|rising|top)?/?(?:\.rss|search\.rss)?")
_CHANNEL = re.compile(r"/channel/(UC[\w-]{22})(?:/|$)")
_TAG = re.compile(r"/tags/([\w-]{1,100})/?", re.UNICODE)

NETWORKS: tuple[tuple[re.Pattern[str], Callable[[Place], Finding | None]], ...] = (
    (re.compile(r"news\.ycombinator\.com|hn\.algolia\.com|hckrnews\.com"), _hackernews),
    (re.compile(r"bsky\.app|bsky\.social"), _bluesky),
    (re.compile(r"(?:\w+\.)?reddit\.com"), _reddit),
    (re.compile(r"(?:m\.)?youtube\.com"), _youtube),
    (re.compile(r"google\.[a-z.]{2,6}"), _alerts),
)
"""Hosts that are more than a web site with a feed."""


class _Instance(msgspec.Struct):
    """What a server that speaks the Mastodon API tells of itself; others answer with something else."""

    uri: str
    version: str
    title: str = ""


async def _mastodon(http: Http, url: str, tag: str | None = None) -> Finding | None:
    """The server behind `url`, if it speaks Mastodon's API."""
    parts = urlsplit(url)
    try:
        answer = await http.get(f"{parts.scheme}://{parts.netloc}/api/v1/instance")
        instance = answer.json(_Instance)
    except (Refused, Malformed):
        return None
    host = parts.netloc if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}"
    title = clean(instance.title, 100) or parts.netloc
    if tag is None:
        return Finding(kind="mastodon", options={"instance": host}, title=title)
    return Finding(kind="mastodon", options={"instance": host, "hashtags": (tag,)}, title=f"#{tag}, {title}")


def _feed(url: str, answer: Answer) -> Finding:
    begins_as_json = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    title = (jsonfeed if begins_as_json else entry).title(answer.body, answer.url)
    return Finding(kind="feed", options={"url": url}, title=title)
