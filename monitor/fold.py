"""Text as it is compared: `tidy` keeps case and accents, `fold` drops both; `joins` tells where a word ends.

Folding goes character by character (compatibility decomposition, marks off, case off), so that a literal folded on its
own is found in a folded text. Spanish ñ folds to n, ß to ss, İ to i, full-width and mathematical letters to plain ones.
Only the marks that people leave out when they type are dropped: accents, Arabic and Hebrew vowel points. Japanese
voicing marks, Thai and Indic vowels change the word and stay.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_PLAIN: Final = {
    **dict.fromkeys("´‘’‛ʼ′", "'"),
    **dict.fromkeys("‐‑‒–−", "-"),
    # NFKD would glue the letters TM to the name before them, and make luna…es a domain.
    **dict.fromkeys("™℠®©…\u200b", " "),
    "ŉ": "'n",
}
_LETTERS: Final = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ĳ": "ij"}
_DROPPED: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U000e0000-\U000e0fff]"
)
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_FOREIGN: Final = re.compile("[^\x00-\x7f]+")


class _Table(dict[int, str]):
    """A table for `str.translate` that works out each character the first time it is met."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change

    def __missing__(self, code: int) -> str:
        changed = self[code] = self._change(chr(code))
        return changed


def _tidied(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    category = unicodedata.category(char)
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff":
        return ""
    return "\ufffd" if category == "Cs" else char


def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFKD", _tidied(char).casefold())
    kept = _DROPPED.sub("", plain).casefold()
    # Voiced kana and Hangul syllables are composed again: one character each, as people see them.
    return unicodedata.normalize("NFC", "".join(_LETTERS.get(part, _tidied(part)) for part in kept))


_TIDY: Final = _Table(_tidied)
_FOLD: Final = _Table(_folded)


def tidy(text: str) -> str:
    """Composed, with plain apostrophes and hyphens, single spaces and nothing invisible; case and accents stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_TIDY))
    return " ".join(text.split())


def fold(text: str) -> str:
    """`tidy`, without case and accents. The length may change. A line break never survives."""
    if not text.isascii():
        # Most characters of most posts are ASCII: only the others go through the table.
        text = _FOREIGN.sub(lambda found: found[0].translate(_FOLD), unicodedata.normalize("NFC", text))
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.casefold().split())


def folded(char: str) -> str:
    """What `fold` makes of a single character that has no neighbours to compose with; spaces are kept."""
    return " " if char.isspace() else _FOLD[ord(char)].casefold()


_NONE, _WORD, _ALONE, _MARK = range(4)


class _Kinds(dict[str, int]):
    """What a character is to a word: no part, a letter, a letter of a script without spaces, or a mark on one."""

    def __missing__(self, char: str) -> int:
        kind = self[char] = self._kind(char)
        return kind

    @staticmethod
    def _kind(char: str) -> int:
        if unicodedata.category(char)[0] == "M":
            return _MARK
        if _UNSPACED.match(char):
            return _ALONE
        return _WORD if char.isalnum() or char == "_" else _NONE


_KINDS: Final = _Kinds()


def joins(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word. Underscore and digits join; hyphen and apostrophe part.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese write no spaces: any two of their letters may part.
    """
    before, after = _KINDS[left], _KINDS[right]
    if after == _MARK:
        return before != _NONE
    return after == _WORD and before in (_WORD, _MARK)


def is_word(char: str) -> bool:
    """Whether a character can be part of a word in a script that writes spaces."""
    return _KINDS[char] in (_WORD, _MARK)
