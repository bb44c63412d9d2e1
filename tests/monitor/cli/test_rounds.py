"""What a round of polls brought, as people see it."""

from datetime import UTC, datetime

import pytest

from monitor.cli.rounds import draw, row
from monitor.pipeline import Tally
from monitor.polling import Round
from monitor.types import Actor, Outcome

LONG = "https://social.example/api/v1/timelines/tag/acme?limit=…: the host's name is not known"


def brought(source: str, error: str | None = None, actor: Actor = Actor.NOBODY, **counts: int) -> Round:
    outcome = Outcome(next_at=datetime(2026, 11, 22, tzinfo=UTC), error=error, actor=actor)
    return Round(source=source, tally=Tally(**counts), outcome=outcome)


def drawn(capsys: pytest.CaptureFixture[str], *rounds: Round, language: str = "es") -> list[str]:
    draw([row(one) for one in rounds], language)
    return capsys.readouterr().out.splitlines()


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_source_is_one_row_however_long_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(capsys, brought("blog", found=3, mentions=2, negative=1, alerts=1), brought("social", error=LONG))
    assert [line.split() for line in lines[1:3]] == [
        ["●", "blog", "3", "2", "1", "1", "bien"],
        ["◐", "social", "0", "0", "0", "0", "falla"],
    ]


def test_how_far_back_a_source_was_read_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(found=1, oldest=datetime(2026, 10, 23, tzinfo=UTC))
    lines = drawn(capsys, Round(source="blog", tally=tally, outcome=Outcome(next_at=None)))
    assert (lines[0].split()[-1], lines[1].split()[-1]) == ("desde", "2026-10-23")


def test_an_error_is_told_in_full_below_with_who_must_act(capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(" ".join(drawn(capsys, brought("social", error=LONG), language="en")).split())
    assert f"social: {LONG} · it mends by itself" in told


def test_what_a_person_must_do_stands_in_the_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawn(capsys, brought("social", error="401", actor=Actor.PERSON))[1].endswith("te toca a ti")


def test_where_to_look_next_is_told_when_there_is_something(capsys: pytest.CaptureFixture[str]) -> None:
    assert "oido inbox" in drawn(capsys, brought("blog", found=1, mentions=1))[-1]
    assert "oido inbox" not in drawn(capsys, brought("blog", found=1))[-1]
