"""Links and comments of Reddit, as its API and as its feeds have them: https://www.reddit.com/dev/api/"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import msgspec

from ..base import Answer
from ..decode import address, count, readable
from ..errors import ConnectorError, Malformed, RateLimited, Refused
from ..post import Author, Engagement, Post
from ..text import clean, links, markdown, plain, redact, when

NETWORK = "reddit"
SITE = "https://www.reddit.com"
GONE = frozenset({"[deleted]", "[removed]"})
PAUSE = timedelta(minutes=10)
"""After "you are doing that too much" without a time."""
# "Take a break for 4 minutes before trying again."
_WAIT = re.compile(r"\b(\d{1,4}) (millisecond|second|minute|hour)s?\b")
# Below every text in a feed stands who submitted it, and then "[link] [12 comments]".
_COLOPHON = re.compile(r"\s*submitted by.{0,200}\[link\]\s{0,3}\[[^\]]{0,30}\]\s*$", re.DOTALL)
_ADDRESS = re.compile(r"/comments/([0-9a-z]{1,13})(?:/[^/?#]*)?(?:/([0-9a-z]{1,13}))?/?(?:[?#]|$)")


class Thing(msgspec.Struct):
    """A link (t3) or a comment (t1)."""

    name: Annotated[str, msgspec.Meta(pattern="^t[13]_[0-9a-z]+$")]
    created_utc: Annotated[float, msgspec.Meta(ge=0, lt=4e9)]
    author: str | None = None
    title: str | None = None
    selftext: str | None = None
    selftext_html: str | None = None
    body: str | None = None
    body_html: str | None = None
    url: str | None = None
    is_self: bool | None = False
    permalink: str | None = None
    link_id: str | None = None
    parent_id: str | None = None
    edited: bool | float | None = None
    score: int | None = None
    score_hidden: bool | None = False
    num_comments: int | None = None
    removed_by_category: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether its author or a moderator took it down; what is left of it is a stub."""
        return bool(self.removed_by_category) or (self.body or self.selftext or "").strip() in GONE


class Child(msgspec.Struct):
    data: Thing


class Children(msgspec.Struct):
    children: list[msgspec.Raw] = []
    after: str | None = None


class Listing(msgspec.Struct):
    data: Children


def post(thing: Thing) -> Post:
    """A comment carries no title: its link's would make every comment below "Acme is down" a mention of Acme."""
    html = thing.body_html or thing.selftext_html or ""
    known = thing.author if thing.author and thing.author not in GONE else None
    link = None if thing.is_self else address(thing.url)
    return Post(
        network=NETWORK,
        id=thing.name,
        url=_permalink(thing),
        title=plain(thing.title or "") or None,
        text=plain(html) if html else markdown(thing.body or thing.selftext or ""),
        author=Author(handle=known, url=f"{SITE}/user/{known}") if known else None,
        published_at=when(thing.created_utc),
        edited_at=None if isinstance(thing.edited, bool) else when(thing.edited),
        engagement=Engagement(
            likes=None if thing.score is None or thing.score_hidden else max(0, thing.score),
            comments=count(thing.num_comments),
        ),
        in_reply_to=thing.parent_id or None,
        links=((link,) if link else ()) + links(html),
    )


def _permalink(thing: Thing) -> str | None:
    if thing.permalink:
        return SITE + thing.permalink
    link, comment = (thing.link_id or "").removeprefix("t3_"), thing.name.removeprefix("t1_")
    return f"{SITE}/comments/{link}/_/{comment}" if link else None


def fed(entry: Post) -> Post | None:
    """An entry of a feed as the API would have it, less the counts; `None` for what is no link or comment.

    Its address tells both ids, which the different feeds write in different ways.
    """
    ids = _ADDRESS.search(entry.url or "")
    if ids is None or entry.text in GONE:
        return None
    link, comment = ids.groups()
    known = entry.author.handle.removeprefix("/u/") if entry.author else ""
    return replace(
        entry,
        network=NETWORK,
        id=f"t1_{comment}" if comment else f"t3_{link}",
        title=None if comment else entry.title,
        text=_COLOPHON.sub("", entry.text),
        author=Author(handle=known, url=f"{SITE}/user/{known}") if known and known not in GONE else None,
        in_reply_to=f"t3_{link}" if comment else None,
        links=tuple(target for target in entry.links if not target.startswith(f"{SITE}/")),
    )


class Things(msgspec.Struct):
    things: list[msgspec.Raw] = []


class Outcome(msgspec.Struct):
    """`errors` are lists of a code, words for people and the name of a field; `ratelimit` is in seconds."""

    errors: list[list[str | None]] = []
    data: Things | None = None
    ratelimit: float | None = None


class Written(msgspec.Struct):
    json: Outcome


def written(answer: Answer) -> Thing:
    """What was published. Reddit says 200 to what it refuses, too."""
    outcome = answer.json(Written).json
    if outcome.errors:
        raise _objection(redact(answer.url), outcome.errors[0], outcome.ratelimit)
    found = readable(outcome.data.things if outcome.data else [], Child, answer.url)
    if not found:
        # So it is where what is written is shown to moderators alone, at first or for ever.
        raise Malformed(f"{redact(answer.url)}: Reddit took the answer, and does not show it", answer.body)
    return found[0].data


def _objection(where: str, error: Sequence[str | None], seconds: float | None) -> ConnectorError:
    code, words = clean(error[0] or "") if error else "", clean((error[1] if len(error) > 1 else "") or "", 200)
    why = f"{where}: Reddit says {words!r} ({code})"
    if code != "RATELIMIT":
        return Refused(why)
    return RateLimited(why, timedelta(seconds=seconds) if seconds and 0 < seconds < 86_400 else _pause(words))


def _pause(words: str) -> timedelta:
    told = _WAIT.search(words)
    return timedelta(**{f"{told[2]}s": int(told[1])}) if told else PAUSE
