"""How good the model is, as the command line tells it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "text\tlabel\tlang\nQué vergüenza de envío, nadie contesta\tneg\tes\nMe encanta, gracias\tpos\tes\n"
KEYS = "average_macro_f1 auc_negative ap_negative recall_at_precision_80 recall_at_precision_90 ece accuracy languages"


def oido(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def written(path: Path, content: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_labelled_text_is_scored_as_json(tmp_path: Path) -> None:
    told = json.loads(oido("model", "eval", written(tmp_path / "own.tsv", ROWS), "--tier", "screen", "--json").stdout)
    assert set(KEYS.split()) <= told.keys()
    assert told["accuracy"] == 1.0
    assert told["languages"]["es"]["texts"] == 2


def test_labelled_text_is_scored_as_a_table(tmp_path: Path) -> None:
    printed = oido("model", "eval", written(tmp_path / "own.tsv", ROWS), "--tier", "screen").stdout
    assert "average macro-F1 100.0" in printed


def test_a_split_of_the_benchmarks_folder_is_scored(tmp_path: Path) -> None:
    written(tmp_path / "sentiment" / "english" / "val_text.txt", "awful, never again\n")
    written(tmp_path / "sentiment" / "english" / "val_labels.txt", "0\n")
    result = oido("model", "eval", str(tmp_path), "--split", "val", "--tier", "screen", "--json")
    assert json.loads(result.stdout)["languages"]["en"]["accuracy"] == 1.0


@pytest.mark.parametrize("content", [None, "", "a\tb\n1\t2\n"], ids=["missing", "empty", "other columns"])
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "own.tsv"
    if content is not None:
        written(path, content)
    result = oido("model", "eval", str(path))
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "own.tsv" in result.stderr


def test_profiles_are_for_a_table_of_relevance(tmp_path: Path) -> None:
    table = written(tmp_path / "own.tsv", ROWS)
    result = oido("model", "eval", table, "--profiles", table)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no rows below the first line"),
        (["--split", "val"], "no rows of split val"),
        (["--source", "x", "--split", "val"], "no rows of source x and split val"),
    ],
    ids=["all", "a split", "a source's split"],
)
def test_a_table_without_the_rows_asked_for_is_told(tmp_path: Path, options: list[str], said: str) -> None:
    table = written(tmp_path / "own.tsv", "text\tlabel\tlang\n")
    result = oido("model", "eval", table, *options)
    assert (result.returncode, result.stderr) == (1, f"oido: {table}: {said}\n")
