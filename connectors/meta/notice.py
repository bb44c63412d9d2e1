"""What Meta's webhook tells of Instagram: that somebody named an account, and by which ids it can be looked up.

https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram (field `mentions`)
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from ..doors.knock import Knock, TurnedAway
from ..doors.posted import Delivery
from ..text import clean

FIELD = "mentions"
Number = Annotated[str, msgspec.Meta(pattern=r"^\d{1,40}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody named the account below the photo `media`, or in its caption where there is no `comment`."""

    media: str
    comment: str = ""


class Value(msgspec.Struct):
    media_id: Number
    comment_id: Number | None = None


class Change(msgspec.Struct):
    field: str = ""
    value: msgspec.Raw = msgspec.Raw(b"null")


class Entry(msgspec.Struct):
    """All that happened to one account; messages and the like come beside `changes`."""

    id: str | int = ""
    changes: list[Change] = []


class Notification(msgspec.Struct):
    object: str = ""
    entry: list[Entry] = []


def notices(knock: Knock, user: str) -> Delivery[Notice]:
    """The mentions of the account `user` that a notification tells of, and why its other changes are passed over."""
    try:
        told = msgspec.json.decode(knock.body, type=Notification | list[Notification])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise TurnedAway(400, f"not a notification of Meta's: {error}") from error
    found: dict[Notice, None] = {}
    left_out: dict[int, str] = {}
    every = told if isinstance(told, list) else [told]
    changes = [(each.object, entry, change) for each in every for entry in each.entry for change in entry.changes]
    for number, (network, entry, change) in enumerate(changes, 1):
        notice = _notice(change.value)
        if why := _objection(network, entry, change, user):
            left_out[number] = why
        elif notice is None:
            left_out[number] = "value: no media_id"
        else:
            found[notice] = None
    return Delivery(posts=tuple(found), left_out=left_out)


def _objection(network: str, entry: Entry, change: Change, user: str) -> str:
    if network != "instagram":
        return f"object: {clean(network, 40)!r} is not instagram; subscribe to Instagram in the app's dashboard"
    if change.field != FIELD:
        return f"field: {clean(change.field, 40)!r} is not read here; only {FIELD}"
    if str(entry.id) != user:
        return f"entry: of the account {clean(str(entry.id), 40)!r}, not of the one that user says"
    return ""


def _notice(value: msgspec.Raw) -> Notice | None:
    try:
        told = msgspec.json.decode(value, type=Value)
    except msgspec.MsgspecError:
        return None
    return Notice(media=told.media_id, comment=told.comment_id or "")
