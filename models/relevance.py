"""Whether a post is about this brand at all: what ships knows no brand, thumbs teach it one brand at a time.

The prior is a logistic regression over traits, with weights of its own for what is known: only the names, the brand's
pages too, or also what the post means. What a brand's thumbs teach is added to its logit: the most probable weights
of a second logistic regression, over the post's words, meaning and traits, that starts from nothing.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from .arrays import DAMAGE, unpack
from .errors import BadWeights
from .glimpse import Glimpse, Reading, points_home, read
from .profile import LENGTH, Profile
from .traits import NAME, PAGES, PLACES, STEP, TRAITS, Bytes, Floats, meaning, place, traits

__all__ = ["RELEVANT", "Glimpse", "Lessons", "Relevance"]

RELEVANT: Final = 0.25
"""Below it a mention is hidden. Chosen so that few relevant ones are: the model card says how many."""
UNTOLD: Final = 0.8
"""What is said of a post when nothing is known of the brand: among matched posts that share was relevant."""
SHIPPED: Final = Path(__file__).parent / "data" / "relevance.npz"
FORMAT: Final = 1
"""Raised when traits or file change their meaning, so that older weights are refused, not misread."""
HEADS: Final = ("names", "pages", "meaning")
"""What is known of brand and post, from least to most; each has weights of its own."""
COLUMNS: Final = (len(NAME), len(NAME) + len(PAGES), len(TRAITS))
"""How many of TRAITS each head reads."""
HOME: Final = 3.0
"""What a link to the brand's own site adds to the logit. Set by hand: our labelled posts hide where links lead."""
LATEST: Final = 1_500
"""Examples that are learned from, the latest: a brand that changes is followed, and learning stays quick."""
BINS: Final = 2_048
"""Places that a post's own words are hashed into when a brand is learned."""
STEPS: Final = 12

# How far one brand may stray from the shipped weights, as variances; chosen by leaving brands out.
VARY_BIAS: Final = 0.5
VARY_PRIOR: Final = 0.1
VARY_TRAITS: Final = 0.5
VARY_MEANING: Final = 20.0
VARY_WORDS: Final = 20.0
ONE_SIDED: Final = 4.0
"""How many examples those of one kind may weigh beyond four times those of the other: people mark what annoys them,
and twenty posts marked irrelevant do not say that every post is."""


SURER: Final = 0.35
SOON: Final = 10
"""How much surer, at most, a brand's logit grows than those of brands at large, and after how many examples it is half
as much. What ships must allow for brands that few posts mean; of a brand that was taught, more is known. Chosen by
leaving brands out: the calibration error with 25 labels falls from .038 to .014."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What a brand's thumbs taught: weights over `Relevance.features`, to be added to the prior's logit."""

    weights: NDArray[np.float32]
    examples: int

    def heed(self, prior: Floats, features: NDArray[np.float32]) -> Floats:
        """The logits of posts after the lessons, from those before."""
        surer = 1 + SURER * self.examples / (self.examples + SOON)
        return np.asarray(surer * (prior + features @ self.weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """What ships, ready to judge. Holds arrays only, so threads may share it."""

    name: str
    weights: Floats
    """HEADS × TRAITS, 0 where a head does not read the trait."""
    bias: Floats
    rarity: Bytes
    centres: Floats
    """What all embeddings share: of posts, and of pages."""
    mean: Floats
    spread: Floats
    """Of TRAITS, over the posts it was trained on."""

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the shipped weights, or those at `path`. Raises `BadWeights`."""
        path = path or SHIPPED
        try:
            return cls._from(unpack(path))
        except FileNotFoundError as error:
            raise BadWeights(f"{path}: no weights there; install again") from error
        except DAMAGE as error:
            raise BadWeights(f"{path}: not weights of relevance, or damaged ({error}); install again") from error

    @classmethod
    def _from(cls, arrays: dict[str, NDArray[np.generic]]) -> Self:
        found = arrays["format"]
        if found.shape != () or found.dtype.kind not in "iu" or int(found.astype(int)) != FORMAT:
            raise ValueError(f"format {found}, this version reads {FORMAT}")
        if tuple(map(str, arrays["traits"])) != TRAITS:
            raise ValueError("other traits than this version's")
        rarity = arrays["rarity"]
        if rarity.shape != (PLACES,) or rarity.dtype != np.uint8:
            raise ValueError(f"rarity is {rarity.dtype} {rarity.shape}")
        width = len(TRAITS)
        return cls(
            name=str(arrays["name"]),
            weights=_numbers(arrays, "weights", (len(HEADS), width)),
            bias=_numbers(arrays, "bias", (len(HEADS),)),
            rarity=rarity.astype(np.uint8),
            centres=_numbers(arrays, "centres", (2, LENGTH)),
            mean=_numbers(arrays, "mean", (width,)),
            spread=_numbers(arrays, "spread", (width,)),
        )

    def save(self, path: Path) -> None:
        """Write it, for `load`."""
        np.savez_compressed(
            path,
            format=np.array(FORMAT),
            name=np.array(self.name),
            traits=np.array(TRAITS),
            weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
            rarity=self.rarity,
            centres=self.centres.astype(np.float16),
            mean=self.mean.astype(np.float32),
            spread=self.spread.astype(np.float32),
        )

    def judge(
        self, glimpses: Sequence[Glimpse], profile: Profile | None, lessons: Lessons | None = None
    ) -> list[float]:
        """P(about this brand) of each post, in order; whatever is not known is done without."""
        if not glimpses:
            return []
        if profile is None:
            return [UNTOLD] * len(glimpses)
        seen = self.see(glimpses, profile)
        logits = seen.prior
        if lessons is not None:
            logits = lessons.heed(logits, self.features(seen))
        home = [points_home(glimpse, profile) for glimpse in glimpses]
        return [float(one) for one in _odds(logits + HOME * np.array(home))]

    def see(self, glimpses: Sequence[Glimpse], profile: Profile) -> "Seen":
        """All that is told of posts without labels."""
        readings = [read(glimpse, profile) for glimpse in glimpses]
        lexical = [traits(g, r, profile, self.rarity) for g, r in zip(glimpses, readings, strict=True)]
        posts, near = meaning(glimpses, profile, self.centres)
        told = np.hstack([np.array(lexical).reshape(len(glimpses), -1), near])
        known = np.array([_head(glimpse, profile) for glimpse in glimpses])
        prior = (told * self.weights[known]).sum(axis=1) + self.bias[known]
        return Seen(traits=told, known=known, posts=posts, readings=readings, glimpses=glimpses, prior=prior)

    def learn(self, profile: Profile, examples: Sequence[tuple[Glimpse, bool]]) -> Lessons:
        """What people's thumbs (whether each post is about the brand), oldest first, say of this brand."""
        examples = examples[-LATEST:]
        width = 2 + len(TRAITS) + LENGTH + BINS
        if not examples:
            return Lessons(weights=np.zeros(width, np.float32), examples=0)
        seen = self.see([glimpse for glimpse, _ in examples], profile)
        return taught(self.features(seen), seen.prior, np.array([so for _, so in examples], dtype=np.float64))

    def features(self, seen: "Seen") -> NDArray[np.float32]:
        """What a brand can be learned by: n × (1, the prior, TRAITS, the embedding, hashed words), each scaled by how
        far it may stray."""
        rows = len(seen.traits)
        words = np.zeros((rows, BINS), dtype=np.float32)
        for row, reading, glimpse in zip(words, seen.readings, seen.glimpses, strict=True):
            for at, weight in self._words(reading, glimpse):
                row[at] += weight
        words /= np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-6)
        standard = ((seen.traits - self.mean) / self.spread).clip(-4, 4) * (self.weights[seen.known] != 0)
        return np.hstack(
            [
                np.full((rows, 1), math.sqrt(VARY_BIAS)),
                seen.prior[:, None].clip(-4, 4) * (math.sqrt(VARY_PRIOR) / 2),
                standard * math.sqrt(VARY_TRAITS / len(TRAITS)),
                seen.posts * math.sqrt(VARY_MEANING),
                words * math.sqrt(VARY_WORDS),
            ]
        ).astype(np.float32)

    def _words(self, reading: Reading, glimpse: Glimpse) -> list[tuple[int, float]]:
        """Where a post's words and neighbours of the name stand among BINS, and how rare they are."""
        rest = reading.rest
        found = [(word, int(self.rarity[place(word)]) / STEP) for word in rest]
        for start, end in reading.spans:
            found += [(f"{word} <", 4.0) for word in reading.bare[max(0, start - 1) : start]]
            found += [(f"> {word}", 4.0) for word in reading.bare[end : end + 1]]
        found += [(f"@{glimpse.handle.lower()}", 6.0)] if glimpse.handle else []
        hashes = [(zlib.crc32(word.encode("utf-8", "replace")), weight) for word, weight in found]
        return [(spelled % BINS, weight if spelled & 1 << 30 else -weight) for spelled, weight in hashes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is told of posts without labels: n × TRAITS, which of HEADS judges each, n × 384 centred embeddings, words,
    and the prior's logits."""

    traits: Floats
    known: NDArray[np.int64]
    posts: Floats
    readings: Sequence[Reading]
    glimpses: Sequence[Glimpse]
    prior: Floats


def _head(glimpse: Glimpse, profile: Profile) -> int:
    if not profile.words:
        return 0
    return 2 if profile.chunks and len(glimpse.embedding) == LENGTH else 1


def taught(features: NDArray[np.float32], prior: Floats, relevant: Floats) -> Lessons:
    """The lessons of examples whose features, prior logits and labels (0 or 1) these are."""
    coefficients = _fit(features, prior, relevant, _fair(relevant))
    return Lessons(weights=features.T @ coefficients.astype(np.float32), examples=len(relevant))


def _fair(relevant: Floats) -> Floats:
    """The weight of each example, so that those of one kind alone cannot drown the prior."""
    ones = float(relevant.sum())
    zeros = len(relevant) - ones
    few = min(ones, zeros)
    many = max(ones, zeros, 1.0)
    share = min(1.0, (ONE_SIDED + 4 * few) / many)
    return np.where(relevant == (ones >= zeros), share, 1.0)


def _fit(features: NDArray[np.float32], offset: Floats, relevant: Floats, weights: Floats) -> Floats:
    """The coefficients of the examples in the most probable weights, by Newton's method. There are fewer examples
    than features, so it is solved among the examples (Rasmussen and Williams 2006, algorithm 3.1)."""
    kernel = (features @ features.T).astype(np.float64)
    found = np.zeros(len(relevant))

    def worth(coefficients: Floats) -> float:
        """The log of the posterior, but for a constant."""
        moved = kernel @ coefficients
        logits = offset + moved
        return float(weights @ (relevant * logits - np.logaddexp(0, logits)) - coefficients @ moved / 2)

    best = worth(found)
    for _ in range(STEPS):
        moved = kernel @ found
        odds = _odds(offset + moved)
        root = np.sqrt(weights * odds * (1 - odds))
        target = root**2 * moved + weights * (relevant - odds)
        inner = np.eye(len(relevant)) + root[:, None] * kernel * root
        step = (
            target
            - root * np.linalg.solve(inner.astype(np.float32), (root * (kernel @ target)).astype(np.float32))
            - found
        )
        # A label that the prior is sure against makes a whole step overshoot, and then everything is hidden.
        for share in (1.0, 0.5, 0.25, 0.1, 0.02):
            if (worth_then := worth(found + share * step)) > best:
                break
        else:
            break
        gained, best, found = worth_then - best, worth_then, found + share * step
        if gained < 0.01:
            break
    return found


def _odds(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits.clip(-30, 30))))


def _numbers(arrays: dict[str, NDArray[np.generic]], name: str, shape: tuple[int, ...]) -> Floats:
    array = arrays[name]
    if array.shape != shape or array.dtype.kind != "f":
        raise ValueError(f"{name} is {array.dtype} {array.shape}, not numbers {shape}")
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return numbers
