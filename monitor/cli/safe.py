"""Text from strangers, made fit for a terminal: it can neither drive it nor disguise what stands there.

Connectors clean what they bring. This is the second lock, at the door: a store may hold older text, and names, errors
and links come by other ways.
"""

import re
from typing import Final

# What a terminal obeys: CSI (colours, cursor); OSC, DCS, APC, PM (title, clipboard, links) up to their end; the rest.
_SEQUENCE: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Control characters, the bidirectional overrides and isolates, what is invisible, non-characters and lone surrogates.
# The joiner U+200D and the variation selectors stay: emoji are made of them.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\ufffe\uffff\U000e0000-\U000e007f]"
)
_LONE: Final = re.compile("[\ud800-\udfff]")
_STACK: Final = re.compile("([\u0300-\u036f]{4})[\u0300-\u036f]+")


def block(text: str) -> str:
    """`text` with its line breaks and without anything that is not seen."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _UNSEEN.sub("", _SEQUENCE.sub("", text)).replace("\t", "    ")
    return _STACK.sub(r"\1", _LONE.sub("\ufffd", text))


def line(text: str) -> str:
    """`text` in one line, its blanks drawn together."""
    return " ".join(block(text).split())


def escaped(json: str) -> str:
    """A JSON document in which nothing unseen stands as itself: the same document, to a parser."""
    unsafe = _UNSEEN.sub(lambda found: _escape(found[0]), _LONE.sub(lambda found: _escape(found[0]), json))
    return unsafe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
