"""How good a judge is, on labelled text: `python -m models.evaluate PATH [--json]`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .labelled import SENTIMENTS, Row, read
from .screen import Screen
from .verdict import Verdict

Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Judges(Protocol):
    """What can be evaluated."""

    def judge(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Sequence[Verdict]:
        """One verdict per text, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Quality on some texts, shares from 0 to 1. What cannot be measured there is `None`.

    Precision and recall are those of the sentiment chosen; `auc_negative`, `ap_negative` and the recalls at a
    precision are those of P(negative) as a ranking; `ece` is the expected calibration error of the chosen sentiment's
    probability, in ten bins.
    """

    texts: int
    accuracy: float
    macro_f1: float
    precision_negative: float | None
    recall_negative: float | None
    auc_negative: float | None
    ap_negative: float | None
    recall_at_precision_80: float | None
    recall_at_precision_90: float | None
    ece: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Scores on everything and by language (those of the labels, not those that the judge told)."""

    model: str
    average_macro_f1: float
    """The mean over languages, each counting alike, as the multilingual tweet benchmark has it."""
    overall: Scores
    languages: dict[str, Scores] = field(default_factory=dict)


def evaluate(judge: Judges, rows: Sequence[Row]) -> Report:
    """Judge the rows and compare. The judge is not told the language."""
    if not rows:
        raise ValueError("no rows to evaluate on")
    verdicts = judge.judge([row.text for row in rows])
    odds = np.array([(verdict.negative, verdict.neutral, verdict.positive) for verdict in verdicts])
    chosen = np.array([SENTIMENTS.index(verdict.sentiment) for verdict in verdicts])
    truth = np.array([SENTIMENTS.index(row.sentiment) for row in rows])
    spoken = np.array([row.language or "?" for row in rows])
    languages = {
        str(one): score(truth[spoken == one], chosen[spoken == one], odds[spoken == one]) for one in np.unique(spoken)
    }
    return Report(
        model=verdicts[0].model,
        average_macro_f1=float(np.mean([scores.macro_f1 for scores in languages.values()])),
        overall=score(truth, chosen, odds),
        languages=languages,
    )


def score(truth: NDArray[np.int64], chosen: NDArray[np.int64], odds: Numbers) -> Scores:
    """Scores from labels and choices (places in SENTIMENTS) and probabilities (texts × SENTIMENTS)."""
    negative = truth == 0
    said = chosen == 0
    hits = int((negative & said).sum())
    ranked = odds[:, 0]
    return Scores(
        texts=len(truth),
        accuracy=float((truth == chosen).mean()),
        macro_f1=macro_f1(truth, chosen),
        precision_negative=hits / int(said.sum()) if said.any() else None,
        recall_negative=hits / int(negative.sum()) if negative.any() else None,
        auc_negative=auc(negative, ranked),
        ap_negative=average_precision(negative, ranked),
        recall_at_precision_80=recall_at(negative, ranked, 0.8),
        recall_at_precision_90=recall_at(negative, ranked, 0.9),
        ece=calibration_error(truth == chosen, odds[np.arange(len(chosen)), chosen]),
    )


def macro_f1(truth: NDArray[np.int64], chosen: NDArray[np.int64]) -> float:
    """The mean F1 of the classes that occur in either."""
    classes = np.union1d(truth, chosen)
    shares = [2 * ((truth == c) & (chosen == c)).sum() / ((truth == c).sum() + (chosen == c).sum()) for c in classes]
    return float(np.mean(shares))


def auc(truth: Bools, ranked: Numbers) -> float | None:
    """The chance that a true one ranks above a false one; ties count half."""
    if truth.all() or not truth.any():
        return None
    _, place, count = np.unique(ranked, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    trues = int(truth.sum())
    return float((rank[truth].sum() - trues * (trues + 1) / 2) / (trues * (len(truth) - trues)))


def _curve(truth: Bools, ranked: Numbers) -> tuple[Numbers, Numbers]:
    """Precision and recall at every threshold that can be set, from the strictest on."""
    order = np.argsort(-ranked, kind="stable")
    hits = np.cumsum(truth[order])
    settable = np.append(np.diff(ranked[order]) != 0, True)
    return (hits / np.arange(1, len(truth) + 1))[settable], (hits / hits[-1])[settable]


def average_precision(truth: Bools, ranked: Numbers) -> float | None:
    """The area under precision over recall, in steps."""
    if not truth.any():
        return None
    precision, recall = _curve(truth, ranked)
    return float((np.diff(recall, prepend=0) * precision).sum())


def recall_at(truth: Bools, ranked: Numbers, floor: float) -> float | None:
    """The largest recall of a threshold whose precision is at least `floor`; 0 when there is none."""
    if not truth.any():
        return None
    precision, recall = _curve(truth, ranked)
    return float(recall[precision >= floor].max(initial=0))


def calibration_error(right: Bools, confidence: Numbers, bins: int = 10) -> float:
    """How far stated confidence is from the share that was right, weighted over equal bins of confidence."""
    bucket = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(right[bucket == b].sum() - confidence[bucket == b].sum()) for b in np.unique(bucket)]
    return float(sum(gaps) / len(right))


def document(report: Report) -> dict[str, object]:
    """The report as JSON has it: the overall scores at the top, then one object per language."""
    return {"model": report.model, "average_macro_f1": report.average_macro_f1} | {
        **asdict(report.overall),
        "languages": {language: asdict(scores) for language, scores in report.languages.items()},
    }


_COLUMNS = {
    "macro_f1": "F1",
    "accuracy": "acc",
    "precision_negative": "neg P",
    "recall_negative": "neg R",
    "auc_negative": "AUC",
    "ap_negative": "AP",
    "recall_at_precision_80": "R@P80",
    "recall_at_precision_90": "R@P90",
    "ece": "ECE",
}


def table(report: Report) -> str:
    """The report as lines of text, percentages."""
    lines = ["".join(f"{head:>7}" for head in ("", "texts", *_COLUMNS.values()))]
    for name, scores in [*report.languages.items(), ("all", report.overall)]:
        values = [getattr(scores, column) for column in _COLUMNS]
        cells = ["-" if value is None else f"{100 * value:.1f}" for value in values]
        lines.append("".join(f"{cell:>7}" for cell in (name, scores.texts, *cells)))
    return "\n".join([*lines, f"{report.model}: average macro-F1 {100 * report.average_macro_f1:.1f}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate the shipped judge, or another's weights, on a table or a folder of labelled text."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description=__doc__)
    parser.add_argument("path", type=Path, help="a .tsv or .tsv.gz with text, label, lang; or the benchmark's folder")
    parser.add_argument("--source", help="only rows of this source")
    parser.add_argument("--split", help="only rows of this split")
    parser.add_argument("--weights", type=Path, help="weights to judge with, instead of the shipped ones")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        rows = read(options.path, options.split or "test")
        rows = [row for row in rows if options.source in (None, row.source) and options.split in (None, row.split)]
        if not rows:
            raise ModelError(f"{options.path}: no rows of source {options.source} and split {options.split}")
        report = evaluate(Screen.load(options.weights), rows)
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write((json.dumps(document(report), indent=2) if options.json else table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
