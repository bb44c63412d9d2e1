"""Texts taken apart into tokens (words, smileys, emoji, runs of punctuation), and tokens into folded characters.

Folded: lower case, no accents, every digit a zero, no letter more than twice in a row. All tokens of a page stand on
one line between spaces, so that what follows is arithmetic on one array.
"""

import html
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Bools = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

LIMIT = 4_000
"""Characters of a text that are read. A post that has said nothing by then is not a post."""
SPACE = 32

_URL = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_TOKEN = re.compile(
    r"\n"
    r"|@\w+"
    r"|[:;=][-'^]?[()\[\]DPpOo/|\\3*$@]+(?!\w)|<3+|\^_*\^|[xX]D+\b"
    r"|[^\W_]+(?:['’`´][^\W_]+)*"
    r"|[!?¡¿]+|\.+|[,;:%€$£+]"
    r"|[^\x00-\x7f\w\s\u0300-\u036f\u200b-\u200f\u2018-\u201f\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"
)
_STEP = 0x5851F42D4C957F2D
_STEP_INVERSE = pow(_STEP, -1, 1 << 64)


def clean(text: str) -> str:
    """The text on one line, without markup escapes and capped, otherwise as written."""
    text = text[:LIMIT]
    if "&" in text:
        text = html.unescape(text)[:LIMIT]
    return " ".join(text.splitlines()) if not text.isprintable() else text


def tokenise(texts: Sequence[str]) -> tuple[list[str], Ints]:
    """The tokens of all texts in one list, and how many each text has. Addresses are left out, hashtags are taken
    apart at their humps."""
    joined = "\n".join(map(clean, texts))
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", joined)
    joined = _URL.sub(" ", joined)
    if "#" in joined:
        joined = _HASHTAG.sub(lambda tag: _HUMP.sub(" ", tag[1]), joined)
    found = _TOKEN.findall(joined)
    ends = [place for place, token in enumerate(found) if token == "\n"]
    bounds = np.array([-1, *ends, len(found)] if texts else [], dtype=np.int64)
    return [token for token in found if token != "\n"], np.diff(bounds) - 1


def _fold_table() -> Codes:
    """Code point to code point: lower case, no accent, every digit a zero. 0 drops the character."""
    table = np.arange(0x3100, dtype=np.uint32)
    for code in range(0x250):
        bare = unicodedata.normalize("NFD", chr(code).lower())[0]
        table[code] = ord(bare)
    table[ord("0") : ord("9") + 1] = ord("0")
    table[0x300:0x370] = 0
    for quote in "’`´":
        table[ord(quote)] = ord("'")
    return table


_FOLD = _fold_table()


def fold(tokens: Sequence[str]) -> tuple[Codes, Bools]:
    """The tokens as code points between spaces, folded, and where a letter was stretched ("sooo": one of the three
    is dropped and its place marked)."""
    line = f" {' '.join(tokens)} ".lower()
    codes = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
    small = codes < len(_FOLD)
    codes[small] = _FOLD[codes[small]]
    codes = codes[codes != 0]
    again = np.zeros(len(codes), dtype=bool)
    again[2:] = (codes[2:] == codes[1:-1]) & (codes[1:-1] == codes[:-2]) & (codes[2:] != ord("0"))
    stretched = np.zeros(len(codes), dtype=bool)
    stretched[:-1] = again[1:] & ~again[:-1]
    return codes[~again], stretched[~again]


def _powers(base: int, count: int) -> Hashes:
    steps = np.full(count, base, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)


def spell(codes: Codes, starts: Ints, ends: Ints) -> Hashes:
    """A 64-bit hash of each token's characters, by one running sum over the line (all of it modulo 2**64)."""
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * _powers(_STEP, len(codes)), out=sums[1:])
    spelled = (sums[ends] - sums[starts]) * _powers(_STEP_INVERSE, len(codes))[starts]
    return np.asarray(spelled ^ (spelled >> np.uint64(29)), dtype=np.uint64)


def bounds(codes: Codes) -> tuple[Ints, Ints]:
    """Where each token begins and ends."""
    space = np.flatnonzero(codes == SPACE)
    return space[:-1] + 1, space[1:]


def hashed(tokens: Sequence[str]) -> Hashes:
    """The hash of each of these tokens."""
    codes, _ = fold(tokens)
    return spell(codes, *bounds(codes))
