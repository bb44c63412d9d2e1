"""How good the model is, as the command line tells it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "text\tlabel\tlang\nQué vergüenza de envío, nadie contesta\tneg\tes\nMe encanta, gracias\tpos\tes\n"


def oido(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_labelled_text_is_scored_as_json(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(ROWS, encoding="utf-8")
    told = json.loads(oido("model", "eval", str(path), "--json").stdout)
    assert told["accuracy"] == 1.0
    assert told["languages"]["es"]["texts"] == 2


@pytest.mark.parametrize("content", [None, "", "a\tb\n1\t2\n"], ids=["missing", "empty", "other columns"])
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "own.tsv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = oido("model", "eval", str(path))
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "own.tsv" in result.stderr
