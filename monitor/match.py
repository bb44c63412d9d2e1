"""Which brands a post names: one automaton over the words of all brands, then only the queries of those it found.

A page of posts is folded and searched as one long text, a line for each title and text: a call per page is several
times cheaper than a call per post. An Aho-Corasick pass finds every literal of every brand, overlapping ones too; each
must then stand on word boundaries and, after `=`, in the text as written. Queries are evaluated over the numbers of the
literals found. Cost per post hardly grows with the number of brands.

Besides its query a brand is named by its handles, as @handle or, on Reddit, u/handle, unless a part of the query that
excludes (`-eclipse`) says otherwise. Links count for domains (their hosts) and for handles (`https://server/@handle`).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from connectors.post import Author, Post

from .bulk import Folder
from .fold import fold
from .places import address, stands
from .sheet import Sheet, Written, lay_out
from .tree import And, Node, Not, Or, Term, both, distinct, either, is_exclusion, leaves, needed
from .types import Brand

RULES: Final = "1"
"""Counted up when the same query comes to match other texts, so that stores know of it."""

PAGE: Final = 200
"""Posts searched together. Larger pages are no faster: their arrays are mapped and cleared anew each time."""

MOST_IN_DFA: Final = 5_000

_IN_LINKS: Final = ("domain", "handle")

Found = Set[int]
Holds = Callable[[Found], bool]


class Matcher:
    """Finds the brands that posts name. Made once per configuration; safe to share between threads."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self.terms = distinct(text for brand in brands for text in brand.query.terms)
        self.fingerprint = _fingerprint(brands)
        roots = [_naming(brand) for brand in brands]
        literals = tuple(dict.fromkeys(term for root in roots for term in leaves(root)))
        numbers = {literal: number for number, literal in enumerate(literals)}
        self._watches = tuple(
            _Watch(brand=brand, holds=_compiled(root, numbers), own=tuple(map(account, brand.handles)))
            for brand, root in zip(brands, roots, strict=True)
        )
        self._candidates = _candidates(roots, numbers)
        self._patterns = _patterns(numbers)
        self._automaton = _automaton([pattern for pattern, _ in self._patterns])
        self._reads_links = any(literal.kind in _IN_LINKS for literal in literals)
        self._folder = Folder()

    def match(self, posts: Sequence[Post], about: str = "") -> list[tuple[Brand, ...]]:
        """For each post the brands it names, in the order they were given; none for most. Posts that are all `about` a
        brand are that brand's even where they do not name it, but for those that it wrote itself."""
        pages = (posts[start : start + PAGE] for start in range(0, len(posts), PAGE))
        named = [brands for page in pages for brands in self._match(page)]
        watch = next((watch for watch in self._watches if watch.brand.name == about), None)
        if watch is None:
            return named
        return [
            brands if watch.brand in brands or watch.wrote(post) else (*brands, watch.brand)
            for post, brands in zip(posts, named, strict=True)
        ]

    def _match(self, posts: Sequence[Post]) -> list[tuple[Brand, ...]]:
        named: list[tuple[Brand, ...]] = [()] * len(posts)
        sheet = lay_out(posts, self._folder, with_links=self._reads_links)
        hits = self._automaton.find_matches_as_indexes(sheet.text, overlapping=True)
        for index, found in self._standing(posts, sheet, hits).items():
            named[index] = self._named(posts[index], found)
        return named

    def _named(self, post: Post, found: Found) -> tuple[Brand, ...]:
        candidates = sorted({index for number in found for index in self._candidates.get(number, ())})
        watches = [self._watches[index] for index in candidates]
        return tuple(watch.brand for watch in watches if watch.holds(found) and not watch.wrote(post))

    def _standing(
        self, posts: Sequence[Post], sheet: Sheet, hits: Sequence[tuple[int, int, int]]
    ) -> dict[int, set[int]]:
        """By post, the numbers of the literals that stand in it as whole words."""
        found: dict[int, set[int]] = {}
        written = Written(posts)
        for pattern, start, stop in hits:
            for number, literal in self._patterns[pattern][1]:
                if start >= sheet.links and literal.kind not in _IN_LINKS:
                    continue
                if not literal.exact and not stands(literal, sheet.text, start, stop):
                    continue
                index = sheet.owner(start)
                if not literal.exact or written.holds(index, literal):
                    found.setdefault(index, set()).add(number)
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


def _naming(brand: Brand) -> Node:
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


def _automaton(patterns: Sequence[str]) -> AhoCorasick:
    """A DFA searches nearly twice as fast, but takes 2 kB a term: not for thousands of them."""
    kind = Implementation.DFA if len(patterns) <= MOST_IN_DFA else Implementation.ContiguousNFA
    return AhoCorasick(patterns, implementation=kind)


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
