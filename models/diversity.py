"""Whether our own posts are truly diverse: near-duplicates and templates among them, and from training to held-out.

    python -m models.diversity [FILES…]

Prints what it finds with file and line, and exits with 1 when that is anything. A post is compared as its *skeleton*:
small letters without accents, numbers masked, the brand left out, so that a template filled in twice is told by what
stays. Near-duplicates are pairs whose shingles of five letters overlap (Broder, "On the resemblance and containment of
documents", 1997) or whose words do, each counting by its rarity; that finds the same joke told again. A template is an
opening or an ending that too many posts of a language share. The same text with another brand marked is no duplicate:
that is how a comparison teaches whom it is about.
"""

import argparse
import math
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from . import tables
from .errors import ModelError
from .mark import BRAND, mark

CORPUS: Final = Path(__file__).parent / "corpus"
HELD_OUT: Final = "heldout"
ALIKE: Final = 0.5
"""Overlap from which two posts are near-duplicates: below it two people may well write so of the same trouble."""
LEAKED: Final = 0.4
"""The same between training and held-out, where half a joke already gives the answer away."""
LETTERS: Final = 5
IN_A_ROW: Final = 3
RARE: Final = 25
"""Only posts are compared that have, both of them, three words in a row or two single words that few others have."""
EDGE: Final = 4
"""Words that make an opening or an ending."""
REPEATED: Final = 5
PER_THOUSAND: Final = 3
"""More posts of a language than this may not share one: five, or three in a thousand where that is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of the corpus as compared. `where` is `file:line`; `slots` are the words of the text with `BRAND` where
    the brand stood, `words` those without it, `shingles` each five letters in a row."""

    where: str
    text: str
    language: str
    brand: str
    is_held_out: bool
    slots: tuple[str, ...]
    words: tuple[str, ...]
    shingles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What should not be in the corpus, and the posts that it is about."""

    what: str
    posts: tuple[Post, ...]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {post.where}: {post.text}" for post in self.posts)])


def read(paths: Iterable[Path]) -> list[Post]:
    """The posts of these tables, of which only the column text is needed. Raises `Unreadable`."""
    return [
        post(
            cells.get("text", ""),
            where=where,
            language=cells.get("lang", ""),
            brand=cells.get("brand", ""),
            is_held_out=path.parent.name == HELD_OUT,
        )
        for path in paths
        for where, cells in tables.rows(path)
    ]


def post(text: str, *, where: str = "", language: str = "", brand: str = "", is_held_out: bool = False) -> Post:
    """A post with its skeleton."""
    slots = _words(mark(text, [brand] if brand else []))
    # A post that is all name has no skeleton to compare.
    words = tuple(word for word in slots if word != BRAND) or slots
    letters = " ".join(words)
    return Post(
        where=where,
        text=text,
        language=language,
        brand=brand,
        is_held_out=is_held_out,
        slots=slots,
        words=words,
        shingles=frozenset(letters[at : at + LETTERS] for at in range(max(1, len(letters) - LETTERS + 1))),
    )


def _words(marked: str) -> tuple[str, ...]:
    parts = [_plain(part).split() for part in marked.split(BRAND)]
    return tuple(word for part in parts for word in (BRAND, *part))[1:]


def _plain(text: str) -> str:
    """Letters and masked numbers; all else is a gap, but for accents, which are nothing."""
    folded = unicodedata.normalize("NFKD", text.lower())
    kept = ["0" if c.isdigit() else c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)]
    return "".join(kept)


def search(posts: Sequence[Post]) -> list[Finding]:
    """All that makes these posts less diverse than their number says, the worst first."""
    return [*_duplicates(posts), *_templates(posts, "open"), *_templates(posts, "end")]


def _duplicates(posts: Sequence[Post]) -> list[Finding]:
    weights = _rarity(posts)
    alike = []
    for one, other in _candidates(posts):
        first, second = posts[one], posts[other]
        leaks = first.is_held_out != second.is_held_out
        share = max(_letters(first, second), _rare_words(first, second, weights))
        if share >= (LEAKED if leaks else ALIKE) and not _is_comparison(first, second):
            what = "held-out post in training" if leaks else "near-duplicates"
            alike.append((share, Finding(what=f"{what}, {share:.2f} alike", posts=(first, second))))
    return [found for _, found in sorted(alike, key=lambda pair: (-pair[0], pair[1].posts[0].where))]


def _is_comparison(first: Post, second: Post) -> bool:
    """The same words of two brands, marked for each. It must stay on one side."""
    same = first.text == second.text and first.is_held_out == second.is_held_out
    return same and bool(first.brand and second.brand) and first.brand != second.brand


def _candidates(posts: Sequence[Post]) -> Iterator[tuple[int, int]]:
    """Pairs, each once, that have something unusual in common."""
    rows = _places([{post.words[at : at + IN_A_ROW] for at in range(_rows(post))} for post in posts])
    together = {pair for places in rows if len(places) <= RARE for pair in combinations(places, 2)}
    words = _places([set(post.words) for post in posts])
    shared = Counter(pair for places in words if len(places) <= RARE for pair in combinations(places, 2))
    # The shortest have no three words, nor any rare one: they are compared when they are the same.
    same = {pair for places in _places([{post.words} for post in posts]) for pair in combinations(places, 2)}
    return iter(together | same | {pair for pair, count in shared.items() if count > 1})


def _rows(post: Post) -> int:
    return max(1, len(post.words) - IN_A_ROW + 1)


def _places(features: Sequence[Iterable[Hashable]]) -> list[list[int]]:
    """For each feature the posts that have it."""
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, own in enumerate(features):
        for feature in own:
            places[feature].append(place)
    return list(places.values())


def _rarity(posts: Sequence[Post]) -> Mapping[str, float]:
    counts = Counter(word for post in posts for word in set(post.words))
    return {word: math.log((len(posts) + 1) / count) for word, count in counts.items()}


def _letters(first: Post, second: Post) -> float:
    common = len(first.shingles & second.shingles)
    return common / (len(first.shingles) + len(second.shingles) - common)


def _rare_words(first: Post, second: Post, weights: Mapping[str, float]) -> float:
    ours, theirs = set(first.words), set(second.words)
    common = sum(weights[word] for word in ours & theirs)
    return common / sum(weights[word] for word in ours | theirs)


def _templates(posts: Sequence[Post], edge: str) -> list[Finding]:
    spoken = Counter(post.language for post in posts)
    groups: defaultdict[tuple[str, tuple[str, ...]], list[Post]] = defaultdict(list)
    seen: set[str] = set()
    for post in posts:
        # A comparison stands there once for each brand, and is one post.
        if len(post.slots) > EDGE and post.text not in seen:
            seen.add(post.text)
            words = post.slots[:EDGE] if edge == "open" else post.slots[-EDGE:]
            groups[post.language, words].append(post)
    return [
        Finding(what=f"{len(group)} posts {edge} alike: {' '.join(words)}", posts=tuple(group))
        for (language, words), group in sorted(groups.items(), key=lambda pair: -len(pair[1]))
        if len(group) > max(REPEATED, spoken[language] * PER_THOUSAND // 1000)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Search FILES, or the whole corpus. 0: nothing found."""
    parser = argparse.ArgumentParser(prog="python -m models.diversity", description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="tables; by default the whole corpus")
    try:
        posts = read(parser.parse_args(arguments).files or sorted(CORPUS.rglob("*.tsv")))
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    findings = search(posts)
    for found in findings:
        sys.stdout.write(f"{found}\n\n")
    sys.stdout.write(f"{len(posts)} posts, {len(findings)} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
