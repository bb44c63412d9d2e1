"""What runs on a server, by what its pages and its API tell of it: Mastodon, Lemmy, Discourse, NodeBB."""

import re
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from ..base import Answer, Http
from ..errors import Malformed, Refused
from ..feeds.discover import elements
from ..text import clean, plain
from .landmarks import Finding

T = TypeVar("T")

_TAG = re.compile(r"/tags/([\w-]{1,100})/?", re.UNICODE)
# What Lemmy's own pages hold; whether it is Lemmy, its API then tells.
_LEMMY = re.compile(rb"window\.isoData|join-lemmy\.org")
# NodeBB's pages hold what their scripts are set to; this is the folder that the forum lies in.
_FOLDER = re.compile(rb'"relative_path":"([\w./\\-]{0,100})"')


def hashtag(url: str) -> str | None:
    """The hashtag that `url` is the page of, if its server is one of Mastodon's."""
    tag = _TAG.fullmatch(urlsplit(url).path)
    return tag[1] if tag else None


async def forum(http: Http, page: Answer) -> Finding | None:
    """The forum that `page` is of. Asks the server only when the page looks like one."""
    if finding := _discourse(page):
        return finding
    if folder := _FOLDER.search(page.body):
        return await _nodebb(http, urljoin(page.url, "/").rstrip("/") + folder[1].decode().replace("\\", ""))
    return await lemmy(http, page.url) if _LEMMY.search(page.body) else None


async def mastodon(http: Http, url: str, tag: str | None = None) -> Finding | None:
    """The server behind `url`, if it speaks Mastodon's API."""
    instance = await _told(http, urljoin(url, "/api/v1/instance"), _Instance)
    if instance is None:
        return None
    title = clean(instance.title, 100) or urlsplit(url).netloc
    if tag is None:
        return Finding(kind="mastodon", options={"instance": _server(url)}, title=title)
    return Finding(kind="mastodon", options={"instance": _server(url), "hashtags": (tag,)}, title=f"#{tag}, {title}")


async def lemmy(http: Http, url: str) -> Finding | None:
    """The server behind `url`, if it speaks Lemmy's API. Version 1.0 answers as version 0.19 does here."""
    told = await _told(http, urljoin(url, "/api/v3/site"), _Lemmy)
    if told is None:
        return None
    title = clean(told.site_view.site.name, 100) or urlsplit(url).netloc
    return Finding(kind="lemmy", options={"instance": _server(url)}, title=title)


def _discourse(page: Answer) -> Finding | None:
    """Every page says what made it, also the one to log in on, and which folder the forum lies in."""
    metas = {
        attributes.get("name") or attributes.get("property", ""): attributes.get("content", "")
        for element, attributes in elements(page.body)
        if element == "meta"
    }
    if not metas.get("generator", "").startswith("Discourse "):
        return None
    url = urljoin(page.url, "/").rstrip("/") + metas.get("discourse-base-uri", "").rstrip("/")
    return Finding(kind="discourse", options={"url": url}, title=clean(metas.get("og:site_name", ""), 100) or None)


async def _nodebb(http: Http, url: str) -> Finding | None:
    told = await _told(http, f"{url}/api/config", _NodeBB)
    return Finding(kind="nodebb", options={"url": url}, title=plain(told.title, 100) or None) if told else None


async def _told(http: Http, url: str, shape: type[T]) -> T | None:
    """What a server tells of itself; others refuse, or answer with something else."""
    try:
        return (await http.get(url)).json(shape)
    except (Refused, Malformed):
        return None


def _server(url: str) -> str:
    """The server as the option `instance` names it: with its scheme only where that is not https."""
    parts = urlsplit(url)
    return parts.netloc if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}"


class _Instance(msgspec.Struct):
    uri: str
    version: str
    title: str = ""


class _Site(msgspec.Struct):
    name: str


class _View(msgspec.Struct):
    site: _Site


class _Lemmy(msgspec.Struct):
    site_view: _View
    version: str


class _NodeBB(msgspec.Struct, rename={"folder": "relative_path", "title": "siteTitle"}):
    folder: str
    title: str
