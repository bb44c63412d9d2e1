"""Train and evaluate relevance: `python -m models.training.relevance --data DIR [--embeddings FILE] [--evaluate]`.

DIR holds relevance/mentions.tsv.gz and relevance/brands.jsonl.gz (RepLab 2013) and sentiment/labelled.tsv.gz, whose
words tell how rare a word is. FILE holds what the careful tier makes of them (`python -m models.training.meaning`).
"""

import argparse
import csv
import functools
import html
import logging
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..glimpse import Glimpse
from ..profile import LENGTH, Profile, fold, tokens
from ..relevance import COLUMNS, HEADS, SHIPPED, Relevance, Seen
from ..traits import PLACES, TRAITS, Bytes, Floats, background, place
from . import meaning, subjects, unseen

log = logging.getLogger(__name__)

NAME: Final = "relevance-3"
RIDGE: Final = 1_000.0
"""How strongly weights (of standardised traits, over about 22,660 posts) are drawn to 0."""
BALANCE: Final = 0.5
"""How much of a brand's weight is shared equally by its relevant and irrelevant posts, however few those are."""

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """One brand's labelled posts, in the order of time, and its profile."""

    profile: Profile
    glimpses: list[Glimpse]
    relevant: Labels


def gather(folder: Path, embeddings: Path | None) -> list[Posts]:
    """The labelled posts of each brand. Raises `Unreadable`."""
    posts, pages = meaning.load(embeddings) if embeddings else (None, {})
    profiles = {brand.name: replace(brand, chunks=pages.get(brand.name, ())) for brand in subjects.profiles(folder)}
    rows: dict[str, list[tuple[int, Glimpse, int]]] = {name: [] for name in profiles}
    for line, row in enumerate(subjects.posts(folder)):
        glimpse = Glimpse(
            text=html.unescape(row["text"]),
            handle=row["author"],
            language=row["lang"],
            embedding=posts[line].tobytes() if posts is not None else b"",
        )
        rows[row["brand"]].append((int(row["time"]), glimpse, int(row["relevance"] == "RELATED")))
    return [
        Posts(
            profile=profiles[name],
            glimpses=[glimpse for _, glimpse, _ in found],
            relevant=np.array([so for *_, so in found]),
        )
        for name, found in ((name, sorted(found, key=lambda row: row[0])) for name, found in rows.items())
    ]


def rare(path: Path) -> Bytes:
    """How rare words are, from labelled posts at large."""
    counts, texts = np.zeros(PLACES, dtype=np.int64), 0
    for row in subjects.rows(path, quoting=csv.QUOTE_NONE):
        texts += 1
        for at in {place(fold(word).lstrip("@#")) for word in tokens(row["text"])}:
            counts[at] += 1
    return background(counts, texts)


def see(posts: Sequence[Posts], rarity: Bytes) -> tuple[Relevance, list[Seen]]:
    """A model that weighs nothing yet, and what it sees of each brand's posts."""
    pages = [chunk for one in posts for chunk in one.profile.chunks]
    written = [glimpse.embedding for one in posts for glimpse in one.glimpses]
    blank = Relevance(
        name=NAME,
        weights=np.zeros((len(HEADS), len(TRAITS))),
        bias=np.zeros(len(HEADS)),
        rarity=rarity,
        centres=np.stack([_centre(written), _centre(pages)]).astype(np.float16).astype(np.float64),
        mean=np.zeros(len(TRAITS)),
        spread=np.ones(len(TRAITS)),
    )
    seen = []
    for at, one in enumerate(posts):
        seen.append(blank.see(one.glimpses, one.profile))
        log.info("read %d of %d brands: %s", at + 1, len(posts), one.profile.name)
    told = np.vstack([one.traits for one in seen])
    return replace(blank, mean=told.mean(axis=0), spread=np.maximum(told.std(axis=0), 0.05)), seen


def fit(
    blank: Relevance, told: Sequence[Floats], labels: Sequence[Labels], heads: Sequence[int] = range(len(HEADS))
) -> Relevance:
    """The weights that these brands' posts teach, calibrated by leaving each of five parts of the brands out."""
    weights, bias = np.zeros_like(blank.weights), np.zeros_like(blank.bias)
    y, shares = np.concatenate(labels), np.concatenate([_shares(one) for one in labels])
    plain = np.concatenate([np.full(len(one), 1 / len(one)) for one in labels]) * len(y) / len(labels)
    part = np.concatenate([np.full(len(one), at % 5) for at, one in enumerate(labels)])
    for head in heads:
        columns = COLUMNS[head]
        x = (np.vstack(told)[:, :columns] - blank.mean[:columns]) / blank.spread[:columns]
        unseen = np.zeros(len(y))
        for left in range(5):
            kept = part != left
            held = _logistic(x[kept], y[kept], shares[kept], RIDGE)
            unseen[~kept] = x[~kept] @ held[1:] + held[0]
        level, slope = _logistic(unseen[:, None], y, plain, 1.0)
        found = _logistic(x, y, shares, RIDGE)
        weights[head, :columns] = slope * found[1:] / blank.spread[:columns]
        bias[head] = slope * found[0] + level - weights[head] @ blank.mean
    return replace(blank, weights=weights, bias=bias)


def _logistic(x: Floats, y: Labels, weights: Floats, ridge: float) -> Floats:
    """Intercept and weights of a ridge logistic regression, by Newton's method."""
    x = np.hstack([np.ones((len(x), 1)), x])
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 1e-3
    found = np.zeros(x.shape[1])
    for _ in range(12):
        odds = 1 / (1 + np.exp(-(x @ found).clip(-30, 30)))
        slope = x.T @ (weights * (y - odds)) - penalty * found
        curve = (x * (weights * odds * (1 - odds))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found = found + step
        if np.abs(step).max() < 1e-3:
            break
    return found


def _shares(relevant: Labels) -> Floats:
    """Weights of one brand's posts: every brand counts alike, and of a brand both kinds count nearly alike once there
    are ten of each."""
    sizes = np.array([(relevant == 0).sum(), (relevant == 1).sum()])
    shares = np.full(len(relevant), (1 - BALANCE) / len(relevant))
    for kind in (0, 1):
        if sizes.min():
            shares[relevant == kind] += BALANCE * min(1.0, sizes.min() / 10) / 2 / sizes[kind]
    return shares * 22_660 / 40


def _centre(embeddings: Sequence[bytes]) -> Floats:
    """The mean unit vector."""
    found = [np.frombuffer(one, dtype=np.int8).astype(np.float64) for one in embeddings if len(one) == LENGTH]
    if not found:
        return np.zeros(LENGTH)
    vectors = np.stack(found)
    return np.asarray((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).mean(axis=0))


def main() -> None:
    """Train on DIR and write the weights that ship, or print how well unseen brands are judged."""
    parser = argparse.ArgumentParser(prog="python -m models.training.relevance", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds relevance/ and sentiment/")
    parser.add_argument("--embeddings", type=Path, help="as models.training.meaning writes it")
    parser.add_argument("--evaluate", action="store_true", help="leave each brand out in turn; writes nothing")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    posts = gather(options.data, options.embeddings)
    blank, seen = see(posts, rare(options.data / "sentiment" / "labelled.tsv.gz"))
    labels = [one.relevant for one in posts]
    if options.evaluate:
        for head in range(3) if options.embeddings else range(2):
            sys.stdout.write(f"knowing {HEADS[head]}\n")
            unseen.evaluate(functools.partial(fit, blank, heads=(head,)), seen, labels, head)
        return
    model = fit(blank, [one.traits for one in seen], labels)
    model.save(options.out)
    log.info("%s: %d kB", options.out, math.ceil(options.out.stat().st_size / 1000))


if __name__ == "__main__":
    main()
