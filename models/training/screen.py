"""Trains the screen tier; `oido model train` calls it.

1. Features of every text, by the code that also judges.
2. A provisional fit on everything that is seen twice; the places that weigh most become the vocabulary.
3. On that vocabulary: A three sentiments and B positive or not, on all the text of others (most of its sources know two
   classes only); C three sentiments and D intents, on our own posts of customers; E whether a text is a customer's.
4. Two logistic regressions, each on text that what it weighs was not fitted on, make of A and B what a reader of tweets
   would say, and of A, B and C what a reader of customers' posts would; both calibrated, the second on posts by hands
   that what it weighs had not read, and that stand in the proportions of life. All of it is linear, so it is multiplied
   out: what ships is one column per head of `linear.TONE`.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..features import FLAGS, LANGUAGES, Block, Floats
from ..labelled import INTENTS, Row, read
from ..linear import TONE, Linear, Vocabulary, Weights, save
from ..tokens import Ints
from . import Progress
from .examples import (
    BRANDS,
    NEUTRAL,
    OURS,
    PAGE,
    POSITIVE,
    TWEETS,
    UNLABELLED,
    Texts,
    balance,
    customers,
    frequencies,
    gather,
    like_life,
    own_posts,
    trainable,
    two_sided,
)
from .heads import SEED, Head, beside, fit, fit_softly, stack, temper, through
from .teacher import ask, unlabelled

log = logging.getLogger("models.training")

NAME, CLEAN_NAME = "screen-6", "screen-clean-6"
CLEAN = ("xed_", "sentimp")
"""Sources whose licences (CC BY 4.0, CC BY-SA 4.0) allow what we do with them, and more."""
KEPT = 188_000
SELDOM = 0.5
"""By how much the log-odds that a text is a customer's fall short of those among even numbers of both."""
TRUST = 0.75
"""How much of a target the better judge says where people said something too."""
FOLDS = 10
STEPS = FOLDS + 4
"""Features, vocabulary, a fit without each fold, the fits on everything, languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How much of what; chosen on the benchmark's validation part and on a held-out fifth of our posts."""

    name: str = NAME
    kept: int = KEPT
    general: float = 1.5e-5
    """Regularisation of A and B."""
    choosing: float = 3e-5
    """Theirs while the vocabulary is chosen: the heavier, the fewer accidents are in it."""
    ours: float = 1e-4
    """Regularisation of C and D."""
    epochs: int = 5
    others: float = 0.0
    """What other people's posts about brands, as the better judge sees them, count beside ours. At 1 the AUC on our
    held-out posts falls from 73 to 67: those posts are plain, and teach that plain words decide."""


def vocabulary(places: Ints, seen: Ints, texts: int) -> Vocabulary:
    """A vocabulary of these places; rarity in steps of a sixteenth, as it is kept."""
    rarity = np.log((1 + texts) / (1 + seen[places])) + 1
    return Vocabulary.of(places, (np.round(rarity * 16) / 16).astype(np.float32))


def matrix(texts: Texts, words: Vocabulary, families: Sequence[int] = (0, 1, 2)) -> sparse.csr_matrix:
    """Texts × (rows of the vocabulary, then FLAGS)."""
    columns = len(words.rarity)
    total = sparse.csr_matrix((len(texts), columns), dtype=np.float32)
    for family in families:
        total = total + sparse.vstack([_weighed(block, words, columns, size) for block, size in _sized(texts, family)])
    flags = sparse.csr_matrix(texts.flags if len(families) > 1 else np.zeros_like(texts.flags))
    joined = sparse.hstack([total, flags], format="csr")
    joined.indices, joined.indptr = joined.indices.astype(np.int32), joined.indptr.astype(np.int32)
    return joined


def _sized(texts: Texts, family: int) -> list[tuple[Block, int]]:
    return [(block, min(PAGE, len(texts) - PAGE * page)) for page, block in enumerate(texts.blocks[family])]


def _weighed(block: Block, words: Vocabulary, columns: int, size: int) -> sparse.csr_matrix:
    token = np.zeros(len(block.index), dtype=np.int64)
    weighed, values = words.weigh(Block(index=block.index, text=block.text, token=token), size)
    return sparse.csr_matrix((values, (weighed.text, weighed.index)), shape=(size, columns))


def targets(texts: Texts) -> Floats:
    """What is learned of each text's sentiment: what people said and, for TRUST of it, what the better judge says,
    where it was asked; of texts without a label only that."""
    hard = np.eye(3, dtype=np.float32)[texts.sentiment]
    asked = texts.soft.any(axis=1)
    said = np.where(texts.source == UNLABELLED, 1.0, TRUST) * asked
    return np.asarray((1 - said)[:, None] * hard + said[:, None] * texts.soft, dtype=np.float32)


def anybody(x: sparse.csr_matrix, texts: Texts, chosen: NDArray[np.bool_], recipe: Recipe) -> Head:
    """A and B: four columns."""
    tone, three = texts.sentiment, chosen & (~two_sided(texts) | texts.soft.any(axis=1))
    return beside(
        fit_softly(x, targets(texts), balance(texts, three), recipe.general, recipe.epochs),
        fit(x, positive(tone), balance(texts, chosen & (tone != NEUTRAL)), recipe.general, recipe.epochs),
    )


def at_large(texts: Texts) -> NDArray[np.bool_]:
    """The benchmark's tweets or, without them, all of others that knows three sentiments."""
    tweets = texts.source == TWEETS
    others = ~two_sided(texts) & (texts.source != OURS)
    return tweets if tweets.any() else others


def positive(tone: Ints) -> Ints:
    """1 for the positive."""
    return np.asarray(tone == POSITIVE, dtype=np.int64)


def customer(x: sparse.csr_matrix, texts: Texts, chosen: NDArray[np.bool_], recipe: Recipe) -> Head:
    """C: three columns."""
    ours = balance(texts, chosen & (texts.source == OURS), lambda _: 1.0)
    alike = texts.soft.any(axis=1) & (np.isin(texts.source, BRANDS) | (texts.source == UNLABELLED))
    others = balance(texts, chosen & alike, lambda _: 1.0)
    others *= recipe.others * ours.sum() / max(others.sum(), 1)
    return fit_softly(x, targets(texts), ours + others, recipe.ours, 2 * recipe.epochs)


def intent(x: sparse.csr_matrix, texts: Texts, recipe: Recipe) -> Head:
    """D: one column per intent."""
    return fit(x, texts.intent, (texts.intent >= 0).astype(np.float32), recipe.ours, 4 * recipe.epochs, len(INTENTS))


def which(x: sparse.csr_matrix, texts: Texts, chosen: NDArray[np.bool_], recipe: Recipe) -> Head:
    """E: one column. Within each language customers' posts and tweets at large count alike."""
    ours, others = customers(texts) > 0, at_large(texts) | np.char.startswith(texts.source, "tass")
    share = customers(texts)
    weights = np.zeros(len(texts), dtype=np.float32)
    for language in range(len(LANGUAGES)):
        spoken = chosen & (texts.language == language)
        both = int((spoken & (ours | others)).sum())
        for side in (ours, others):
            members = spoken & side
            measure = np.where(ours, share, 1)[members]
            weights[members] = np.minimum(both / 2 * measure / max(measure.sum(), 1), 5)
    learned, bias = fit(x, ours.astype(np.int64), weights, recipe.ours, 2 * recipe.epochs)
    return learned, bias - SELDOM


def select(texts: Texts, recipe: Recipe) -> Vocabulary:
    """The places whose weights, each head measured by its own spread, are largest in a fit on all seen twice."""
    seen = frequencies(texts)
    common = np.flatnonzero(seen >= 2)
    words = vocabulary(common, seen, len(texts))
    x, everything = matrix(texts, words), np.ones(len(texts), dtype=bool)
    parts = (
        (1.0, anybody(x, texts, everything, replace(recipe, general=recipe.choosing))),
        (0.5, customer(x, texts, everything, recipe)),
        (0.3, intent(x, texts, recipe)),
        (0.3, speak(matrix(texts, words, families=(0,)), texts)),
    )
    strength = np.zeros(len(common))
    for share, (weights, _) in parts:
        size = np.abs(weights[1 : len(common) + 1])
        strength = np.maximum(strength, share * (size / (size.std(axis=0) + 1e-12)).max(axis=1))
    kept = np.sort(np.argsort(-strength, kind="stable")[: recipe.kept])
    return vocabulary(common[kept], seen, len(texts))


def speak(x: sparse.csr_matrix, texts: Texts) -> Head:
    """The heads that tell the language; every language counts alike."""
    known = texts.language >= 0
    sizes = np.bincount(texts.language[known], minlength=len(LANGUAGES))
    weights = np.where(known, known.sum() / (np.count_nonzero(sizes) * np.maximum(sizes, 1))[texts.language], 0)
    return fit(x, texts.language, np.minimum(weights, 20).astype(np.float32), 1e-6, 2, len(LANGUAGES))


def folds(texts: Texts) -> Ints:
    """Which part each text is in: drawn for those of others, by whose hand for ours when there are enough of them. A
    hand has its ways, and heads that have read it are surer of its other posts than they will be of anybody else's."""
    drawn: Ints = np.random.default_rng(SEED).permutation(len(texts)) % FOLDS
    known, hands = np.unique(texts.hand, return_inverse=True)
    return np.asarray(np.where(texts.hand != "", hands % FOLDS, drawn)) if len(known) > FOLDS else drawn


def write(data: Path, out: Path, progress: Progress, *, clean: bool = False) -> Path:
    """Train on the texts in `data` and our corpus, with the careful tier's help, and write screen.npz into the folder
    `out`; `clean`, on openly licensed text alone and without help."""
    rows, recipe, soft = trainable(read(data / "sentiment" / "labelled.tsv.gz")), Recipe(), None
    if clean:
        rows, recipe = [*(row for row in rows if row.source.startswith(CLEAN)), *own_posts()], Recipe(name=CLEAN_NAME)
    else:
        rows = [*rows, *unlabelled(data), *own_posts()]
        soft = ask(rows, lambda done: progress("the careful tier", done, len(rows)))
    weights = train(rows, recipe, soft, lambda done: progress("the screen", done, STEPS))
    path = out / "screen.npz"
    save(path, weights)
    return path


def train(
    rows: Sequence[Row],
    recipe: Recipe | None = None,
    soft: Floats | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Weights:
    """Weights from labelled rows, and `progress` told after each of STEPS. The same rows in the same order give the
    same weights."""
    recipe = recipe or Recipe()
    texts = gather(rows, soft)
    progress(1)
    words = select(texts, recipe)
    x = matrix(texts, words)
    progress(2)
    log.info("%d texts, a vocabulary of %d, %d values", len(texts), len(words.rarity) - 1, x.nnz)
    everything, tweets = np.ones(len(texts), dtype=bool), at_large(texts)
    unseen_general, unseen_ours = np.zeros((len(texts), 4)), np.zeros((len(texts), 3))
    fold = folds(texts)
    for part in range(FOLDS):
        for unseen, family in ((unseen_general, anybody), (unseen_ours, customer)):
            weights, bias = family(x, texts, fold != part, recipe)
            unseen[fold == part] = x[fold == part] @ weights + bias
        progress(3 + part)
    general, own_heads = anybody(x, texts, everything, recipe), customer(x, texts, everything, recipe)
    tone = texts.sentiment
    both = np.hstack([unseen_general, unseen_ours])
    measured = like_life(texts)
    mix = temper(stack(both, tone, customers(texts)), both[measured], tone[measured])
    columns = beside(
        through(general, stack(unseen_general, tone, tweets.astype(np.float32))),
        through(beside(general, own_heads), mix),
        which(x, texts, everything, recipe),
        intent(x, texts, recipe),
    )
    progress(STEPS - 1)
    tongue = speak(matrix(texts, words, families=(0,)), texts)
    progress(STEPS)
    return Weights(name=recipe.name, vocabulary=words, tone=_linear(TONE, columns), language=_linear(LANGUAGES, tongue))


def _linear(names: Sequence[str], head: Head) -> Linear:
    weights, bias = head
    rows = len(weights) - len(FLAGS)
    return Linear(
        heads=tuple(names),
        weights=weights[:rows].astype(np.float32),
        flags=weights[rows:].astype(np.float32),
        bias=bias.astype(np.float32),
    )
