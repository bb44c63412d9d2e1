"""The post that a row of a table becomes, by the names that its user gave to the columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from zoneinfo import ZoneInfo

from ..decode import address
from ..post import Author, Engagement, Post
from ..text import clean, links, when
from .rows import Cells

COLUMNS = frozenset(
    {"id", "url", "title", "text", "author", "name", "profile", "followers", "date", "language"}
    | {"likes", "shares", "comments", "views", "in_reply_to"}
)
"""What a row may tell of a post; each stands in the column of that name, unless `columns` names another."""
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]\w+)*$", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,3}(?:[., ' \u202f]\d{3})*|\d{1,12}")
_LONGEST_ID = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the rows of a source are understood. `dates` is the form of its times (`%d/%m/%Y %H:%M`), "" for ISO 8601;
    those that name no zone are in `zone`."""

    columns: Mapping[str, str]
    network: str
    dates: str = ""
    zone: str = "UTC"


def post(row: Cells, reading: Reading) -> Post | None:
    """`None` for a row that says nothing. Without an id of its own, what identifies a row is what it says and who, when
    and where it was said: counts may change."""

    def told(kind: str) -> str:
        return _cell(row, reading.columns.get(kind, kind))

    text, title = clean(told("text")), clean(told("title"), 500)
    if not text and not title:
        return None
    said = "|".join(map(told, ("url", "author", "date", "title", "text")))
    return Post(
        network=reading.network,
        id=clean(told("id"), _LONGEST_ID)
        or f"sha1:{sha1(said.encode('utf-8', 'replace'), usedforsecurity=False).hexdigest()}",
        url=address(told("url").strip()),
        title=title or None,
        text=text,
        author=_author(told("author"), told("name"), told("profile"), told("followers")),
        published_at=moment(told("date").strip(), reading),
        language=_language(told("language").strip()),
        engagement=Engagement(
            likes=_count(told("likes")),
            shares=_count(told("shares")),
            comments=_count(told("comments")),
            views=_count(told("views")),
        ),
        in_reply_to=clean(told("in_reply_to"), _LONGEST_ID) or None,
        links=links(text),
    )


def moment(text: str, reading: Reading) -> datetime | None:
    """A time as the file writes it, in UTC; `None` for what is none."""
    try:
        found = datetime.strptime(text, reading.dates) if reading.dates else datetime.fromisoformat(text)  # noqa: DTZ007
    except (ValueError, re.error):
        return when(text)
    return when((found if found.tzinfo else found.replace(tzinfo=ZoneInfo(reading.zone))).isoformat())


def _cell(row: Cells, name: str) -> str:
    """What stands in a column, whatever the case of its name; of JSON also by its way: `user.name`."""
    value = row.get(name, row.get(name.lower()))
    if value is None and "." in name:
        first, _, rest = name.partition(".")
        inner = row.get(first)
        return _cell(inner, rest) if isinstance(inner, dict) else ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _author(handle: str, name: str, profile: str, followers: str) -> Author | None:
    handle, name = clean(handle, 200), clean(name, 200)
    if not handle and not name:
        return None
    return Author(handle=handle or name, name=name or None, url=address(profile.strip()), followers=_count(followers))


def _count(text: str) -> int | None:
    """A count as spreadsheets write it: 1234, 1.234 or 1,234."""
    text = text.strip().removesuffix(".0")
    return int(re.sub(r"\D", "", text)) if _COUNT.fullmatch(text) else None


def _language(code: str) -> str | None:
    match = _LANGUAGE.match(code)
    return match[1].lower() if match else None
