"""What people type to search, as a question that SQLite's FTS5 answers and never chokes on."""

import re
from typing import Final

_PIECE: Final = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


def sought(typed: str) -> str:
    """Words that must all be there, in any order; "exact words" next to each other; `begin*` for how a word begins.

    Everything else (AND, NEAR, brackets, colons, hyphens …) is text like any other. `ValueError` when there is no word
    in it.
    """
    terms = [term for found in _PIECE.finditer(typed) if (term := _term(found))]
    if not terms:
        raise ValueError(f"{typed!r} holds no word to search for")
    return " ".join(terms)


def _term(found: re.Match[str]) -> str:
    """One piece as an FTS5 string, in quotes, where no character is an operator. FTS5 folds case and accents itself."""
    phrase, starred, word = found[1], found[2], found[3]
    text = (phrase if word is None else word.rstrip("*")).replace("\0", " ").strip()
    if not any(char.isalnum() for char in text):
        return ""
    is_beginning = bool(starred) if word is None else word.endswith("*")
    # A star belongs to the last word: after a hyphen or a full stop there would be none.
    return f'"{text}"' + (" *" if is_beginning and text[-1].isalnum() else "")
