"""Which pieces of the tokenizer ship, and the tokenizer of those: a SentencePiece model without the other scripts."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

from ..mark import BRAND
from ..pieces import BEGIN, END, PAD

proto: Any = sentencepiece_model_pb2
"""Its classes are made when it is imported, and no type checker sees them."""
UNKNOWN = 3
MARK: Final = "brand"
"""The piece that the brand's mark means at first: it comes last once more, under the mark's name."""
LIKELY: Final = 80_000
"""Pieces are sorted by how likely they are; so many of them are kept when they are in Latin letters."""


def chosen(pieces: Sequence[str], scores: NDArray[np.float32], texts: Iterable[str]) -> NDArray[np.int64]:
    """The pieces worth keeping: those that `texts` use twice or more, single characters that they use at all, and the
    likely ones of Latin letters; and last the one that the brand's mark begins as."""
    whole = SentencePieceProcessor(model_proto=tokenizer(pieces, scores, [*range(len(pieces)), pieces.index(MARK)]))
    used = np.zeros(len(pieces) + 1, dtype=np.int64)
    for ids in whole.encode(list(texts), num_threads=2):
        np.add.at(used, ids, 1)
    single = np.array([len(piece) == 1 for piece in pieces])
    used = used[:-1]
    kept = (used >= 2) | (single & (used > 0))
    kept[: UNKNOWN + 1] = True
    kept[:LIKELY] |= [_is_latin(piece) for piece in pieces[:LIKELY]]
    return np.append(np.flatnonzero(kept), pieces.index(MARK))


def tokenizer(pieces: Sequence[str], scores: NDArray[np.float32], kept: Sequence[int]) -> bytes:
    """A SentencePiece model of the `kept` pieces, numbered in their order; the last of them stands for `BRAND`, that is
    never cut. Texts come to it normalised (NFKC)."""
    made = proto.ModelProto()
    spec, norm = made.trainer_spec, made.normalizer_spec
    spec.model_type = proto.TrainerSpec.UNIGRAM
    spec.bos_id, spec.pad_id, spec.eos_id, spec.unk_id = BEGIN, PAD, END, UNKNOWN
    norm.name = "identity"
    norm.add_dummy_prefix = norm.remove_extra_whitespaces = norm.escape_whitespaces = True
    kinds = {BEGIN: proto.ModelProto.SentencePiece.CONTROL, PAD: proto.ModelProto.SentencePiece.CONTROL}
    kinds |= {END: proto.ModelProto.SentencePiece.CONTROL, UNKNOWN: proto.ModelProto.SentencePiece.UNKNOWN}
    taken = set()
    for number in kept[:-1]:
        piece = pieces[number]
        # A piece that is there already, once its bytes are read as text, can never be met.
        name = piece if piece and piece not in taken else f"\0{number}"
        taken.add(name)
        made.pieces.add(
            piece=name,
            score=0.0 if number in kinds else float(scores[number]),
            type=kinds.get(number, proto.ModelProto.SentencePiece.NORMAL),
        )
    made.pieces.add(piece=BRAND, score=0.0, type=proto.ModelProto.SentencePiece.USER_DEFINED)
    spec.vocab_size = len(made.pieces)
    content: bytes = made.SerializeToString()
    return content


def _is_latin(piece: str) -> bool:
    return all(not sign.isalpha() or "LATIN" in unicodedata.name(sign, "") for sign in piece)
