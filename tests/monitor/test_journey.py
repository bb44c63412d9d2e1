"""The journey of posts to a notifier, and that of an answer, with the process killed (`kill -9`) at every step."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.store.reader import Reader
from monitor.views import Search
from tests.monitor import answering, journey
from tests.monitor.answering import NEEDLESS, NOBODY_KNOWS, SAID

ROOT = Path(__file__).parents[2]
STEPS = (
    ("claim", 1), ("known", 1), ("known", 2), ("judge", 1), ("judge", 3), ("commit", 1), ("commit", 2), ("commit", 3),
    ("settle", 1), ("claim_delivery", 1), ("claim_delivery", 2), ("send", 1), ("send", 2), ("settle_delivery", 1),
    ("settle_delivery", 3),
)  # fmt: skip


def travel(folder: Path, minutes: float, *death: str) -> int:
    """One journey in a process of its own; its exit code."""
    return started("journey", folder / "oido.db", folder / "sent", str(minutes), *death)


def started(program: str, *words: str | Path) -> int:
    command = [sys.executable, "-m", f"tests.monitor.{program}", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60).returncode


def mentions(folder: Path) -> list[str]:
    with Reader.open(folder / "oido.db") as reader:
        return sorted(record.mention.id for record in reader.mentions(Search(limit=None)))


def alerted(folder: Path) -> Counter[str]:
    """How often each mention's alert was handed to the notifier."""
    with Reader.open(folder / "oido.db") as reader:
        ids = {record.number: record.mention.id for record in reader.mentions(Search(limit=None))}
    return Counter(ids[int(line)] for line in (folder / "sent").read_text().split())


ALL = [*sorted(f"mastodon:{number}:Acme" for number in "13467"), "web:5:Acme"]
ALARMING = {f"mastodon:{number}:Acme" for number in "1467"}
"""What needs a person; `web:5` is a copy of `mastodon:1`."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("step", "number"), STEPS, ids=[f"{step}-{number}" for step, number in STEPS])
def test_a_kill_at_any_step_loses_nothing_and_repeats_at_most_one_message(
    tmp_path: Path, step: str, number: int, when: str
) -> None:
    assert travel(tmp_path, 0, step, str(number), when) == -signal.SIGKILL
    assert travel(tmp_path, 5) == 0
    assert mentions(tmp_path) == ALL
    sent = alerted(tmp_path)
    assert set(sent) == ALARMING
    repeated = {("send", "after"), ("settle_delivery", "before")}
    assert sent.total() == len(ALARMING) + ((step, when) in repeated)


def test_a_second_journey_finds_nothing_new(tmp_path: Path) -> None:
    for late in (0, 5, 10):
        asyncio.run(journey.travel(tmp_path / "oido.db", tmp_path / "sent", timedelta(minutes=late), journey.Killer()))
    assert mentions(tmp_path) == ALL
    assert alerted(tmp_path) == Counter(ALARMING)


def test_a_source_that_another_process_holds_is_left_to_it(tmp_path: Path) -> None:
    assert travel(tmp_path, 0, "known", "1", "before") == -signal.SIGKILL
    assert travel(tmp_path, 0.5) == 0
    assert mentions(tmp_path) == []


# Answers

STEPS_OF_AN_ANSWER = ("draft before", "reply before", "reply after", "sent after")


def killed(folder: Path, kind: str, step: str) -> int:
    """One try to answer, on a network that `knows` an answer again or `forgets` it, in a process that dies at `step`;
    its exit code."""
    return started("answering", folder / "oido.db", folder / "said", kind, *step.split())


def answer(folder: Path, kind: str) -> int:
    return asyncio.run(answering.answer(folder / "oido.db", folder / "said", kind, journey.Killer()))


def said(folder: Path) -> int:
    """How many answers stand on the network."""
    return len((folder / "said").read_text().splitlines()) if (folder / "said").exists() else 0


def noted(folder: Path) -> int:
    """How many answers the house knows of."""
    with Reader.open(folder / "oido.db") as reader:
        return len(reader.dossier(1).replies)


@pytest.mark.parametrize("step", STEPS_OF_AN_ANSWER)
def test_an_answer_killed_at_any_step_is_said_once_where_the_network_knows_it_again(tmp_path: Path, step: str) -> None:
    assert killed(tmp_path, "knows", step) == -signal.SIGKILL
    assert answer(tmp_path, "knows") == (NEEDLESS if step == "sent after" else SAID)
    assert (said(tmp_path), noted(tmp_path)) == (1, 1)


@pytest.mark.parametrize("step", STEPS_OF_AN_ANSWER)
def test_an_answer_killed_at_any_step_is_never_said_again_unasked(tmp_path: Path, step: str) -> None:
    sure = {"draft before": SAID, "sent after": NEEDLESS}
    assert killed(tmp_path, "forgets", step) == -signal.SIGKILL
    before = said(tmp_path)
    assert answer(tmp_path, "forgets") == sure.get(step, NOBODY_KNOWS)
    assert said(tmp_path) == (1 if step == "draft before" else before)
    assert noted(tmp_path) == (step in sure)
