"""The page on which Telegram shows a public channel to those who have no account: https://t.me/s/<channel>"""

import re
from dataclasses import dataclass

from ..base import Answer
from ..post import Author, Engagement, Post
from ..text import clean, links, plain, unescape, when

NETWORK = "telegram"

# Each message begins at its name; what stands before the first one tells of the channel.
_MESSAGE = re.compile(r'data-post="([A-Za-z][A-Za-z0-9_]{2,40}/[0-9]{1,12})"')
# The quoted message of an answer has the class js-message_reply_text, and is not what was said.
_TEXT = re.compile(r'<div class="[^"<>]{0,200}\bjs-message_text\b[^"<>]{0,200}"[^<>]{0,200}>')
_POLL = re.compile(r'class="tgme_widget_message_poll_question"[^<>]{0,200}>([^<]{1,1000})<')
_TIME = re.compile(r'<time[^<>]{0,300}?\bdatetime="([^"<>]{1,60})"')
_VIEWS = re.compile(r'class="tgme_widget_message_views"[^<>]{0,200}>([^<]{1,20})<')
_REPLY = re.compile(
    r'class="tgme_widget_message_reply[^"<>]{0,100}"[^<>]{0,300}?\bhref="https://t\.me/([^"<>?]{1,100})'
)
_TITLE = re.compile(r'class="tgme_channel_info_header_title"[^<>]{0,200}>(.{1,500}?)</div>', re.DOTALL)
_COUNTER = re.compile(
    r'class="counter_value"[^<>]{0,100}>([^<]{1,20})<[^<>]{0,100}>\s{0,20}<[^<>]{0,100}class="counter_type"[^<>]{0,100}>'
    r"(?:subscriber|member)"
)
_NUMBER = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,3}))?\s?([KMB]?)", re.IGNORECASE)
_SIZE = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Some twenty messages of a channel, oldest first."""

    posts: tuple[Post, ...]

    @property
    def numbers(self) -> list[int]:
        return [number(post.id) for post in self.posts]


def preview(answer: Answer, base: str) -> Preview | None:
    """What the page shows; `None` when it is not a channel's page but Telegram's invitation to open the app."""
    page = answer.body.decode("utf-8", "replace")
    if "tgme_channel_history" not in page and "tgme_widget_message" not in page:
        return None
    starts = list(_MESSAGE.finditer(page))
    if not starts:
        return Preview(posts=())
    author = _author(starts[0][1], page[: starts[0].start()], base)
    ends = [match.start() for match in starts[1:]] + [len(page)]
    found = {
        match[1]: _post(match[1], page[match.end() : end], author, base)
        for match, end in zip(starts, ends, strict=True)
    }
    return Preview(posts=tuple(found.values()))


def number(name: str) -> int:
    """The 123 of "channel/123"."""
    last = name.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdecimal() else 0


def approximate(text: str) -> int | None:
    """A count as Telegram shortens it: "1.2K" is 1200."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    whole, part, size = match.groups()
    return round(float(f"{whole}.{part or 0}") * _SIZE[size.upper()])


def _post(name: str, markup: str, author: Author, base: str) -> Post:
    said = _said(markup)
    views, at, reply, poll = (pattern.search(markup) for pattern in (_VIEWS, _TIME, _REPLY, _POLL))
    question = plain(poll[1]) if poll else ""
    return Post(
        network=NETWORK,
        id=name,
        url=f"{base}/{name}",
        text="\n\n".join(filter(None, (plain(said), question))),
        author=author,
        published_at=when(at[1]) if at else None,
        engagement=Engagement(views=approximate(views[1]) if views else None),
        in_reply_to=clean(reply[1]) or None if reply else None,
        # Since 2024 the page escapes the addresses of links twice.
        links=links(said.replace("&amp;amp;", "&amp;")),
    )


def _said(markup: str) -> str:
    """The markup of what a message says. It holds no block but, at times, one more of the same class around it all."""
    start = _TEXT.search(markup)
    return markup[start.end() :].partition("</div>")[0] if start else ""


def _author(name: str, head: str, base: str) -> Author:
    channel = name.partition("/")[0]
    title, counter = _TITLE.search(head), _COUNTER.search(head)
    return Author(
        handle=channel,
        name=plain(unescape(title[1]), 200) or None if title else None,
        url=f"{base}/{channel}",
        followers=approximate(counter[1]) if counter else None,
    )
