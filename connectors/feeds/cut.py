"""Feeds cut into entries while they are still bytes: what was seen before need not be parsed again.

Parsing is by far the dearest step of a poll. Of a feed with one new entry in fifty only that one is parsed; where the
bytes leave any doubt about where an entry begins or ends, `cut` gives up and the whole feed is parsed.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

_ROOT = re.compile(rb"<(?![?!])([^\s>/]+)")
_ENTRY = {b"rss": b"item", b"rdf:RDF": b"item", b"feed": b"entry"}
_OPENING = {name: re.compile(b"<" + name + rb"(?=[\s>])") for name in (b"item", b"entry")}
_NAME = re.compile(rb"<(?:guid|id)\b[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]*)")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
# Encodings in which the bytes of ASCII mean ASCII wherever they stand.
_PLAIN = re.compile(r"(?:utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d)$", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Cut:
    """A feed's bytes: what stands before, between (nothing but space) and behind its entries."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes


def digest(entry: bytes) -> str:
    """What `entry` is remembered by: 16 characters."""
    return sha256(entry).hexdigest()[:16]


def cut(body: bytes, charset: str = "") -> Cut | None:
    """`body` cut into entries, or `None` when in doubt. `charset` is what the HTTP header says, if anything."""
    has_sections = b"<!" in body  # comments, CDATA, declarations
    if b"\0" in body or (has_sections and _DECLARATION.search(body)) or not _is_plain(body, charset):
        return None
    root = _ROOT.search(body)
    name = _ENTRY.get(root[1]) if root else None
    if name is None:
        return None
    head, *pieces = _OPENING[name].split(body)
    closing = b"</" + name + b">"
    entries: list[bytes] = []
    after = b""
    for piece in pieces:
        if after.strip():
            return None  # something stands between two entries
        entry, end, after = piece.partition(closing)
        if not end or closing in after or (has_sections and not _is_balanced(entry)):
            return None  # an entry within an entry, or one in a comment or CDATA
        entries.append(b"<" + name + entry + closing)
    if b"<" + name + b"/" in head + after:
        return None  # an entry without content
    if not entries or (has_sections and not (_is_balanced(head) and _is_balanced(after))):
        return None
    names = [name[1] for name in map(_NAME.search, entries) if name and name[1]]
    if len(set(names)) < len(names):
        return None  # two of one name are told apart by each other
    return Cut(head, tuple(entries), after)


def _is_balanced(part: bytes) -> bool:
    """Whether every comment and CDATA section that begins here also ends here."""
    return part.count(b"<![CDATA[") == part.count(b"]]>") and part.count(b"<!--") == part.count(b"-->")


def _is_plain(body: bytes, charset: str) -> bool:
    """Whether the encoding is certain: declared as one that keeps ASCII, and true to it."""
    declared = _DECLARED.match(body.removeprefix(_BOM))
    names = [name for name in (charset, declared[1].decode() if declared else "") if name]
    if not all(_PLAIN.match(name) for name in names):
        return False
    if any(not name.lower().startswith(("utf", "us-", "ascii")) for name in names):
        return not body.startswith(_BOM) and len(set(map(str.lower, names))) == 1
    try:
        body.decode("ascii" if any("ascii" in name.lower() for name in names) else "utf-8")
    except UnicodeDecodeError:
        return False
    return True
