"""The words a brand is called by, as a person writes them, read into a frozen tree.

    luna "luna roja"        both; AND may be written        @luna  #luna         an account, a tag
    luna OR lunita          either; | is the same           luna.es              a site, in the text or as a link's host
    luna -eclipse           but not; NOT is the same        luna*                words that begin so (3 letters or more)
    luna (bolso OR zapato)  parentheses group               =Luna ="Luna Roja"   with just these capitals and accents

Capitals and accents do not count, except after `=`; Spanish ñ is found by n and n by ñ, so write =caña where cana is
another thing. Words are whole words: `luna` is found in #luna, @luna, luna-roja, Luna's and luna.es, but not in lunar,
luna2 or luna_x. NOT binds closest, then AND, then OR; only English operators in capitals are operators. Quotes are any
of " “ ” „ « ». A query must be false of a text that holds none of its words: else everything would be a mention.
"""

import re
import unicodedata
from typing import Final, NamedTuple

from .errors import OidoError
from .fold import fold, tidy
from .tree import OPERATORS, Node, Query, Term, both, either, is_exclusion, without

__all__ = ["Query", "QueryError", "parse"]

DEEPEST: Final = 30
SHORTEST_PREFIX: Final = 3
EXCERPT: Final = 60

_QUOTES: Final = '"“”„«»'
_TOKEN: Final = re.compile(
    rf"(?P<mark>[()|])|(?P<minus>[-–−])|(?P<exact>=?)"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?P<end>[{_QUOTES}]?)|(?P<word>[^\s()|{_QUOTES}]+))"
)
_KINDS: Final = {"|": "OR", **{mark: mark for mark in ("(", ")", *OPERATORS)}}
_DOMAIN: Final = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
_SITE: Final = re.compile(r"https?://(?:www\.)?([^/?#:@]+)/?", re.IGNORECASE)
_HANDLE: Final = re.compile(r"@\w[\w.-]*(@\w[\w.-]*)?")
_TAG: Final = re.compile(r"#[^\s#@]+")
_STEM: Final = re.compile(r"\w\S*")
_FIELD: Final = re.compile(r"(author|from|inurl|intitle|lang|near|since|site|source|title|until|url):")


class QueryError(OidoError):
    """A query cannot be read. Prints what is wrong, the query, and a caret under the place (`position`, from 0)."""

    exit_code = 2

    def __init__(self, message: str, position: int, text: str = "") -> None:
        self.message, self.position = message, position
        super().__init__(f"{message}\n{_pointed(text, position)}" if text.strip() else message)


def parse(text: str) -> Query:
    """Read a query. Raises `QueryError` and nothing else."""
    root = _Reader(text).read()
    if is_exclusion(root):
        raise QueryError("it holds of a text with none of its words; name something to look for", 0, text)
    return Query(root=root)


class _Token(NamedTuple):
    kind: str
    position: int
    term: Term | None = None


class _Reader:
    """Recursive descent: either, of both, of one, which is a term or in parentheses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [_token(text, match) for match in _TOKEN.finditer(text)]
        self._tokens.append(_Token("end", len(text)))
        self._next = 0

    def read(self) -> Node:
        root = self._either(0)
        if self._kind == ")":
            raise self._error("this parenthesis closes nothing", self._tokens[self._next])
        return root

    @property
    def _kind(self) -> str:
        return self._tokens[self._next].kind

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _either(self, depth: int) -> Node:
        parts = [self._both(depth)]
        while self._kind == "OR":
            self._take()
            parts.append(self._both(depth))
        return either(*parts)

    def _both(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._kind in ("AND", "NOT", "(", "term"):
            if self._kind == "AND":
                self._take()
            parts.append(self._one(depth))
        return both(*parts)

    def _one(self, depth: int) -> Node:
        token = self._take()
        if token.term:
            return token.term
        if token.kind not in ("NOT", "("):
            raise self._missing(token)
        if depth == DEEPEST:
            raise self._error(f"this is more than {DEEPEST} levels deep", token)
        return without(self._one(depth + 1)) if token.kind == "NOT" else self._group(token, depth + 1)

    def _group(self, opening: _Token, depth: int) -> Node:
        inner = self._either(depth)
        if self._kind != ")":
            raise self._error("this parenthesis is not closed", opening)
        self._take()
        return inner

    def _missing(self, found: _Token) -> QueryError:
        """The error for `found` standing where a term should."""
        before = self._tokens[self._next - 2] if self._next > 1 else None
        if before and before.kind != "(":
            return self._error(f"{before.kind} needs a word after it", before)
        if found.kind == "end":
            return self._error("this parenthesis is not closed" if before else "the query is empty", before or found)
        if found.kind == ")":
            return self._error("these parentheses are empty" if before else "this parenthesis closes nothing", found)
        return self._error(f"{found.kind} needs a word before it", found)

    def _error(self, message: str, token: _Token) -> QueryError:
        return QueryError(message, token.position, self._text)


def _token(text: str, match: re.Match[str]) -> _Token:
    at, kind = match.start(), _KINDS.get(match[0])
    if kind:
        return _Token(kind, at)
    if match["minus"]:
        if text[at + 1 : at + 2].strip() in ("", "|", ")"):
            raise QueryError("- must touch the word that it leaves out", at, text)
        return _Token("NOT", at)
    try:
        return _Token("term", at, _term(match))
    except ValueError as error:
        raise QueryError(str(error), at, text) from None


def _term(match: re.Match[str]) -> Term:
    """What a word or a phrase stands for. `ValueError` says why it is neither."""
    exact = bool(match["exact"])
    if match["word"]:
        term = _word(tidy(match["word"]), exact)
    elif match["end"]:
        term = Term(text=tidy(match["phrase"]), exact=exact)
    else:
        raise ValueError("this quote is not closed")
    if not any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "So" for char in fold(term.text)):
        raise ValueError("there is no letter, digit or symbol to look for")
    return term


def _word(word: str, exact: bool) -> Term:
    if field := _FIELD.match(word):
        raise ValueError(f"{field[0]} is not understood; a site is asked for by its domain alone, as luna.es")
    if word.endswith((",", ";")):
        raise ValueError("words are parted by OR or by a space, not by commas")
    stem, prefix = word.removesuffix("*"), word.endswith("*")
    if "*" in stem:
        raise ValueError("* may only stand at the end of a word")
    if prefix and _letters(stem) < SHORTEST_PREFIX:
        raise ValueError(f"* needs at least {SHORTEST_PREFIX} letters before it")
    if exact and stem.startswith(("@", "#")):
        raise ValueError("= is for words and phrases; capitals do not count in handles and tags")
    if stem.startswith(("@", "#")) or not (exact or prefix):
        return _plain(stem, prefix)
    if prefix and not _STEM.fullmatch(stem):
        raise ValueError("* is for a single word, which begins with a letter or a digit")
    return Term(text=stem, exact=exact, prefix=prefix)


def _letters(word: str) -> int:
    """Letters and digits; a Hangul syllable is two or three."""
    return sum(map(str.isalnum, unicodedata.normalize("NFKD", word)))


def _plain(word: str, prefix: bool) -> Term:
    if word.startswith("@"):
        if not _HANDLE.fullmatch(word):
            raise ValueError("this is not a handle: @name or @name@server")
        return Term(text=word, kind="handle", prefix=prefix)
    if word.startswith("#"):
        if not _TAG.fullmatch(word):
            raise ValueError("this is not a tag: # and a word")
        return Term(text=word, kind="tag", prefix=prefix)
    if "://" in word:
        site = _SITE.fullmatch(word)
        if not site:
            raise ValueError("a site is asked for by its domain alone, as luna.es; single pages cannot be")
        word = site[1]
    host = word.removeprefix("www.")
    return Term(text=host, kind="domain") if _DOMAIN.fullmatch(host) else Term(text=word)


def _pointed(text: str, position: int) -> str:
    """The query around `position`, in one line, and a line with a caret under it."""
    start = max(0, position - EXCERPT)
    before, after = text[start:position], text[position : position + EXCERPT]
    shown = "".join(char if char.isprintable() else " " for char in before + after)
    return f"  {shown}\n  {' ' * sum(map(_width, before))}^"


def _width(char: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
