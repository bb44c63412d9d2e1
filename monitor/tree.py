"""A query as a frozen tree in normal form: groups are flat, nothing stands twice, and only single terms are negated."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from .fold import fold

Kind = Literal["text", "handle", "tag", "domain"]

OPERATORS: Final = ("OR", "AND", "NOT")

_BARE: Final = re.compile(r"\w[\w'&-]*")
_LOWER: Final = ("or", "and", "not")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One literal. `text` is tidied, else as written; a handle keeps its @, a tag its #, a prefix loses its *."""

    text: str
    kind: Kind = "text"
    exact: bool = False
    prefix: bool = False

    def __str__(self) -> str:
        is_bare = self.kind != "text" or self.prefix or (_BARE.fullmatch(self.text) and self.text not in OPERATORS)
        return ("=" if self.exact else "") + (self.text if is_bare else f'"{self.text}"') + ("*" if self.prefix else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    term: Term

    def __str__(self) -> str:
        return f"-{self.term}"


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " OR ".join(str(part) for part in self.parts)


Node = Term | Not | And | Or


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query that was read. Its text (`str`) is canonical: reading it again gives an equal query."""

    root: Node

    def __str__(self) -> str:
        return str(self.root)

    @property
    def terms(self) -> tuple[str, ...]:
        """What to ask a searching network for: every text that the query matches holds at least one of these.

        So `luna (bolso OR zapato)` asks for luna alone. As people write them: no quotes, no = and no *.
        """
        return distinct(term.text for term in needed(self.root))

    @property
    def names(self) -> tuple[str, ...]:
        """What satisfies the query by itself: of `luna.es OR (luna bolso)` only luna.es."""
        parts = self.root.parts if isinstance(self.root, Or) else (self.root,)
        return distinct(part.text for part in parts if isinstance(part, Term) and not part.prefix)

    @property
    def literals(self) -> tuple[Term, ...]:
        """All that has to be looked for in a text, excluded words too; each once."""
        return tuple(dict.fromkeys(leaves(self.root)))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is allowed but hardly meant, one sentence each."""
        lower = [term.text for term in self.literals if term.kind == "text" and term.text in _LOWER]
        short = [term.text for term in needed(self.root) if _is_short(term)]
        return (
            *(f"{text} is looked for as a word; the operator is written {text.upper()}" for text in lower),
            *(f"{text} is short and stands in many texts; use it beside another word, or with =" for text in short),
        )


def both(*parts: Node) -> Node:
    """All of `parts`, in normal form."""
    return _grouped(And, parts)


def either(*parts: Node) -> Node:
    """Any of `parts`, in normal form."""
    return _grouped(Or, parts)


def without(node: Node) -> Node:
    """The opposite of `node`, in normal form."""
    match node:
        case Term():
            return Not(term=node)
        case Not(term=term):
            return term
        case And(parts=parts):
            return either(*map(without, parts))
        case Or(parts=parts):
            return both(*map(without, parts))


def is_exclusion(node: Node) -> bool:
    """Whether a text that holds none of its words satisfies `node`."""
    match node:
        case Term():
            return False
        case Not():
            return True
        case And(parts=parts):
            return all(map(is_exclusion, parts))
        case Or(parts=parts):
            return any(map(is_exclusion, parts))


def needed(node: Node) -> tuple[Term, ...]:
    """A few terms of which every text that satisfies `node` holds at least one. `node` must not be an exclusion."""
    match node:
        case Term():
            return (node,)
        case And(parts=parts):
            # Any part would do. Few terms are few questions; of equals, people write the name first.
            return min((needed(part) for part in parts if not is_exclusion(part)), key=len)
        case Or(parts=parts):
            return tuple(term for part in parts for term in needed(part))
        case Not():
            raise ValueError(f"nothing is needed for {node}")


def leaves(node: Node) -> Iterator[Term]:
    """The terms below `node`, negated ones too, in the order written."""
    match node:
        case Term():
            yield node
        case Not(term=term):
            yield term
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from leaves(part)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in their order, without those that differ from an earlier one only in capitals and accents."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(fold(text), text)
    return tuple(first.values())


def _grouped(group: type[And] | type[Or], parts: tuple[Node, ...]) -> Node:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, group) else (part,))]
    once = tuple(dict.fromkeys(flat))
    return once[0] if len(once) == 1 else group(parts=once)


def _is_short(term: Term) -> bool:
    return term.kind == "text" and not term.exact and len(term.text) < 3 and term.text.isascii()
