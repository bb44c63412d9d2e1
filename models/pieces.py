"""Texts as the encoder takes them: cut into pieces of words, a row of numbers each. The only door to SentencePiece."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from .errors import BadWeights
from .mark import BRAND

BEGIN, PAD, END = 0, 1, 2
LONGEST: Final = 128
"""Pieces of a text that are read, some 90 words; of a longer one, those around the brand's first mention."""
BEFORE: Final = 48
PREFIX: Final = "query: "
"""What the published encoder wants before a text."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenizer:
    """Cuts texts into pieces."""

    processor: SentencePieceProcessor

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The tokenizer that a SentencePiece model describes. Raises `BadWeights`."""
        try:
            return cls(processor=SentencePieceProcessor(model_proto=content))
        except RuntimeError as error:
            raise BadWeights(f"the tokenizer cannot be read: {error}") from error

    def rows(self, texts: Sequence[str], longest: int = LONGEST) -> list[list[int]]:
        """The pieces of each text, framed. The texts are as `mark.read` gives them."""
        framed = self.processor.encode([PREFIX + text for text in texts])
        return [self._fit(row, text, longest - 2) for row, text in zip(framed, texts, strict=True)]

    def _fit(self, row: list[int], text: str, most: int) -> list[int]:
        if len(row) > most and (at := text.find(BRAND)) > 0:
            # Counting the pieces of what comes before is cheaper than asking for the place of each.
            before = len(self.processor.encode(PREFIX + text[:at]))
            start = max(0, min(before - BEFORE, len(row) - most))
            row = row[start:]
        return [BEGIN, *row[:most], END]


def padded(rows: Sequence[Sequence[int]]) -> Ids:
    """Rows of pieces as one array, the shorter ones filled up."""
    ids = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
    return ids
