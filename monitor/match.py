"""Which brands a post names: one automaton over the words of all brands, then only the queries of those it found.

A post is folded once. An Aho-Corasick pass finds every literal of every brand in it, overlapping ones too; each must
then stand on word boundaries and, after `=`, in the text as written. Queries are evaluated over the numbers of the
literals found. Cost per post hardly grows with the number of brands.

Besides its query a brand is named by its handles, as @handle or, on Reddit, u/handle, unless a part of the query that
excludes (`-eclipse`) says otherwise. Links count for domains (their hosts) and for handles (`https://server/@handle`).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick

from connectors.post import Author, Post

from .fold import fold, tidy
from .places import address, is_in, stands, traces
from .tree import And, Node, Not, Or, Term, both, distinct, either, is_exclusion, leaves, needed
from .types import Brand

RULES: Final = "1"
"""Counted up when the same query comes to match other texts, so that stores know of it."""

Found = Set[int]
Holds = Callable[[Found], bool]


class Matcher:
    """Finds the brands that posts name. Made once per configuration; safe to share between threads."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self.terms = distinct(text for brand in brands for text in brand.query.terms)
        self.fingerprint = _fingerprint(brands)
        roots = [_named(brand) for brand in brands]
        literals = tuple(dict.fromkeys(term for root in roots for term in leaves(root)))
        numbers = {literal: number for number, literal in enumerate(literals)}
        self._watches = tuple(
            _Watch(brand=brand, holds=_compiled(root, numbers), own=tuple(map(account, brand.handles)))
            for brand, root in zip(brands, roots, strict=True)
        )
        self._candidates = _candidates(roots, numbers)
        self._patterns = _patterns(numbers)
        self._automaton = AhoCorasick([pattern for pattern, _ in self._patterns])
        self._reads_links = any(literal.kind in ("domain", "handle") for literal in literals)

    def match(self, posts: Sequence[Post]) -> list[tuple[Brand, ...]]:
        """For each post the brands it names, in the order they were given; none for most."""
        return [self._brands(post) for post in posts]

    def _brands(self, post: Post) -> tuple[Brand, ...]:
        haystack = f"\n{fold(post.title)}\n{fold(post.text)}\n" if post.title else f"\n{fold(post.text)}\n"
        end = len(haystack)
        if self._reads_links and post.links:
            haystack += "".join(map(traces, post.links))
        hits = self._automaton.find_matches_as_indexes(haystack, overlapping=True)
        found = self._standing(post, haystack, end, hits) if hits else None
        if not found:
            return ()
        candidates = sorted({index for number in found for index in self._candidates.get(number, ())})
        watches = [self._watches[index] for index in candidates]
        return tuple(watch.brand for watch in watches if watch.holds(found) and not watch.wrote(post))

    def _standing(self, post: Post, haystack: str, end: int, hits: Sequence[tuple[int, int, int]]) -> set[int]:
        """The numbers of the literals that stand in the post as whole words; what lies beyond `end` are its links."""
        found: set[int] = set()
        absent: set[int] = set()
        written: str | None = None
        for pattern, start, stop in hits:
            for number, literal in self._patterns[pattern][1]:
                if number in found or number in absent or (start >= end and literal.kind not in ("domain", "handle")):
                    continue
                if not literal.exact:
                    if stands(literal, haystack, start, stop):
                        found.add(number)
                    continue
                written = written or f"\n{tidy(post.title or '')}\n{tidy(post.text)}\n"
                (found if is_in(literal, written) else absent).add(number)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A handle in its parts, folded: `@Luna@mastodon.social` is luna at mastodon.social; `server` may be unknown."""

    name: str
    server: str | None


def account(handle: str) -> Account:
    name, _, server = _bare(fold(handle)).partition("@")
    if not server and name.endswith(".bsky.social"):
        name, server = name.removesuffix(".bsky.social"), "bsky.social"
    return Account(name=name, server=server or None)


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("/").removeprefix("u/").removeprefix("@")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    brand: Brand
    holds: Holds
    own: tuple[Account, ...]

    def wrote(self, post: Post) -> bool:
        """Whether the brand itself is the author."""
        return bool(self.own) and post.author is not None and any(_is_same(own, post.author) for own in self.own)


def _is_same(own: Account, author: Author) -> bool:
    """A server that one side leaves open is no difference, unless the author's page is known to be elsewhere."""
    theirs = account(author.handle)
    if own.name != theirs.name:
        return False
    if own.server and not theirs.server and author.url:
        return f".{address(author.url)[0]}".endswith(f".{own.server}")
    return not own.server or not theirs.server or own.server == theirs.server


def _named(brand: Brand) -> Node:
    """What names the brand: its query or one of its handles, and never what the query excludes as a whole."""
    root = brand.query.root
    handles = [Term(text=f"@{_bare(handle)}", kind="handle") for handle in brand.handles if _bare(handle)]
    exclusions = [part for part in root.parts if is_exclusion(part)] if isinstance(root, And) else []
    return both(either(root, *handles), *exclusions) if handles else root


def _candidates(roots: Sequence[Node], numbers: Mapping[Term, int]) -> dict[int, list[int]]:
    """For a literal, the brands whose query may hold because of it."""
    candidates: dict[int, list[int]] = {}
    for index, root in enumerate(roots):
        for literal in dict.fromkeys(needed(root)):
            candidates.setdefault(numbers[literal], []).append(index)
    return candidates


def _patterns(numbers: Mapping[Term, int]) -> list[tuple[str, tuple[tuple[int, Term], ...]]]:
    """What the automaton looks for, and the literals that each finding may be."""
    meant: dict[str, list[tuple[int, Term]]] = {}
    for literal, number in numbers.items():
        for spelling in _spellings(literal):
            meant.setdefault(spelling, []).append((number, literal))
    return [(spelling, tuple(literals)) for spelling, literals in meant.items()]


def _spellings(literal: Term) -> Iterator[str]:
    folded = fold(literal.text)
    yield folded
    if literal.kind == "handle" and "@" not in folded[1:] and "." not in folded:
        yield f"u/{folded[1:]}"


def _compiled(node: Node, numbers: Mapping[Term, int]) -> Holds:
    """The query as a function of the literals found. Mere alternatives, as in most queries, are one set operation."""
    match node:
        case Term():
            number = numbers[node]
            return lambda found: number in found
        case Not(term=term):
            number = numbers[term]
            return lambda found: number not in found
        case And(parts=parts):
            every = [_compiled(part, numbers) for part in parts]
            return lambda found: all(holds(found) for holds in every)
        case Or(parts=parts):
            plain = frozenset(numbers[part] for part in parts if isinstance(part, Term))
            groups = [_compiled(part, numbers) for part in parts if not isinstance(part, Term)]
            return lambda found: not plain.isdisjoint(found) or any(holds(found) for holds in groups)


def _fingerprint(brands: Sequence[Brand]) -> str:
    """A hash of all that decides which posts are mentions of whom."""
    known = [RULES, *sorted(repr((brand.name, str(brand.query), sorted(brand.handles))) for brand in brands)]
    return hashlib.sha256("\n".join(known).encode("utf-8", "replace")).hexdigest()[:16]
