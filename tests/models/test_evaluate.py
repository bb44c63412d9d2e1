"""The measures of a judge, and the text it is measured on."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.errors import Unreadable
from models.evaluate import auc, average_precision, calibration_error, evaluate, macro_f1, main, recall_at
from models.labelled import Row, read
from models.verdict import Verdict

TRUTH = np.array([True, False, True, False])


class Parrot:
    """A judge for tests: every text is the name of a sentiment, and that is the verdict."""

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        return [
            Verdict(
                sentiment=text,  # type: ignore[arg-type]
                negative=float(text == "negative"),
                neutral=float(text == "neutral"),
                positive=float(text == "positive"),
                intent="other",
                language="es",
                model="parrot",
            )
            for text in texts
        ]


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ([0.9, 0.1, 0.8, 0.2], 1.0),
        ([0.1, 0.9, 0.2, 0.8], 0.0),
        ([0.5, 0.5, 0.5, 0.5], 0.5),
        ([0.9, 0.5, 0.3, 0.1], 0.75),
    ],
    ids=["right", "upside down", "ties", "one wrong pair"],
)
def test_auc(ranked: list[float], expected: float) -> None:
    assert auc(TRUTH, np.array(ranked)) == pytest.approx(expected)


def test_auc_needs_both_kinds() -> None:
    assert auc(np.array([True]), np.array([0.5])) is None


def test_average_precision() -> None:
    assert average_precision(TRUTH, np.array([0.9, 0.5, 0.3, 0.1])) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


@pytest.mark.parametrize(("floor", "recall"), [(0.9, 0.5), (0.6, 1.0)])
def test_recall_at_a_precision(floor: float, recall: float) -> None:
    assert recall_at(TRUTH, np.array([0.9, 0.5, 0.3, 0.1]), floor) == recall


def test_no_threshold_may_part_equal_scores() -> None:
    assert recall_at(TRUTH, np.array([0.5, 0.5, 0.5, 0.5]), 0.8) == 0


def test_macro_f1() -> None:
    assert macro_f1(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_calibration_error() -> None:
    assert calibration_error(np.array([True, False]), np.array([0.75, 0.75])) == pytest.approx(0.25)


def test_languages_count_alike() -> None:
    right = Row(text="negative", sentiment="negative", language="es")
    wrong = Row(text="negative", sentiment="positive", language="ca")
    report = evaluate(Parrot(), [right, right, right, wrong])
    assert report.average_macro_f1 == pytest.approx(0.5)
    assert report.overall.accuracy == 0.75
    assert report.languages["ca"].auc_negative is None


def test_the_benchmarks_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "sentiment" / "spanish"
    folder.mkdir(parents=True)
    (folder / "test_text.txt").write_text("qué mal\nbueno\nbien \u2028 va\n", encoding="utf-8")
    (folder / "test_labels.txt").write_text("0\n1\n2\n", encoding="utf-8")
    assert [(row.text, row.sentiment, row.language) for row in read(tmp_path)] == [
        ("qué mal", "negative", "es"),
        ("bueno", "neutral", "es"),
        ("bien \u2028 va", "positive", "es"),
    ]


def test_a_compressed_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv.gz"
    path.write_bytes(gzip.compress(b'text\tlabel\tlang\nel "mejor\tpos\tes\n'))
    assert [(row.text, row.sentiment) for row in read(path)] == [('el "mejor', "positive")]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a\tb\n", "first line must name"),
        (b"text\tlabel\nx\tangry\n", r"rows.tsv:2: 'angry' is not one of"),
        (b"text\tlabel\nx\n", r"rows.tsv:2: 1 columns"),
        (b"text\tlabel\n\xff\tneg\n", "utf-8"),
        (b"", "first line must name"),
    ],
    ids=["no header", "label", "short line", "encoding", "empty"],
)
def test_a_table_that_cannot_be_read_is_refused_by_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=complaint):
        read(path)


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("text\tlabel\tlang\nawful, never again\tneg\ten\nlove it, perfect\tpos\ten\n", encoding="utf-8")
    assert main([str(path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    keys = {"average_macro_f1", "auc_negative", "ap_negative", "recall_at_precision_80", "recall_at_precision_90"}
    assert keys | {"ece", "accuracy", "languages"} <= report.keys()
    assert report["accuracy"] == 1


def test_the_command_says_in_one_line_what_it_could_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none.tsv")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
