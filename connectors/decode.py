"""Lists from strangers, decoded one entry at a time, so that a broken entry does not hide the others."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from .errors import Malformed
from .log import fields, logger
from .text import clean, redact

log = logger(__name__)
T = TypeVar("T")


def readable(entries: Sequence[msgspec.Raw], shape: type[T], where: str) -> list[T]:
    """The entries that fit `shape`, in order; the others are logged and left out.

    `Malformed` when there are several and none fits: then it is not an entry that is broken, the network has changed.
    """
    decoder = msgspec.json.Decoder(shape, strict=False)
    fitting: list[T] = []
    where = redact(where)
    misfit: Exception | None = None
    for entry in entries:
        try:
            fitting.append(decoder.decode(entry))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            misfit = error
    if misfit and not fitting and len(entries) > 1:
        raise Malformed(f"{where}: not one entry as expected: {misfit}", bytes(entries[0])) from misfit
    if misfit:
        left_out = len(entries) - len(fitting)
        log.warning("entries left out", extra=fields(where=where, entries=left_out, error=misfit))
    return fitting


def count(number: int | None) -> int | None:
    """A count of reactions; `None` for what networks write instead of one (Mastodon hides followers as -1)."""
    return number if number is not None and number >= 0 else None


def address(url: str | None) -> str | None:
    """A web address that a person may follow; `None` for anything else, be it `javascript:`."""
    if not url or not url.startswith(("http://", "https://")):
        return None
    return url if url.isascii() and url.isprintable() else clean(url)
