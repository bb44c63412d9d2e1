"""Which texts the encoder is trained on, and how often: those of others once, ours again and again among them."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Final, TypeVar
from zlib import crc32

from ..labelled import INTENTS, SENTIMENTS, TOPICS, Row, Sighting, read, sightings
from ..mark import BRAND
from ..mark import read as as_read

T = TypeVar("T")
CORPUS: Final = Path(__file__).parents[1] / "corpus"
BENCHMARK: Final = "umsab"

MOST: Final = {
    **{"airline": 2600, "germeval2017": 2600, "sanders": 1500, "apple_dfe": 1400, "brands_products": 2400},
    **{"trustpilot_es": 2400, "trustpilot_fr": 140, "opener_en": 1800, "opener_es": 1400, "multibooked_ca": 1200},
    **{"tweeteval": 2400, "sentipolc16": 2400, "afrisenti_pt": 1500, "emoevent_es": 1500, "sentimp": 900},
    **{"mozetic_deu": 1500, "mozetic_spa": 2000, "mozetic_eng": 1200, "mozetic_por": 1500},
}
"""Texts taken of each source, its classes alike as far as they go; a source that is not named here is left out, but for
the benchmark's training part and TASS, of which all are taken."""
BRANDS: Final = {
    "airline": re.compile(r"@(?:virginamerica|united|southwestair|jetblue|usairways|americanair)\b", re.IGNORECASE),
    "apple_dfe": re.compile(r"[@#]?\bapple\b", re.IGNORECASE),
    "germeval2017": re.compile(r"@?\b(?:db_bahn|deutsche bahn|bahn|db)\b", re.IGNORECASE),
}
"""Whom the texts of a source are about; so the encoder learns what `BRAND` means from people's own words, too."""
SHORT: Final = 60
"""Words of two posts that are joined to one."""
KEPT_ASIDE: Final = 12
"""One of so many of our own training posts is not trained on: what calibrates must be unseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A text as the encoder reads it, and what is known of it: `intent` is -1 and `topics` empty where nobody said."""

    text: str
    tone: int
    language: str
    intent: int = -1
    topics: tuple[float, ...] = ()
    source: str = ""


def others(rows: Iterable[Row], seed: int = 1) -> list[Lesson]:
    """What is taken of other people's labelled text."""
    chance, by_source = random.Random(seed), defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    return [_lesson(row) for source, rows_of in sorted(by_source.items()) for row in _taken(source, rows_of, chance)]


def own() -> list[Lesson]:
    """Our own posts that are trained on."""
    return [_own(post) for post in _posts() if not is_aside(post)]


def unseen(rows: Iterable[Row]) -> list[Row]:
    """What calibrates: of `rows` the benchmark's validation part, and those of our posts that are kept aside."""
    validation = [row for row in rows if row.source == BENCHMARK and row.split == "val"]
    return validation + [post for post in _posts() if is_aside(post)]


def joined(many: int, seed: int) -> list[Lesson]:
    """`many` texts of two of our training posts each, of which only the one's brand is marked and only that one's
    labels hold: so what is said near a name that is not marked is learnt not to count."""
    chance, by_language = random.Random(seed), defaultdict(list)
    for post in _posts():
        if post.brand and not is_aside(post) and len(post.text.split()) <= SHORT // 2:
            by_language[post.language].append(post)
    chosen = chance.choices([post for posts in by_language.values() for post in posts], k=many)
    return [_joined(post, chance.choice(by_language[post.language]), chance) for post in chosen]


def held_out() -> list[Lesson]:
    """Our own posts that no training reads."""
    return [_own(row) for path in sorted((CORPUS / "heldout").glob("*.tsv")) for row in read(path)]


def unlabelled(data: Path) -> list[Sighting]:
    """Posts in `data` that name brands, of whose sentiment nobody was asked; none when they are not there."""
    path = data / "relevance" / "mentions.tsv.gz"
    return sightings(path) if path.exists() else []


def is_aside(post: Row) -> bool:
    """Whether this one of our posts is kept for calibrating."""
    return crc32(_own_text(post).encode()) % KEPT_ASIDE == 0


def _posts() -> list[Row]:
    return [row for path in sorted(CORPUS.glob("*.tsv")) for row in read(path)]


def _joined(post: Row, beside: Row, chance: random.Random) -> Lesson:
    if beside.brand == post.brand:
        return _own(post)
    texts = [post.text, beside.text]
    chance.shuffle(texts)
    return _own(replace(post, text=" ".join(texts)))


def _own_text(row: Row) -> str:
    return as_read(row.text, [row.brand])


def _taken(source: str, rows: Sequence[Row], chance: random.Random) -> Sequence[Row]:
    if source == BENCHMARK:
        return [row for row in rows if row.split == "train"]
    if source.startswith("tass"):
        return rows
    by_class = defaultdict(list)
    for row in rows:
        by_class[row.sentiment].append(row)
    for members in by_class.values():
        chance.shuffle(members)
    return list(_in_turn([by_class[sentiment] for sentiment in SENTIMENTS]))[: MOST.get(source, 0)]


def _in_turn(groups: Sequence[Sequence[T]]) -> Iterator[T]:
    return (one for turn in zip_longest(*groups) for one in turn if one is not None)


def _lesson(row: Row) -> Lesson:
    text = BRANDS[row.source].sub(BRAND, row.text) if row.source in BRANDS else row.text
    return Lesson(
        text=as_read(text), tone=SENTIMENTS.index(row.sentiment), language=row.language or "", source=row.source
    )


def _own(row: Row) -> Lesson:
    return Lesson(
        text=_own_text(row),
        tone=SENTIMENTS.index(row.sentiment),
        language=row.language or "",
        intent=INTENTS.index(row.intent) if row.intent else -1,
        topics=tuple(float(topic in (row.topics or ())) for topic in TOPICS),
        source="own",
    )
