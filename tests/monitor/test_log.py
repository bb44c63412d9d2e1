"""The log: one line for an event and its facts, whatever strangers wrote."""

import io
import logging
import re
import sys

import pytest

from monitor.log import Lines, configure, fields, logger

NAME = "oido.monitor.test"


def line(message: str = "polled", *, level: int = logging.INFO, colour: bool = False, **facts: object) -> str:
    """How the log tells of an event, without its time."""
    record = logging.LogRecord(NAME, level, __file__, 1, message, (), None)
    record.__dict__.update(fields(**facts))
    return re.sub(r"\d\d:\d\d:\d\d ", "", Lines(colour=colour, redact=hidden).format(record), count=1)


def hidden(text: str) -> str:
    return text.replace("s3cret", "***")


def test_a_line_is_an_event_and_its_facts() -> None:
    assert line(source="blog", mentions=2) == "polled source=blog mentions=2"


def test_an_event_without_facts_stands_alone() -> None:
    assert line("stopped") == "stopped"


def test_what_is_unknown_is_left_out() -> None:
    assert line(source="blog", error=None, found=0) == "polled source=blog found=0"


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("two words", '"two words"'),
        ("", '""'),
        ("a\nb", r"a\x0ab"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("\x9b31m", r"\x9b31m"),
        ("\x00\x7f", r"\x00\x7f"),
        ("señal 🌵", '"señal 🌵"'),
    ],
    ids=["space", "empty", "newline", "clear screen", "eight-bit escape", "nothing and delete", "letters"],
)
def test_a_fact_drives_no_terminal(fact: str, told: str) -> None:
    assert line(error=fact) == f"polled error={told}"


def test_a_fact_cannot_pass_for_a_line_of_its_own() -> None:
    assert "\n" not in line(error="503\n12:00:00 stopped")


def test_a_message_drives_no_terminal() -> None:
    assert line("alert\x1b[2J\nstopped") == r"alert\x1b[2J\x0astopped"


def test_a_secret_is_hidden_in_the_event_and_in_the_facts() -> None:
    assert line("asked s3cret", url="https://x/?key=s3cret") == "asked *** url=https://x/?key=***"


def test_a_secret_is_hidden_in_a_traceback() -> None:
    try:
        raise ValueError("key s3cret")
    except ValueError:
        record = logging.LogRecord(NAME, logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    told = Lines(colour=False, redact=hidden).format(record)
    assert "ValueError: key ***" in told
    assert "s3cret" not in told


def test_a_traceback_drives_no_terminal() -> None:
    try:
        raise ValueError("the network said \x1b[2J")
    except ValueError:
        record = logging.LogRecord(NAME, logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    told = Lines(colour=False, redact=hidden).format(record)
    assert "\x1b" not in told
    assert "\n" in told


def test_on_a_terminal_warnings_have_a_colour_and_news_have_none() -> None:
    assert (
        Lines(colour=True, redact=str)
        .format(logging.LogRecord(NAME, logging.WARNING, __file__, 1, "failing", (), None))
        .startswith("\033[33m")
    )
    assert "\033" not in line("polled", colour=True)


def test_only_what_is_asked_for_is_said_and_only_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger("oido")
    before = root.handlers, root.level, root.propagate
    try:
        configure(level=logging.INFO, redact=hidden)
        configure(level=logging.INFO, redact=hidden)
        logger("monitor.test").debug("whispered")
        logger("monitor.test").info("said", extra=fields(key="s3cret"))
    finally:
        root.handlers, root.level, root.propagate = before
    assert [each[9:] for each in stream.getvalue().splitlines()] == ["said key=***"]
