"""The encoder that the careful tier reads with: one pass over a text gives all it says of it. The only door to ONNX
Runtime.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from .errors import BadWeights
from .pieces import Tokenizer, padded

FORMAT: Final = "oido-careful-2"
KINDS: Final = {"name": str, "hidden": int, "sha256": dict, "calibration": dict, "seal": str}
"""What the facts must tell."""
BATCH: Final = 4
"""Texts of a pass: more fill a core no better, and are padded to the longest."""
REFUSALS: Final = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NotImplemented)
"""What an ONNX Runtime raises that is too old or too new for the graph; they share no base of their own."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one pass says of some texts, in their order: logits of the sentiments (texts × 3), of the intents (× 5) and
    topics (× 8), and the embedding, of unit length (× 384)."""

    tone: Floats
    intent: Floats
    topics: Floats
    embedding: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A loaded encoder. `facts` are what was written into the file when it was made."""

    session: Any
    tokenizer: Tokenizer
    facts: dict[str, Any]

    @classmethod
    def load(cls, folder: Path, name: str = "careful", threads: int = 1) -> Self:
        """Read NAME.onnx and NAME.model, which NAME.json describes. Raises `BadWeights` when one of them is missing,
        damaged, or made for another version of this code."""
        facts = _facts(folder / f"{name}.json")
        graph, pieces = (_content(folder / f"{name}.{kind}", facts) for kind in ("onnx", "model"))
        return cls(session=_session(graph, threads), tokenizer=Tokenizer.of(pieces), facts=facts)

    def read(self, texts: Sequence[str]) -> Reading:
        """Read texts as `mark.read` gives them."""
        rows = self.tokenizer.rows(texts)
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        outputs: list[Floats] = [np.zeros((len(rows), width), np.float32) for width in (3, 13, self.facts["hidden"])]
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            told = self.session.run(["tone", "rest", "embedding"], {"ids": padded([rows[place] for place in places])})
            for output, part in zip(outputs, told, strict=True):
                output[places] = part
        tone, rest, embedding = outputs
        return Reading(tone=tone, intent=rest[:, :5], topics=rest[:, 5:], embedding=embedding)


def sealed(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with a digest of them all: one digit that changed would change what is judged, and nobody would see."""
    told = {name: fact for name, fact in facts.items() if name != "seal"}
    return told | {"seal": hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadWeights(f"{path}: cannot be read ({error}); install again") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise BadWeights(f"{path}: made for another version of Oído, or not by it; install again")
    if missing := [name for name, kind in KINDS.items() if not isinstance(facts.get(name), kind)]:
        raise BadWeights(f"{path}: damaged, {' and '.join(missing)} cannot be read; install again")
    if facts != sealed(facts):
        raise BadWeights(f"{path}: damaged, it is not as it was written; install again")
    return facts


def _content(path: Path, facts: dict[str, Any]) -> bytes:
    """A file of the model, checked before anything tries to make sense of it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadWeights(f"{path}: {error.strerror}; install again") from error
    if hashlib.sha256(content).hexdigest() != facts["sha256"].get(path.suffix[1:]):
        raise BadWeights(f"{path}: damaged, or of another model; install again")
    return content


def _session(graph: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait by spinning would keep a core busy between two mentions.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except REFUSALS as error:
        raise BadWeights(f"ONNX Runtime {onnxruntime.__version__} cannot use the encoder: {error}") from error
