"""What `oido model train` refuses before it begins."""

import subprocess
import sys
from pathlib import Path

import pytest


def oido(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", "model", "train", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--tier", "careful", "--clean"], "only the screen tier has a clean variant", id="clean"),
        pytest.param(["--out", "no/such/folder"], "no/such/folder is no folder", id="a folder that is not there"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments: list[str], told: str) -> None:
    run = oido(*arguments)
    assert (run.returncode, told in run.stderr) == (2, True)


def test_text_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    run = oido("--data", str(tmp_path), "--out", str(tmp_path))
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert f"there is no sentiment/labelled.tsv.gz in {tmp_path}" in run.stderr


def test_the_help_says_what_to_install() -> None:
    assert "oido[train]" in oido("--help").stdout
