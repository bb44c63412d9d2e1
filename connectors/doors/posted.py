"""What strangers' programs post, as posts: where in their documents each part of a post stands, the configuration says.

A path is keys with full stops between them (`comment.message`). A list on the way stands for each of its members, a
key that itself has full stops in it is found too, and `a | b` is `b` where there is nothing at `a`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec

from ..post import Post
from ..tables import row
from ..text import clean, links, plain, when
from .knock import FORM, Knock, TurnedAway

T = TypeVar("T")

_SAME = ("id", "url", "title", "text", "author", "followers", "language", "likes", "shares", "comments", "views")
COLUMNS: Mapping[str, str] = {
    **{name: name for name in (*_SAME, "in_reply_to")},
    "author_name": "name",
    "author_url": "profile",
    "published": "date",
}
"""What can be told of a post, and what a row of a table calls it. Each stands at the path of its own name, unless
`fields` says another."""

MOST_POSTS = 1_000
MOST_PAIRS = 1_000
"""Of one form."""
MOST_TOLD = 20
"""Posts that an answer gives reasons for; and keys that a reason names."""

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:#\w{1,8}|[a-zA-Z]\w{1,30});")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the documents of a source are understood. `posts` is where the posts are, "" for the document itself."""

    posts: str
    fields: Mapping[str, str] = field(default_factory=dict)
    network: str

    def path(self, name: str) -> str:
        return self.fields.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Generic[T]):
    """The posts of one document, or what they can be looked up by, and why others in it are none, by their place in it,
    from 1."""

    posts: tuple[T, ...]
    left_out: Mapping[int, str]


def delivery(knock: Knock, reading: Reading) -> Delivery[Post]:
    """`TurnedAway` when the document cannot be read, has too many posts, or not one that can be understood."""
    try:
        entries = _entries(_document(knock), reading)
        posts: list[Post] = []
        left_out: dict[int, str] = {}
        for number, entry in enumerate(entries, 1):
            found = post(entry, reading, knock.at)
            if found:
                posts.append(found)
            else:
                left_out[number] = _missing(entry, reading)
    except RecursionError as error:
        raise TurnedAway(400, "nested too deeply") from error
    if left_out and not posts:
        raise TurnedAway(422, next(iter(left_out.values())))
    return Delivery(posts=tuple(posts), left_out=left_out)


def post(entry: object, reading: Reading, now: datetime) -> Post | None:
    """The post that `entry` is; `None` when it says nothing, in text or in title."""
    if not isinstance(entry, dict):
        return None
    told = {column: _first(entry, reading.path(name)) for name, column in COLUMNS.items()}
    published, markup = when(told["date"], now=now), str(told["text"] or "")
    told |= {"text": _readable(markup), "title": _readable(str(told["title"] or ""))}
    told["date"] = published.isoformat() if published else None
    found = row.post(told, row.Reading(columns={}, network=reading.network))
    return replace(found, links=links(markup)) if found else None


def objections(path: str) -> str:
    """What is wrong with a path, "" for nothing. Whether there is anything at it only the documents can tell."""
    for each in path.split("|"):
        if not each.strip():
            return "empty, or nothing on one side of |"
        if any(not key.strip() for key in each.split(".")):
            return f"nothing between two full stops, or at an end, in {each.strip()!r}"
    return ""


def _document(knock: Knock) -> object:
    if knock.kind == FORM:
        return _form(knock.body)
    try:
        return msgspec.json.decode(knock.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TurnedAway(400, f"not JSON: {error}") from error


def _form(body: bytes) -> Mapping[str, object]:
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=MOST_PAIRS, strict_parsing=bool(body), keep_blank_values=True)
    except ValueError as error:
        raise TurnedAway(400, f"not a form in UTF-8, or of more than {MOST_PAIRS} fields") from error
    return dict(pairs)


def _entries(document: object, reading: Reading) -> Sequence[object]:
    if reading.posts:
        entries = list(_reach(document, reading.posts))
        if not entries and not any(_is_empty(document, each.strip()) for each in reading.posts.split("|")):
            raise TurnedAway(422, f'posts: nothing at "{reading.posts}"; {_there(document)}')
    else:
        entries = document if isinstance(document, list) else [document]
    if len(entries) > MOST_POSTS:
        raise TurnedAway(413, f"more than {MOST_POSTS} posts; send them in several parts")
    return entries


def _reach(value: object, path: str) -> Iterator[object]:
    """All that stands at a path; what is at the first of its alternatives where there is anything."""
    for each in path.split("|"):
        if found := list(_walk(value, each.strip())):
            yield from found
            return


def _walk(value: object, path: str) -> Iterator[object]:
    if isinstance(value, list):
        for member in value:
            yield from _walk(member, path)
    elif not path:
        if value is not None:
            yield value
    elif step := _step(value, path):
        yield from _walk(*step)


def _is_empty(value: object, path: str) -> bool:
    """Whether nothing stands at a path because a list on the way has nothing in it."""
    if isinstance(value, list):
        return not value or any(_is_empty(member, path) for member in value)
    step = _step(value, path) if path else None
    return step is not None and _is_empty(*step)


def _step(value: object, path: str) -> tuple[object, str] | None:
    """What stands at the beginning of a path, and the rest of the path."""
    if not isinstance(value, dict):
        return None
    first, _, rest = path.partition(".")
    if path in value:
        return value[path], ""
    return (value[first], rest) if rest and first in value else None


def _first(entry: Mapping[str, object], path: str) -> str | int | float | None:
    """The first thing at a path that can be written down: neither an object nor yes or no, and not empty."""
    for each in path.split("|"):
        for value in _walk(entry, each.strip()):
            if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
                return value
    return None


def _readable(text: str) -> str:
    # plain() folds line ends, as HTML has it: they are kept where there is no markup.
    return plain(text) if _MARKUP.search(text) else clean(text)


def _missing(entry: object, reading: Reading) -> str:
    text, title = reading.path("text"), reading.path("title")
    return f'text: nothing at "{text}", nor at "{title}" for a title; {_there(entry)}'


def _there(value: object) -> str:
    if not isinstance(value, dict):
        return f"there is {'a list' if isinstance(value, list) else 'no object'}"
    names = ", ".join(clean(str(key), 60) for key in list(value)[:MOST_TOLD])
    return f"there is: {names}" if names else "the object is empty"
