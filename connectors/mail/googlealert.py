"""Google Alerts by mail: several results in one mail, each a page of the web. https://support.google.com/websearch/answer/4815696

Nowhere documented; the shape is that of mails of 2020 to 2025: in HTML each result is a schema.org Article.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from ..decode import address
from ..post import Author, Post
from ..text import clean, plain, unescape
from ..unwrap import unwrap
from .message import Mail

SENDER = "googlealerts-noreply@google.com"

_ANCHOR = re.compile(r"""<a\s[^<>]{0,4000}?\bhref\s*=\s*["']?([^\s"'<>]{1,4000}+)[^<>]{0,4000}+>""", re.IGNORECASE)
_LINK = re.compile(r"<(https?://[^<>\s]{1,4000})>")
_MOST = 200
"""Results of one mail; real ones have up to fifty."""


def results(mail: Mail, network: str, published: datetime | None) -> tuple[Post, ...]:
    """One post for each result, each page once; none when the mail holds none, as when Google confirms an alert."""
    found: dict[str, Post] = {}
    for post in _of_markup(mail.markup, network, published):
        found.setdefault(post.id, post)
    for post in () if found else _of_text(mail.text, network, published):
        found.setdefault(post.id, post)
    return tuple(found.values())[:_MOST]


def _of_markup(markup: str, network: str, published: datetime | None) -> Iterator[Post]:
    anchors = [(target, link) for link in _ANCHOR.finditer(markup) if (target := _target(link[1]))]
    starts = [number for number, (target, _) in enumerate(anchors) if not number or anchors[number - 1][0] != target]
    for start, after in pairwise([*starts, len(anchors)]):
        # A picture is a link, too; the title is the first link to the page that has words.
        target = anchors[start][0]
        end = anchors[after][1].start() if after < len(anchors) else len(markup)
        section = markup[anchors[start][1].start() : end]
        ends = [*(link.start() for _, link in anchors[start + 1 : after]), end]
        links = zip(anchors[start:after], ends, strict=True)
        titles = (plain(markup[link.end() : stop].partition("</a")[0], 1_000) for (_, link), stop in links)
        yield _post(
            network,
            target,
            title=next(filter(None, titles), ""),
            text=_field(section, "description"),
            publisher=_field(section, "publisher"),
            published=published,
        )


def _field(section: str, name: str) -> str:
    """What the element of that name says; it ends with its `div`."""
    behind = section.partition(f'itemprop="{name}"')[2].partition(">")[2]
    return plain(behind.partition("</div")[0])


def _of_text(text: str, network: str, published: datetime | None) -> Iterator[Post]:
    """The plain version: title, publisher if any, and snippet, on lines above the link."""
    at = 0
    for link in _LINK.finditer(text):
        block, at = text[at : link.start()], link.end()
        if target := _target(link[1]):
            title, _, rest = clean(block).rpartition("\n\n")[2].partition("\n")
            yield _post(network, target, title=title, text=" ".join(rest.split()), publisher="", published=published)


def _target(link: str) -> str:
    """The page behind a result's link; "" for the mail's other links."""
    link = unescape(link)
    target = address(unwrap(link))
    return target if target and target != link else ""


def _post(network: str, target: str, *, title: str, text: str, publisher: str, published: datetime | None) -> Post:
    publisher = clean(publisher, 200)
    return Post(
        network=network,
        id=target,
        url=target,
        title=title or None,
        text=text,
        author=Author(handle=publisher, name=publisher) if publisher else None,
        published_at=published,
    )
