"""Writes the trained network as it ships: the graph in eight bits, its tokenizer, and the facts beside them, calibrated
on what the written graph itself says."""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..encoder import FORMAT, Encoder, Reading
from ..labelled import TOPICS
from ..pieces import LONGEST, padded
from . import graph
from .mixture import Lesson
from .network import Network
from .pretrained import Pretrained

log = logging.getLogger("models.training")

NAME: Final = "careful-1"
PLAIN: Final = {
    "tone": {"weights": np.eye(3).tolist(), "bias": [0.0] * 3},
    "topics": {"slope": [1.0] * len(TOPICS), "bias": [0.0] * len(TOPICS)},
}
"""Logits taken as they come, until it is known how to calibrate them."""
Numbers = NDArray[np.float64]


def ship(
    network: Network,
    pretrained: Pretrained,
    rows: NDArray[np.int64],
    pieces: bytes,
    unseen: Sequence[Lesson],
    out: Path,
) -> None:
    """Write careful.onnx, careful.model and careful.json into the folder `out`. `unseen` are labelled texts that the
    network was not trained on."""
    written = _graph(network, pretrained, rows)
    facts: dict[str, Any] = {
        "format": FORMAT,
        "name": NAME,
        "hidden": pretrained.shape.hidden,
        "calibration": PLAIN,
        "sha256": {"onnx": hashlib.sha256(written).hexdigest(), "model": hashlib.sha256(pieces).hexdigest()},
    }
    for kind, content in (("onnx", written), ("model", pieces)):
        (out / f"careful.{kind}").write_bytes(content)
    _write(out, facts)
    encoder = Encoder.load(out, threads=torch.get_num_threads())
    reading = encoder.read([lesson.text for lesson in unseen])
    log.info("the same classes as in PyTorch: %.1f %%", 100 * agreement(network, encoder, reading, unseen))
    _write(out, facts | {"calibration": calibrate(reading, unseen)})


def calibrate(reading: Reading, lessons: Sequence[Lesson]) -> dict[str, Any]:
    """How logits become probabilities, as `careful.json` keeps it: for the tone, weights (3 × 3) and bias;
    for topics, a slope and a bias each (Platt 1999; Guo et al. 2017, "On Calibration of Modern Neural
    Networks")."""
    tones = np.array([lesson.tone for lesson in lessons])
    # Ours and the benchmark's count alike, whatever their numbers.
    ours = np.array([bool(lesson.topics) for lesson in lessons])
    share = np.where(ours, 0.5 / max(ours.sum(), 1), 0.5 / max((~ours).sum(), 1)) * len(lessons)
    tone = LogisticRegression(C=1.0, max_iter=1_000).fit(reading.tone, tones, sample_weight=share)
    topics = np.array([lesson.topics for lesson in lessons if lesson.topics])
    platt = [_platt(reading.topics[ours][:, place], topics[:, place]) for place in range(len(TOPICS))]
    return {
        "tone": {"weights": tone.coef_.T.tolist(), "bias": tone.intercept_.tolist()},
        "topics": {"slope": [slope for slope, _ in platt], "bias": [bias for _, bias in platt]},
    }


def agreement(network: Network, encoder: Encoder, reading: Reading, lessons: Sequence[Lesson]) -> float:
    """How often the written graph chooses the sentiment that the network chooses."""
    same = 0
    for start in range(0, len(lessons), 64):
        rows = encoder.tokenizer.rows([lesson.text for lesson in lessons[start : start + 64]])
        with torch.no_grad():
            tone, _, _ = network(torch.from_numpy(padded(rows)))
        same += int((tone.argmax(1).numpy() == reading.tone[start : start + 64].argmax(1)).sum())
    return same / len(lessons)


def _graph(network: Network, pretrained: Pretrained, rows: NDArray[np.int64]) -> bytes:
    weights = {name: values.numpy().astype(np.float32) for name, values in network.state_dict().items()}
    weights["position"] = weights["position"][:LONGEST]
    made = graph.model(weights, pretrained.words(rows), pretrained.shape, ("tone", "rest"))
    onnx.checker.check_model(made)
    content: bytes = made.SerializeToString()
    return content


def _platt(logits: NDArray[np.float32], truth: Numbers) -> tuple[float, float]:
    if truth.min() == truth.max():
        return 1.0, 0.0
    fitted = LogisticRegression(C=1.0).fit(logits[:, None], truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _write(out: Path, facts: dict[str, Any]) -> None:
    (out / "careful.json").write_text(json.dumps(facts, indent=1) + "\n")
