"""Labelled texts as arrays, with their features, and what each counts for when something is learned from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..features import LANGUAGES, PLACES, Block, Floats, extract, own
from ..labelled import INTENTS, SENTIMENTS, Row, read
from ..mark import mark
from ..tokens import Ints
from .mixture import BENCHMARK, CORPUS, is_aside

PAGE = 1_000
TWEETS = BENCHMARK
UNLABELLED = "unlabelled"
OURS = "ecommerce"
BRANDS = (
    *("airline", "apple_dfe", "brands_products", "germeval2017", "multibooked_ca", "opener_en", "opener_es"),
    *("sanders", "trustpilot_es", "trustpilot_fr"),
)
"""Sources of reviews and of posts to and about companies."""
LIKE_LIFE = (
    *("en", "es_latam", "es_spain", "wide_en", "wide_es_latam", "wide_es_spain", "wide_it_de", "wide_pt_fr_ca"),
    *("round_en", "round_es"),
)
"""Files of our own posts that hold all kinds, as people write them."""
COMPARING = ("both_en", "both_es", "losers_en", "losers_es", "pairs_en", "pairs_es")
"""Files of comparisons and of posts that are both good and bad, which hardly anybody can tell who counts words."""
NEUTRAL, POSITIVE = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The labelled rows as arrays, and their features by page: characters, words, own words. `hand` tells by whom
    our own posts were written; `soft` is what a better judge says of their sentiment (texts × 3), rows of zeros where
    it was not asked."""

    sentiment: Ints
    intent: Ints
    language: Ints
    source: NDArray[np.str_]
    hand: NDArray[np.str_]
    blocks: tuple[list[Block], list[Block], list[Block]]
    flags: Floats
    soft: Floats

    def __len__(self) -> int:
        return len(self.sentiment)


def trainable(rows: Sequence[Row]) -> list[Row]:
    """All but the benchmark's validation part, which is for judging alone."""
    return [row for row in rows if not (row.source == TWEETS and row.split != "train")]


def gather(rows: Sequence[Row], soft: Floats | None = None) -> Texts:
    """Rows with their features, and what a better judge says of them."""
    language = np.array([LANGUAGES.index(row.language) if row.language in LANGUAGES else -1 for row in rows])
    blocks: tuple[list[Block], list[Block], list[Block]] = ([], [], [])
    flags = []
    for start in range(0, len(rows), PAGE):
        page = extract([mark(row.text, [row.brand]) for row in rows[start : start + PAGE]])
        spoken = own(page, language[start : start + PAGE])
        for family, block in zip(blocks, (page.characters, page.words, spoken), strict=True):
            family.append(Block(index=block.index.astype(np.int32), text=block.text.astype(np.int32), token=_NONE))
        flags.append(page.flags)
    return Texts(
        sentiment=np.array([SENTIMENTS.index(row.sentiment) for row in rows]),
        intent=np.array([INTENTS.index(row.intent) if row.intent else -1 for row in rows]),
        language=language,
        source=np.array([row.source for row in rows]),
        hand=np.array([row.split if row.source == OURS else "" for row in rows]),
        blocks=blocks,
        flags=np.concatenate(flags),
        soft=np.zeros((len(rows), len(SENTIMENTS)), np.float32) if soft is None else soft,
    )


_NONE: Ints = np.zeros(0, dtype=np.int64)


def frequencies(texts: Texts) -> Ints:
    """In how many texts each place of the table is seen."""
    seen = np.zeros(PLACES, dtype=np.int64)
    for family in texts.blocks:
        for block in family:
            pairs = np.unique(block.text.astype(np.int64) * PLACES + block.index)
            seen += np.bincount(pairs % PLACES, minlength=PLACES)
    return seen


def importance(source: str) -> float:
    """What a source counts for. The benchmark is what we are measured on; TASS is Spanish as tweeted; the rest is
    off the mark in subject or in how it was labelled."""
    if source.startswith("tass"):
        return 2.0
    return {TWEETS: 4.0, OURS: 0.0}.get(source, 0.5)


def balance(texts: Texts, chosen: NDArray[np.bool_], factor: Callable[[str], float] = importance) -> Floats:
    """A weight per text, 0 where not chosen: classes count alike within each source and language."""
    weights = np.zeros(len(texts), dtype=np.float32)
    group = np.unique(texts.source, return_inverse=True)[1] * 100 + texts.language
    for one in np.unique(group[chosen]):
        members = chosen & (group == one)
        sizes = np.bincount(texts.sentiment[members], minlength=3)
        each = members.sum() / (np.count_nonzero(sizes) * np.maximum(sizes, 1))
        weights[members] = factor(str(texts.source[members][0])) * each[texts.sentiment[members]]
    return weights


def two_sided(texts: Texts) -> NDArray[np.bool_]:
    """Texts of a source and language that has no neutral ones: not that nothing was neutral, nobody asked."""
    group = np.unique(texts.source, return_inverse=True)[1] * 100 + texts.language
    return ~np.isin(group, np.unique(group[texts.sentiment == NEUTRAL]))


def customers(texts: Texts) -> Floats:
    """What each text counts for where customers speak: our own posts one each, or a third where they compare, and all
    those of BRANDS a sixth of that together. Ours are hard on purpose; alone they would teach that plain words mean
    nothing."""
    ours = (texts.source == OURS) * np.where(np.isin(texts.hand, COMPARING), 1 / 3, 1.0)
    brands = np.isin(texts.source, BRANDS)
    plain = balance(texts, brands, lambda _: 1.0)
    return np.asarray(ours + plain * (ours.sum() / 6 / max(plain.sum(), 1)), dtype=np.float32)


def like_life(texts: Texts) -> NDArray[np.bool_]:
    """Our posts by the hands that wrote all kinds in the proportions in which people do. The others wrote what is hard:
    whole files of comparisons, which no reader of words can tell, and which made it doubt everything."""
    return np.isin(texts.hand, LIKE_LIFE)


def own_posts() -> list[Row]:
    """The posts written for this project; `split` is the file they stand in, each written by one hand."""
    rows = ((path.stem, row) for path in sorted(CORPUS.glob("*.tsv")) for row in read(path))
    return [replace(row, source=OURS, split=hand) for hand, row in rows if not is_aside(row)]
