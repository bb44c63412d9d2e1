"""Text as the models read it: the brand's own name becomes one word, so that what is said is said of it and its letters
weigh nothing ("Verde" is no colour, "Fatal" no verdict); other accounts and links become one word each.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

BRAND: Final = "@brand"
ACCOUNT: Final = "@user"
LINK: Final = "http"

_LINKS: Final = re.compile(r"https?://\S+|www\.\S+")
_ACCOUNTS: Final = re.compile(rf"(?<!\w)(?!{BRAND}\b)@\w+(?:[.@-]\w+)*")


def read(text: str, names: Sequence[str] = ()) -> str:
    """`text` as a model reads it, with `BRAND` where one of `names` stood."""
    # Half a surrogate pair is no text, and SentencePiece takes none.
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    marked = mark(_LINKS.sub(LINK, html.unescape(whole)), names)
    return unicodedata.normalize("NFKC", " ".join(_ACCOUNTS.sub(ACCOUNT, marked).split()))


def mark(text: str, names: Sequence[str]) -> str:
    """`text` with `BRAND` in place of each of `names`: whole words, capitals and accents aside, an @ or # before it
    included. Of names within each other the longest counts."""
    pattern = _pattern(tuple(names))
    if pattern is None:
        return text
    parts, at = [], 0
    for found in pattern.finditer(_flat(text)):
        parts += [text[at : found.start()], BRAND]
        at = found.end()
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=1_000)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    bare = {_flat(name.strip().removeprefix("u/").lstrip("@#")) for name in names}
    longest = sorted((name for name in bare if len(name) > 1), key=lambda name: (-len(name), name))
    if not longest:
        return None
    return re.compile(rf"(?<!\w)(?:u/|[@#])?(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def _flat(text: str) -> str:
    """Without capitals and accents, each character in its place."""
    return text.lower() if text.isascii() else "".join(map(_plain, text))


@lru_cache(maxsize=10_000)
def _plain(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0].lower()[:1]
