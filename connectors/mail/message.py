"""Mails as they really come (RFC 5322, MIME): broken, in charsets of any name, without dates. Attachments are not read.

The standard library's newer policies stumble over some headers, so headers are decoded here and by nobody else.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from hashlib import sha1

from ..text import clean, when

_ENCODED = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_FOLD = re.compile(r"(?<!\s)\s*[\r\n]+\s*")
_BRACKETED = re.compile(r"<([^<>\s]+)>")
_LONGEST_NAME = 500
_LONGEST_HEADER = 10_000
_DEEPEST = 20
"""Parts within parts."""
# What is called so holds what Windows has there besides, as on the web. Some codecs are no charsets, and slow.
_MEANT = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
}
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "undefined"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says. `text` and `markup` are its two versions, as they were sent; "" for one that is missing.

    `sender` is an address in lower case, "" if there is none. `is_bulk`: sent to many, or by a machine.
    """

    id: str
    sender: str
    name: str
    subject: str
    sent: datetime | None
    answers: str
    is_bulk: bool
    text: str
    markup: str

    @property
    def is_empty(self) -> bool:
        return not (self.sender or self.subject or self.id)


def mail(raw: bytes) -> Mail:
    """`ValueError`, `LookupError` and the like for what even the standard library's parser cannot take apart."""
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    headers = Headers(message)
    sender, name = author(headers.raw("from"))
    texts = list(_leaves(message))
    return Mail(
        id=_identity(headers["message-id"]),
        sender=sender,
        name=name,
        subject=clean(headers["subject"], 1_000),
        sent=when(headers["date"]),
        answers=_identity(headers["in-reply-to"]),
        is_bulk=any(headers[name] for name in ("list-id", "list-unsubscribe", "auto-submitted", "precedence")),
        text="\n\n".join(words for kind, words in texts if kind == "text/plain"),
        markup="\n".join(words for kind, words in texts if kind == "text/html"),
    )


class Headers:
    """The first of each name, decoded; "" for those that are missing."""

    def __init__(self, message: Message) -> None:
        self._raw: dict[str, str] = {}
        for name, value in message.raw_items():
            self._raw.setdefault(name.lower(), str(value))

    def __getitem__(self, name: str) -> str:
        return words(self.raw(name))

    def raw(self, name: str) -> str:
        return self._raw.get(name, "")


def author(header: str) -> tuple[str, str]:
    """Address and name of the first that a From names. Names may hold commas once they are decoded, so not before."""
    header = _unfolded(header)
    for name, address in getaddresses([header]):
        if "@" in address:
            return clean(address, 320).lower(), clean(words(name), 200)
    found = re.search(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+", header)  # commas and the like that nobody put in quotes
    return (clean(found[0], 320).lower(), "") if found else ("", "")


def words(header: str) -> str:
    """A header as it reads: lines unfolded, encoded words (RFC 2047) decoded, bytes beyond ASCII taken for text."""
    text = _unfolded(header)
    if "=?" not in text:
        return text
    pieces: list[str] = []
    open_bytes, open_charset, at = b"", "", 0
    text = _BETWEEN.sub(r"\1", text)
    for found in _ENCODED.finditer(text):
        charset, raw = found[1].lower(), _unpacked(found[2], found[3])
        if found.start() > at or charset != open_charset:  # a letter of several bytes may be cut between two words
            pieces += [characters(open_bytes, open_charset), text[at : found.start()]]
            open_bytes = b""
        open_bytes, open_charset, at = open_bytes + raw, charset, found.end()
    return "".join([*pieces, characters(open_bytes, open_charset), text[at:]])


def _unfolded(header: str) -> str:
    raw = header[:_LONGEST_HEADER].encode("utf-8", "surrogateescape")
    return _FOLD.sub(" ", characters(raw)).strip()


def characters(raw: bytes, charset: str = "") -> str:
    """`raw` in the charset that it is said to have, else UTF-8, else Windows-1252."""
    named = charset.strip(" \"'").lower()
    named = "" if named in _NO_CHARSETS else _MEANT.get(named, named)
    for candidate in filter(None, ("utf-8" if named in ("", "ascii", "us-ascii") else named, "utf-8")):
        try:
            return raw.decode(candidate)
        except (LookupError, UnicodeError, ValueError):  # not known, no charset at all, or not true
            continue
    return raw.decode("cp1252", "replace")


def _unpacked(way: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if way in "qQ":
        return a2b_qp(raw, header=True)
    try:
        return a2b_base64(raw + b"=" * (-len(raw) % 4))
    except Error:
        return raw


def _identity(header: str) -> str:
    """The id that a Message-ID or In-Reply-To names first."""
    found = _BRACKETED.search(header)
    name = clean(found[1] if found else header)
    return name if len(name) <= _LONGEST_NAME else f"sha1:{sha1(name.encode(), usedforsecurity=False).hexdigest()}"


def _leaves(message: Message) -> Iterator[tuple[str, str]]:
    """The texts of a mail, each with its type: not those of attachments, nor of mails within it."""
    waiting = [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        kind = part.get_content_type()
        if kind.startswith("multipart/"):
            inner = part.get_payload()
            if isinstance(inner, list) and depth < _DEEPEST:
                waiting += [(each, depth + 1) for each in reversed(inner) if isinstance(each, Message)]
                continue
            kind = "text/plain"  # said to be of parts, and is not
        if kind in ("text/plain", "text/html") and not _is_attached(part):
            yield kind, _text(part)


def _is_attached(part: Message) -> bool:
    disposition = str(part.get("content-disposition", "")).strip().lower()
    return disposition.startswith("attachment") or bool(part.get_filename())


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    text = characters(raw, str(part.get_content_charset() or "")).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        return unflowed(text, is_glued=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def unflowed(text: str, *, is_glued: bool) -> str:
    """Paragraphs whose lines were broken for the way (RFC 3676). `is_glued`: the space before a break is no word's."""
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        said = line[1:] if line.startswith(" ") else line
        is_quote = said.startswith(">")
        if is_open and not is_quote and said != "-- ":
            lines[-1] += said
        else:
            lines.append(said)
        is_open = said.endswith(" ") and said != "-- " and not is_quote
        if is_open and is_glued:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
