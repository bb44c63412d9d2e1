"""The networks that an address alone tells."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from ..errors import Refused
from ..text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A source that an address stands for: the connector's name, its options, and what to call it."""

    kind: str
    options: Mapping[str, object]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An address in parts, as the table below looks at it. `root` is the server: "https://www.shop.example"."""

    host: str
    path: str
    query: Mapping[str, str]
    root: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """`ValueError` when `url` is no address."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        host = (parts.hostname or "").lower().removeprefix("www.")
        return cls(host, parts.path, query, f"{parts.scheme}://{parts.netloc}")


def recognise(place: Place) -> Finding | None:
    """What a place is, if its address tells; `Refused`, with a hint, where only another address can be watched."""
    for pattern, known in NETWORKS:
        if pattern.fullmatch(place.host) and (finding := known(place)):
            return finding
    return _wordpress(place)


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


def _telegram(place: Place) -> Finding:
    channel = _PUBLIC.fullmatch(place.path)
    if channel is None or channel[1].lower() in _RESERVED or channel[1].lower().endswith("bot"):
        raise Refused(
            "t.me: not a public channel's address, which is https://t.me/NAME; a group is read by a bot of yours that "
            "is in it: give its token to a source of the connector telegram"
        )
    return Finding(kind="telegram", options={"channels": (channel[1],)}, title=channel[1])


def _appstore(place: Place) -> Finding | None:
    """An app, and the country if the address names one."""
    app = _APP.match(place.path)
    if app is None:
        return None  # its feed of reviews, say
    country, title, number = app.groups()
    options: dict[str, object] = {"app": number, **({"countries": (country.lower(),)} if country else {})}
    return Finding(kind="appstore", options=options, title=clean(unquote(title or "").replace("-", " "), 100) or None)


def _stackexchange(place: Place) -> Finding | None:
    """A site, or one tag of it. What is smaller, such as a question, a person or two tags at once, has a feed."""
    site = place.host.removesuffix(".com").removesuffix(".stackexchange")
    questions = _QUESTIONS.fullmatch(place.path)
    if questions is None or site in _NO_SITES:
        return None
    if questions[1] is None:
        return Finding(kind="stackexchange", options={"site": site}, title=site)
    tag = unquote(questions[1])
    return Finding(kind="stackexchange", options={"site": site, "tags": (tag,)}, title=f"[{tag}], {site}")


def _devto(place: Place) -> Finding | None:
    tag = _TOPIC.match(place.path)
    return Finding(kind="devto", options={"tags": (tag[1],)}, title=f"#{tag[1]}, dev.to") if tag else None


def _wordpress(place: Place) -> Finding | None:
    """The site of an API that is named. A site that is named itself is its feed, as others."""
    site, api, route = place.path.partition("/wp-json")
    if not api or not _ROUTE.fullmatch(route) or not place.host or not place.root.startswith(("http://", "https://")):
        return None
    return Finding(kind="wordpress", options={"url": place.root + site})


_SUBREDDITS = re.compile(r"/r/([A-Za-z0-9_+]{2,300})(?:/|\.rss|$)")
_ANYWHERE = re.compile(r"/?|/(?:search|new|hot|rising|top)?/?(?:\.rss|search\.rss)?")
_CHANNEL = re.compile(r"/channel/(UC[\w-]{22})(?:/|$)")
# Telegram's names have at least 4 characters; https://t.me/c/12/3 and https://t.me/+AbC are private.
_PUBLIC = re.compile(r"/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,40})(?:/[0-9]+)?/?")
_RESERVED = frozenset(
    {
        "addlist",
        "addtheme",
        "boost",
        "confirmphone",
        "contact",
        "giftcode",
        "invoice",
        "joinchat",
        "login",
        "proxy",
        "setlanguage",
        "share",
        "socks",
    }
)
_APP = re.compile(r"(?:/([A-Za-z]{2}))?/app(?:/([^/]{1,300}))?/id([0-9]{1,15})(?:/|$)")
_QUESTIONS = re.compile(r"/?|/search/?|/questions/?|/questions/tagged/((?:[\w.#-]|%23|%2[Bb]){1,50})/?")
_NO_SITES = frozenset({"api", "area51", "chat", "data", "openid"})
_TOPIC = re.compile(r"/t/(\w{1,60})(?:/|$)")
_ROUTE = re.compile(r"(?:/.*)?")

NETWORKS: tuple[tuple[re.Pattern[str], Callable[[Place], Finding | None]], ...] = (
    (re.compile(r"news\.ycombinator\.com|hn\.algolia\.com|hckrnews\.com"), _hackernews),
    (re.compile(r"bsky\.app|bsky\.social"), _bluesky),
    (re.compile(r"(?:\w+\.)?reddit\.com"), _reddit),
    (re.compile(r"(?:m\.)?youtube\.com"), _youtube),
    (re.compile(r"t\.me|telegram\.me"), _telegram),
    (re.compile(r"(?:apps|itunes)\.apple\.com"), _appstore),
    (
        re.compile(r"(?:(?:es|ja|pt|ru)\.)?stackoverflow\.com|(?:askubuntu|serverfault|stackapps|superuser)\.com"),
        _stackexchange,
    ),
    (re.compile(r"mathoverflow\.net|[a-z0-9-]+\.stackexchange\.com"), _stackexchange),
    (re.compile(r"dev\.to"), _devto),
    (re.compile(r"google\.[a-z.]{2,6}"), _alerts),
)
"""Hosts that are more than a web site with a feed."""
