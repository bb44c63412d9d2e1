"""Linear heads over hashed features, read from a file of arrays and applied with NumPy alone.

A head is a column of weights: one per sentiment, per intent and per language. Features outside the vocabulary do not
exist for it, neither in the sum nor in the length that the sum is divided by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .arrays import DAMAGE, unpack
from .errors import BadWeights
from .features import FLAGS, LANGUAGES, PLACES, Block, Floats, Page
from .labelled import INTENTS, SENTIMENTS
from .tokens import Ints

TONE = (
    *(f"anybody {sentiment}" for sentiment in SENTIMENTS),
    *(f"customer {sentiment}" for sentiment in SENTIMENTS),
    "is customer",
    *INTENTS,
)
"""Two opinions on a text's sentiment, that of a reader of tweets and that of a reader of customers' posts; which of
the two to ask; and the intents."""
FORMAT = 2
"""Raised when features or file change their meaning, so that older weights are refused, not misread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The features that are known: `row` maps a place of the table to a row of weights (0: unknown), and `rarity`
    is each row's inverse document frequency (0 for row 0)."""

    row: NDArray[np.int32]
    rarity: Floats

    @classmethod
    def of(cls, places: Ints, rarity: Floats) -> Self:
        """The vocabulary of these places, in ascending order, with the rarity of each."""
        row = np.zeros(PLACES, dtype=np.int32)
        row[places] = np.arange(1, len(places) + 1, dtype=np.int32)
        return cls(row=row, rarity=np.concatenate((np.zeros(1, np.float32), rarity)).astype(np.float32))

    def weigh(self, block: Block, texts: int) -> tuple[Block, Floats]:
        """The known features of a block, with rows in the place of places, and the value of each. A text's values
        in one block have length one together."""
        row = self.row[block.index].astype(np.int64)
        known = row > 0
        row, text = row[known], block.text[known]
        rarity = self.rarity[row]
        length = np.sqrt(np.bincount(text, weights=rarity * rarity, minlength=texts))
        length[length == 0] = 1
        weighed = Block(index=row, text=text, token=block.token[known])
        return weighed, (rarity / length[text]).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """Some heads. `weights` is rows × heads with a row of zeros for the unknown, `flags` FLAGS × heads."""

    heads: tuple[str, ...]
    weights: Floats
    flags: Floats
    bias: Floats

    def score(self, weighed: Sequence[tuple[Block, Floats]], flags: Floats) -> Floats:
        """The logit of each head for each text: texts × heads."""
        scores = flags @ self.flags + self.bias
        for block, values in weighed:
            bounds = np.searchsorted(block.text, np.arange(len(flags) + 1))
            for text, (start, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
                scores[text] += values[start:end] @ self.weights[block.index[start:end]]
        return np.asarray(scores, dtype=np.float32)

    def blame(self, weighed: Sequence[tuple[Block, Floats]], page: Page, directions: Floats) -> Floats:
        """How much each token moved the heads along each direction (heads × directions): tokens × directions.
        A cue's part is shared by the tokens that give it; style is no token's."""
        tokens = len(page.tokens)
        moved = np.zeros((directions.shape[1], tokens), dtype=np.float32)
        for block, values in weighed:
            along = self.weights[block.index] @ directions
            for place, column in enumerate(moved):
                column += np.bincount(block.token, weights=values * along[:, place], minlength=tokens)
        giving = page.cues.text * len(FLAGS) + page.cues.index
        share = page.flags.ravel()[giving] / np.bincount(giving)[giving]
        for column, flags in zip(moved, (self.flags @ directions).T, strict=True):
            column += np.bincount(page.cues.token, weights=share * flags[page.cues.index], minlength=tokens)
        return moved.T


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Everything the screen tier has learned, and the name of that learning."""

    name: str
    vocabulary: Vocabulary
    tone: Linear
    """The heads TONE, in that order."""
    language: Linear
    """One head per language of LANGUAGES."""


def save(path: Path, weights: Weights) -> None:
    """Write `weights` with one byte per number. Judging with the file differs from judging with `weights` by that
    rounding and by nothing else."""
    heads = (weights.tone, weights.language)
    arrays: dict[str, NDArray[np.generic]] = {
        "format": np.array(FORMAT),
        "name": np.array(weights.name),
        "kept": np.packbits(weights.vocabulary.row > 0),
        "rarity": np.round(weights.vocabulary.rarity[1:] * 16).astype(np.uint8),
    }
    for part, head in zip(_PARTS, heads, strict=True):
        scale = np.maximum(np.abs(head.weights).max(axis=0) / 127, 1e-9).astype(np.float32)
        arrays[f"{part}.heads"] = np.array(head.heads)
        arrays[f"{part}.weights"] = np.round(head.weights[1:] / scale).astype(np.int8).T
        arrays[f"{part}.scale"] = scale
        arrays[f"{part}.flags"] = head.flags.astype(np.float32)
        arrays[f"{part}.bias"] = head.bias.astype(np.float32)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load(path: Path) -> Weights:
    """Read weights. `BadWeights` when they are missing, damaged, or of another format."""
    try:
        return _weights(unpack(path), path)
    except FileNotFoundError as error:
        raise BadWeights(f"{path}: no weights there; install again") from error
    except DAMAGE as error:
        raise BadWeights(f"{path}: not weights of this model, or damaged ({error}); install again") from error


_PARTS = {"tone": TONE, "language": LANGUAGES}


def _weights(arrays: dict[str, NDArray[np.generic]], path: Path) -> Weights:
    found = arrays["format"]
    if found.shape != () or int(found.astype(int)) != FORMAT:
        raise BadWeights(f"{path}: weights of format {found}, this version reads format {FORMAT}; install again")
    kept = np.flatnonzero(np.unpackbits(arrays["kept"].astype(np.uint8)))
    rarity = _shaped(arrays["rarity"], (len(kept),), "rarity") / np.float32(16)
    if len(arrays["kept"]) * 8 != PLACES:
        raise ValueError(f"{len(arrays['kept']) * 8} places, not {PLACES}")
    tone, language = (_linear(arrays, part, len(kept)) for part in _PARTS)
    return Weights(
        name=str(arrays["name"]),
        vocabulary=Vocabulary.of(kept, rarity),
        tone=tone,
        language=language,
    )


def _linear(arrays: dict[str, NDArray[np.generic]], part: str, rows: int) -> Linear:
    heads = tuple(str(head) for head in arrays[f"{part}.heads"])
    if heads != _PARTS[part]:
        raise ValueError(f"{part} has the heads {heads}")
    count = len(heads)
    weights = _shaped(arrays[f"{part}.weights"], (count, rows), f"{part}.weights")
    scale = _shaped(arrays[f"{part}.scale"], (count,), f"{part}.scale")
    full = np.zeros((rows + 1, count), dtype=np.float32)
    np.multiply(weights.T, scale, out=full[1:])
    return Linear(
        heads=heads,
        weights=full,
        flags=_shaped(arrays[f"{part}.flags"], (len(FLAGS), count), f"{part}.flags"),
        bias=_shaped(arrays[f"{part}.bias"], (count,), f"{part}.bias"),
    )


def _shaped(array: NDArray[np.generic], shape: tuple[int, ...], name: str) -> Floats:
    if array.shape != shape or array.dtype.kind not in "iuf":
        raise ValueError(f"{name} is {array.dtype} {array.shape}, not numbers {shape}")
    numbers = array.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return numbers
