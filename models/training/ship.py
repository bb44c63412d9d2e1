"""Writes the trained network as it ships: the graph in eight bits, its tokenizer, and the facts beside them, calibrated
on what the written graph itself says, and on what the screen that ships says."""

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
from sklearn.metrics import f1_score

from ..careful import heard
from ..encoder import FORMAT, Encoder, Reading, sealed
from ..errors import ModelError
from ..labelled import SENTIMENTS, TOPICS, Row
from ..mark import read as as_read
from ..pieces import LONGEST, padded
from ..screen import Screen
from . import graph
from .network import Network
from .pretrained import Pretrained

log = logging.getLogger("models.training")

NAME: Final = "careful-4"
ALIKE: Final = 0.97
"""Of the texts the written graph must judge as the network does."""
PLAIN: Final = {
    "tone": {"weights": np.eye(3).tolist(), "bias": [0.0] * 3},
    "both": {"weights": [*np.eye(3).tolist(), *np.zeros((3, 3)).tolist()], "bias": [0.0] * 3},
    "topics": {"slope": [1.0] * len(TOPICS), "bias": [0.0] * len(TOPICS), "least": 0.0},
}
"""Logits taken as they come, until it is known how to calibrate them."""
Numbers = NDArray[np.float64]


def ship(
    network: Network,
    pretrained: Pretrained,
    rows: NDArray[np.int64],
    pieces: bytes,
    unseen: Sequence[Row],
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
    encoder, texts = Encoder.load(out, threads=torch.get_num_threads()), _texts(unseen)
    reading = encoder.read(texts)
    same = agreement(network, encoder.tokenizer.rows(texts), reading)
    log.info("the same classes as in PyTorch: %.1f %%", 100 * same)
    if same < ALIKE:
        raise ModelError(f"{out}: the written graph chooses as PyTorch does for {same:.1%} of the texts only")
    _write(out, facts | {"calibration": calibration(reading, unseen)})


def calibrate(folder: Path, unseen: Sequence[Row]) -> None:
    """Calibrate the encoder in `folder` anew, as is due when the screen beside it has changed."""
    encoder = Encoder.load(folder, threads=torch.get_num_threads())
    _write(folder, encoder.facts | {"calibration": calibration(encoder.read(_texts(unseen)), unseen)})


def calibration(reading: Reading, unseen: Sequence[Row]) -> dict[str, Any]:
    """How the encoder's logits become probabilities, alone and heard together with the screen's, found out from its
    `reading` of labelled texts that no training has seen."""
    screened = Screen.load().judge([row.text for row in unseen], names=[[row.brand] for row in unseen])
    tones = np.array([SENTIMENTS.index(row.sentiment) for row in unseen])
    ours = np.array([bool(row.topics) for row in unseen])
    return {
        "tone": _scaled(reading.tone, tones, ours),
        "both": _scaled(heard(reading, screened), tones, ours),
        "topics": _topics(reading.topics[ours], [row for row in unseen if row.topics]),
    }


def _scaled(logits: NDArray[np.floating[Any]], tones: NDArray[np.int64], ours: NDArray[np.bool_]) -> dict[str, Any]:
    """Weights (columns of `logits` × 3) and a bias: matrix scaling (Guo et al. 2017, "On Calibration of Modern Neural
    Networks"; over two judges, stacking: Wolpert 1992). Ours and the benchmark's texts count alike, whatever their
    numbers."""
    share = np.where(ours, 0.5 / max(ours.sum(), 1), 0.5 / max((~ours).sum(), 1)) * len(tones)
    fitted = LogisticRegression(C=0.1, max_iter=3_000).fit(logits, tones, sample_weight=share)
    return {"weights": fitted.coef_.T.tolist(), "bias": fitted.intercept_.tolist()}


def _topics(logits: NDArray[np.float32], posts: Sequence[Row]) -> dict[str, Any]:
    """A slope and a bias for each topic (Platt 1999), and the log-odds from which a topic is named: those that give the
    best F1 over all."""
    truth = np.array([[topic in (post.topics or ()) for topic in TOPICS] for post in posts], dtype=float)
    platt = [_platt(logits[:, place], truth[:, place]) for place in range(len(TOPICS))]
    slope, bias = (np.array(part) for part in zip(*platt, strict=True))
    odds = logits * slope + bias
    surest = odds == odds.max(axis=1, keepdims=True)
    tried = {least: f1_score(truth, (odds > least) | surest, average="micro") for least in np.arange(-1.2, 0.3, 0.1)}
    return {
        "slope": slope.tolist(),
        "bias": bias.tolist(),
        "least": round(float(max(tried, key=lambda at: tried[at])), 1),
    }


def agreement(network: Network, rows: Sequence[Sequence[int]], reading: Reading) -> float:
    """How often the written graph chooses the sentiment that the network chooses, of texts cut into `rows`."""
    same = 0
    for start in range(0, len(rows), 64):
        with torch.no_grad():
            tone, _, _ = network(torch.from_numpy(padded(rows[start : start + 64])))
        same += int((tone.argmax(1).numpy() == reading.tone[start : start + 64].argmax(1)).sum())
    return same / len(rows)


def _texts(rows: Sequence[Row]) -> list[str]:
    return [as_read(row.text, [row.brand]) for row in rows]


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
    (out / "careful.json").write_text(json.dumps(sealed(facts), indent=1) + "\n")
