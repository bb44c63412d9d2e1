"""What can be told of a post and a brand without a label: how the name stands in the post, and which words and which
meaning the post shares with the brand's pages.

Each trait is a number between about -1 and 3, and 0 where nothing is known.
"""

import math
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .glimpse import Glimpse, Reading, tightly
from .profile import LENGTH, Profile, squeezed, tokens

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

PLACES: Final = 1 << 15
"""Places in the table of how rare words are; two words may share one."""
STEP: Final = 16
"""Parts of a natural logarithm in which rarity is kept."""

NAME: Final = (
    *("named", "exact case", "lower case", "upper case", "long name", "often", "first", "last", "alone"),
    *("capital before", "capital after", "article before", "place before", "of before", "mine before", "at before"),
    *("tag", "own handle", "in a handle", "only in a handle", "in a tag"),
    *("rivals", "links", "tags", "accounts", "shared", "words", "number", "author is brand", "author has name"),
)
"""Traits of how the name stands there; they need no pages."""
PAGES: Final = (
    *("stranger before", "stranger after", "known before", "known after"),
    *("lift", "best lift", "mean lift", "near lift", "known share", "cosine"),
)
"""Traits of the words that the post shares with the brand's pages. A word's *lift* is how much more often the pages
say it than posts at large do."""
MEANING: Final = ("nearest", "near three", "near ten", "centre")
"""Cosines of the post's embedding and those of the pages' pieces, each less what is common to all texts."""
TRAITS: Final = (*NAME, *PAGES, *MEANING)

_BEFORE: Final = {
    "article before": frozenset(
        [
            "the",
            "el",
            "la",
            "los",
            "las",
            "un",
            "una",
            "a",
            "an",
            "o",
            "os",
            "as",
            "um",
            "uma",
            "le",
            "les",
            "une",
            "il",
            "lo",
            "der",
            "die",
            "das",
            "ein",
        ]
    ),
    "place before": frozenset(["in", "en", "em", "nel", "nella", "im", "near", "from", "desde", "no", "na", "à"]),
    "of before": frozenset(["of", "de", "del", "do", "da", "di", "du", "von", "d"]),
    "mine before": frozenset(
        [
            "my",
            "mi",
            "mis",
            "your",
            "tu",
            "tus",
            "his",
            "her",
            "su",
            "sus",
            "our",
            "their",
            "meu",
            "minha",
            "mon",
            "ma",
            "mio",
            "mia",
            "mein",
        ]
    ),
    "at before": frozenset(["at", "to", "with", "by", "via", "con", "para", "por", "com", "avec", "mit"]),
}
_WORDS_A_POST: Final = math.log(12)


def place(word: str) -> int:
    """Where a folded word stands in the table of rarity."""
    return zlib.crc32(word.encode("utf-8", "replace")) & (PLACES - 1)


def background(counts: NDArray[np.int64], texts: int) -> Bytes:
    """How rare the words of each place are among `texts` posts, from in how many they were seen."""
    return np.round(STEP * np.log((texts + 1) / (counts + 0.5))).clip(0, 255).astype(np.uint8)


def traits(glimpse: Glimpse, reading: Reading, profile: Profile, rarity: Bytes) -> list[float]:
    """The traits of NAME and PAGES, in their order; those of PAGES are 0 when the profile has no words."""
    found = dict.fromkeys((*NAME, *PAGES), 0.0)
    _names(found, reading, profile)
    _manner(found, glimpse, reading, profile)
    if profile.words:
        _pages(found, reading, profile, rarity)
    return list(found.values())


def _names(found: dict[str, float], reading: Reading, profile: Profile) -> None:
    written, bare = reading.written, reading.bare
    exact = {tuple(tokens(name)) for name in profile.names}
    longest = max((len(name) for name in exact), default=0)
    shouting = _shouting(written)
    for sign in reading.signs:
        found[sign] = 1.0
    if "in a handle" in reading.signs and not reading.spans and "tag" not in reading.signs:
        found["only in a handle"] = 1.0
    found["named"] = float(bool(reading.spans))
    found["often"] = math.log(len(reading.spans)) if reading.spans else 0.0
    for start, end in reading.spans:
        name = tuple(written[start:end])
        before, after = written[start - 1 : start], written[end : end + 1]
        capital_before = start > 1 and _capital(before) and not shouting
        capital_after = _capital(after) and not shouting
        seen = {
            "exact case": name in exact,
            "lower case": all(word.islower() for word in name),
            "upper case": name not in exact and not shouting and all(word.isupper() for word in name),
            "long name": end - start == longest > 1,
            "first": start == 0,
            "last": end == len(written),
            "alone": not capital_before and not capital_after,
            "capital before": capital_before,
            "capital after": capital_after,
            **{kind: start > 0 and bare[start - 1] in words for kind, words in _BEFORE.items()},
        }
        for kind, so in seen.items():
            found[kind] = max(found[kind], float(so))


def _manner(found: dict[str, float], glimpse: Glimpse, reading: Reading, profile: Profile) -> None:
    written = reading.written
    joined = "".join(reading.bare)
    author, tight = squeezed(glimpse.handle or ""), tightly(profile)
    found["rivals"] = float(min(sum(squeezed(rival) in joined for rival in profile.rivals), 2))
    found["links"] = float(min(reading.links, 2))
    found["tags"] = min(sum(word[0] == "#" for word in written), 4) / 2
    found["accounts"] = min(sum(word[0] == "@" for word in written), 4) / 2
    found["shared"] = float("RT" in written)
    found["words"] = math.log1p(min(len(written), 60)) / 3
    found["number"] = float(any(word.isdigit() for word in written))
    found["author is brand"] = float(author in tight)
    found["author has name"] = float(author not in tight and any(name in author for name in tight))


def _pages(found: dict[str, float], reading: Reading, profile: Profile, rarity: Bytes) -> None:
    written, bare = reading.written, reading.bare
    for start, end in reading.spans:
        before, after = bare[start - 1 : start], bare[end : end + 1]
        for kind, words, counts, place_ in (
            ("before", before, profile.before, start - 1),
            ("after", after, profile.after, end),
        ):
            for word in words:
                known = math.log1p(counts.get(word, 0)) / 3
                found[f"known {kind}"] = max(found[f"known {kind}"], known)
                if _capital(written[place_ : place_ + 1]) and word not in profile.words:
                    found[f"stranger {kind}"] = 1.0
    rest = reading.rest
    if not rest:
        found["known share"] = 0.4
        return
    rare = {word: int(rarity[place(word)]) / STEP for word in rest}
    total = math.log(profile.size + 2_000)
    lifts = {
        word: min(max(math.log(profile.words[word]) - total + rare[word] + _WORDS_A_POST, 0.0), 6.0)
        * min(rare[word] / 4, 1.5)
        for word in rest
        if word in profile.words
    }
    best = sorted(lifts.values(), reverse=True)
    near = {bare[at] for start, end in reading.spans for at in range(max(0, start - 4), min(len(bare), end + 4))}
    near &= rare.keys()
    found["lift"] = sum(best[:3]) / 9
    found["best lift"] = best[0] / 4 if best else 0.0
    found["mean lift"] = sum(best) / (3 + len(rest))
    found["near lift"] = sum(lifts.get(word, 0.0) for word in sorted(near)) / (2 + len(near))
    found["known share"] = sum(rare[word] for word in lifts) / max(sum(rare.values()), 1.0)
    length = math.sqrt(sum(weight * weight for weight in rare.values()))
    found["cosine"] = sum((1 + math.log(profile.words[w])) * rare[w] ** 2 for w in lifts) / max(length, 1.0) / 40


def meaning(glimpses: Sequence[Glimpse], profile: Profile, centres: Floats) -> tuple[Floats, Floats]:
    """The centred embeddings of posts (n × 384), and their traits of MEANING (n × 4). `centres` are what is common to
    posts and to pages. Rows without embedding are 0."""
    posts = centred([glimpse.embedding for glimpse in glimpses], centres[0])
    found = np.zeros((len(glimpses), len(MEANING)))
    if profile.chunks:
        pieces = centred(profile.chunks, centres[1])
        near = np.sort(posts @ pieces.T, axis=1)[:, ::-1]
        centre = pieces.mean(axis=0)
        found[:, 0] = near[:, 0]
        found[:, 1] = near[:, :3].mean(axis=1)
        found[:, 2] = near[:, :10].mean(axis=1)
        found[:, 3] = posts @ (centre / max(float(np.linalg.norm(centre)), 1e-6))
    return posts, found


def centred(embeddings: Sequence[bytes], centre: Floats) -> Floats:
    """Unit vectors of embeddings, less what is common to all; those of a foreign length are 0."""
    vectors = np.zeros((len(embeddings), LENGTH))
    for row, embedding in zip(vectors, embeddings, strict=True):
        if len(embedding) == LENGTH:
            row[:] = np.frombuffer(embedding, dtype=np.int8)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    known = length[:, 0] > 0
    vectors[known] = vectors[known] / length[known] - centre
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6))


def _capital(words: Sequence[str]) -> bool:
    return any(word[:1].isupper() for word in words)


def _shouting(written: Sequence[str]) -> bool:
    return sum(word.isupper() for word in written) > 0.6 * len(written)
