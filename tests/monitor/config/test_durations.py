"""Durations, read and written."""

from datetime import timedelta

import pytest

from monitor.config.durations import duration, written

CASES = [
    ("90s", timedelta(seconds=90)),
    ("10m", timedelta(minutes=10)),
    ("6h", timedelta(hours=6)),
    ("7d", timedelta(days=7)),
    ("2w", timedelta(weeks=2)),
    ("1h30m", timedelta(minutes=90)),
    (" 1 H ", timedelta(hours=1)),
    ("0s", timedelta()),
]


@pytest.mark.parametrize(("text", "span"), CASES)
def test_a_duration_is_read(text: str, span: timedelta) -> None:
    assert duration(text) == span


@pytest.mark.parametrize("text", ["", "10", "m", "-5m", "1.5h", "10 minutos", "1h x", "999999999w"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|is too long"):
        duration(text)


@pytest.mark.parametrize("span", [span for _, span in CASES])
def test_a_duration_is_written_as_it_is_read(span: timedelta) -> None:
    assert duration(written(span)) == span
