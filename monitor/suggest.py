"""Which words a query should leave out, or look for as well, by what people and the model said of the mentions so far.

To leave out: words typical of mentions that are not about the brand. To add: names that it is also called by in those
that are. For each, what it would have done to all that is stored. The history is read twice, as a stream: first to find
what is typical, then to see, with the very matcher that reads the networks, what each proposal would have changed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from connectors.post import Post

from .effects import Effect, Effects, Places, look, said
from .fold import fold
from .match import Matcher
from .places import address
from .query import Query, QueryError, parse
from .tree import And, Node, Not, Term, both, either, is_exclusion
from .types import Brand, Record
from .typical import Group, says_something, terms, typical

EVIDENCE: Final = 20_000
"""Mentions in which typical words are looked for, marked ones first, then the newest."""
CANDIDATES: Final = 60
"""Words of each kind whose effect is looked at."""
SURE: Final = 1.28
"""Standard deviations from which on a word is typical: nine times in ten no accident."""
LEAST: Final = 3
"""Stories, and authors, that it takes."""
PERSON: Final = 3.0
"""Mentions judged by the model that one judged by a person is worth."""
PURE: Final = 0.9
"""The share of relevant mentions among those with another name for the brand."""
SPREAD: Final = 0.1
"""The share of relevant mentions that a tag or handle unlike the brand's name must stand in."""

_WORTH: Final = np.array([-30.0, PERSON, 1.0, -5.0])
"""What it is worth to lose a mention: marked relevant, marked irrelevant, hidden by the model, shown. Better show one
too many."""

History = Callable[[], Iterable[Record]]
"""The stored mentions of all brands; gives the same ones each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A term to leave out, or else to add. What it drops was not dropped by a proposal before it."""

    term: Term
    leaves_out: bool
    effect: Effect

    @property
    def is_safe(self) -> bool:
        """Whether it loses nothing that a person marked relevant."""
        return not (self.leaves_out and self.effect.relevant)

    def __str__(self) -> str:
        return f"-{self.term}" if self.leaves_out else str(self.term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The proposals for a brand, and what they rest on: `found` are all its mentions that were read."""

    brand: Brand
    found: Effect
    proposals: tuple[Proposal, ...] = ()

    @property
    def query(self) -> Query:
        """The brand's query with all that is safe to do."""
        return amended(self.brand.query, [proposal for proposal in self.proposals if proposal.is_safe])


def amended(query: Query, proposals: Sequence[Proposal]) -> Query:
    """`query` with these proposals followed; what it leaves out, it leaves out as before."""
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    wanted = both(*(part for part in parts if not is_exclusion(part)))
    root: Node = either(wanted, *(one.term for one in proposals if not one.leaves_out))
    unwanted = [part for part in parts if is_exclusion(part)]
    return Query(root=both(root, *unwanted, *(Not(term=one.term) for one in proposals if one.leaves_out)))


def suggest(brand: Brand, history: History, limit: int = 10) -> Advice:
    """At most `limit` proposals of each kind."""
    evidence = _gather(brand, history())
    unwanted, wanted = _unwanted(brand, evidence), _wanted(brand, evidence)
    stand = look(brand, [*unwanted, *wanted], history())
    proposals = [
        *_dropped(unwanted, stand, limit),
        *(Proposal(term=term, leaves_out=False, effect=stand.effect(term)) for term in wanted[:limit]),
    ]
    return Advice(brand=brand, found=stand.all(), proposals=tuple(proposals))


@dataclass(slots=True)
class _Evidence:
    """What words stand in the brand's mentions, a story counted once. `names` are the tags, handles, hosts and
    spellings that may be the brand's, with those who wrote them."""

    relevant: Group = field(default_factory=Group)
    irrelevant: Group = field(default_factory=Group)
    names: dict[str, set[str]] = field(default_factory=dict)


def _gather(brand: Brand, history: Iterable[Record]) -> _Evidence:
    evidence, seen = _Evidence(), set[str]()
    called = _squeezed(brand)
    ours = (record for record in history if record.mention.brand == brand.name and not record.deleted_at)
    for record in islice(ours, EVIDENCE):
        mention = record.mention
        told = said(record)
        if mention.story in seen and told is None:
            continue
        seen.add(mention.story)
        words = {*terms(mention.post.whole), *_hosts(mention.post)}
        is_relevant = not mention.hidden if told is None else told
        group = evidence.relevant if is_relevant else evidence.irrelevant
        group.add(words, 1.0 if told is None else PERSON)
        if is_relevant:
            author = mention.post.author.handle if mention.post.author else mention.id
            for word in words:
                if word[0] in "@#" or _is_like(word, called):
                    evidence.names.setdefault(word, set()).add(author)
    return evidence


def _unwanted(brand: Brand, evidence: _Evidence) -> list[Term]:
    """Terms typical of what is not about the brand, the most typical first."""
    own = {word for name in brand.names for word in terms(name, phrases=False)}
    own |= {fold(term.text) for term in brand.query.literals}
    ranked = typical(evidence.irrelevant, evidence.relevant)
    found = sorted((word for word, sure in ranked.items() if sure >= SURE), key=lambda word: (-ranked[word], word))
    return _readable(word for word in found if own.isdisjoint({word, word.lstrip("@#"), *word.split()}))


def _wanted(brand: Brand, evidence: _Evidence) -> list[Term]:
    """Names that the brand is also called by, and its query does not know, the most common first."""
    relevant, irrelevant, called = evidence.relevant, evidence.irrelevant, _squeezed(brand)
    found = {}
    for word, authors in evidence.names.items():
        here, there = relevant.counts.get(word, 0.0), irrelevant.counts.get(word, 0.0)
        is_often = here >= SPREAD * relevant.texts
        if len(authors) >= LEAST and here >= PURE * (here + there) and (is_often or _is_like(word, called)):
            found[word] = here
    known = Matcher([Brand(name=brand.name, query=brand.query, handles=brand.handles)])
    return [term for term in _readable(sorted(found, key=lambda word: (-found[word], word))) if not _knows(known, term)]


def _readable(words: Iterable[str]) -> list[Term]:
    """The first of these words, as terms that a query can hold."""
    found: dict[Term, None] = {}
    for word in words:
        try:
            root = parse(f'"{word}"' if " " in word else word).root
        except QueryError:
            continue
        if isinstance(root, Term):
            found[root] = None
        if len(found) == CANDIDATES:
            break
    return list(found)


def _knows(matcher: Matcher, term: Term) -> bool:
    """Whether the brand is named already by whoever uses the term; of a site, by whoever links to it."""
    text, links = ("", (f"https://{term.text}/",)) if term.kind == "domain" else (term.text, ())
    return bool(matcher.match([Post(network="", id="", url=None, text=text, links=links)])[0])


def _dropped(candidates: Sequence[Term], stand: Effects, limit: int) -> Iterator[Proposal]:
    """The terms worth leaving out, each judged by what those before it have not dropped."""
    left = np.ones(len(stand.kinds), dtype=bool)
    open_ = list(candidates)
    for _ in range(limit):
        worth = {term: float(_WORTH[stand.kinds[_of(stand, term, left)]].sum()) for term in open_}
        best = max(open_, key=lambda term: worth[term], default=None)
        if best is None or worth[best] < LEAST:
            return
        places = _of(stand, best, left)
        yield Proposal(term=best, leaves_out=True, effect=stand.effect(best, places))
        left[places] = False
        open_.remove(best)


def _of(stand: Effects, term: Term, left: NDArray[np.bool_]) -> Places:
    places = stand.holders[term]
    return places[left[places]]


def _hosts(post: Post) -> Iterator[str]:
    """The sites that a post links to."""
    return (host for link in post.links if (host := address(link)[0].removeprefix("www.")))


def _squeezed(brand: Brand) -> str:
    """The brand's name as tags and hosts spell it."""
    return "".join(filter(str.isalnum, fold(brand.name)))


def _is_like(word: str, called: str) -> bool:
    """Whether a folded word, tag, handle or host looks like another spelling of the name."""
    bare = "".join(filter(str.isalnum, word))
    if len(called) < 4 or len(bare) < 4 or not says_something(word):
        return False
    if " " in word:
        return bare == called
    return called in bare or (bare[0] == called[0] and SequenceMatcher(None, bare, called).ratio() >= 0.85)
