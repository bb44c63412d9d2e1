"""The command line as a whole: its commands, its errors, its exit codes, what it imports."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from connectors.errors import Refused
from monitor.cli import COMMANDS, app, config_first, load
from monitor.errors import Misconfigured, OidoError

from .stock import House
from .terminal import Terminal

HEAVY = (
    "sklearn",
    "numpy",
    "aiohttp",
    "asyncio",
    "feedparser",
    "sqlite_utils",
    "apprise",
    "pydantic",
    "ahocorasick_rs",
)
READING = (("inbox",), ("inbox", "--json"), ("show", "1"), ("mentions", "acme"), ("authors",), ("status",), ())


def outside(house: House, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`python -m monitor` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *words],
        env={**os.environ, "OIDO_CONFIG": str(house.config), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def on_terminal(house: House, *words: str, **environ: str) -> str:
    """What the command prints on a terminal 100 columns wide."""
    terminal = Terminal(*words, environ={"OIDO_CONFIG": str(house.config), "COLUMNS": "100", **environ})
    terminal.end()
    return terminal.shown


def plainly(house: House, *words: str, **environ: str) -> str:
    """The same, without its colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", on_terminal(house, *words, **environ))


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_reading_command_imports_nothing_heavy(house: House, words: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom monitor.cli import app\n"
        f"try: app({list(words)!r})\nexcept SystemExit: pass\n"
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    environ = {**os.environ, "OIDO_CONFIG": str(house.config)}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert ran.stderr.split() == []


@pytest.mark.parametrize(
    "name",
    ["inbox", "show", "take", "reply", "snooze", "close", "reopen", "label", "mentions", "authors", "status", "backup"],
)
def test_a_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert (result.exit_code, f"oido {name}" in result.output or f" {name} " in result.output) == (0, True)


def test_help_names_every_command_without_importing_any(house: House) -> None:
    printed = outside(house, "--help", COLUMNS="120").stdout
    names = [name for commands in COMMANDS.values() for name in commands]
    assert [name for name in names if f" {name} " not in printed] == []


def test_every_command_can_be_loaded() -> None:
    for commands in COMMANDS.values():
        for name in commands:
            assert load(name).name == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["inbx"], "inbox"),
        (["inbox", "--frob"], "--frob"),
        (["inbox", "--limit", "many"], "--limit"),
        (["show"], "ID"),
        (["--frob"], "--frob"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(house: House, words: list[str], said: str) -> None:
    result = house.oido(*words)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert result.stderr.startswith("oido: ")
    assert said in result.stderr


def test_a_missing_configuration_is_exit_code_3(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--config", str(tmp_path / "none.toml"), "inbox"])
    assert (result.exit_code, result.stderr.startswith("oido: ")) == (3, True)


def test_a_broken_configuration_is_exit_code_3_and_says_where(house: House) -> None:
    house.config.write_text('language = "fr"\ntimezone = "Mars/Olympus"\n', encoding="utf-8")
    result = house.oido("inbox")
    assert (result.exit_code, "language" in result.stderr, "timezone" in result.stderr) == (3, True, True)


def test_a_database_that_is_not_there_says_what_to_do(house: House) -> None:
    house.database.unlink()
    for words in (["inbox"], ["close", "1"], []):
        result = house.oido(*words)
        assert (result.exit_code, "oido fetch" in result.stderr) == (1, True)
    assert not house.database.exists()


def test_the_configuration_may_be_named_after_the_command(house: House) -> None:
    result = CliRunner().invoke(app, ["inbox", "-L", "1", "--config", str(house.config), "--json"])
    assert (result.exit_code, '"number": 1' in result.output) == (0, True)


@pytest.mark.parametrize(
    ("words", "sorted_"),
    [
        (["inbox", "--config", "x"], ["--config", "x", "inbox"]),
        (["inbox", "--config=x", "-L", "1"], ["--config=x", "inbox", "-L", "1"]),
        (["mentions", "--", "--config", "x"], ["mentions", "--", "--config", "x"]),
        (["inbox", "--config"], ["inbox", "--config"]),
        ([], []),
    ],
)
def test_config_goes_first(words: list[str], sorted_: list[str]) -> None:
    assert config_first(words) == sorted_


def failing(error: BaseException) -> int | str | None:
    """How a root whose one command raises `error` exits."""
    raising = typer.Typer(cls=app.info.cls, pretty_exceptions_enable=False)

    @raising.callback(invoke_without_command=True)
    def fail() -> None:
        raise error

    with pytest.raises(SystemExit) as left:
        raising([])
    return left.value.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OidoError("no"), 1),
        (Misconfigured("config.toml", []), 3),
        (Refused("https://x/: 401"), 1),
        (KeyboardInterrupt(), 130),
        (typer.Exit(4), 4),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_an_error_of_ours_is_an_exit_code(error: BaseException, code: int) -> None:
    assert failing(error) == code


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError())


def test_a_reader_that_has_seen_enough_is_no_error(house: House) -> None:
    with subprocess.Popen(
        f"{sys.executable} -m monitor mentions | true",
        shell=True,
        env={**os.environ, "OIDO_CONFIG": str(house.config)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.communicate()[1] == ""


def test_an_emoji_is_no_failure_where_output_is_not_utf_8(house: House) -> None:
    ran = outside(house, "mentions", "refund", PYTHONIOENCODING="latin-1")
    assert (ran.returncode, "\\u9000" in ran.stdout) == (0, True)


def test_the_version_is_printed(house: House) -> None:
    assert house.oido("--version").output.startswith("oido ")


def test_a_terminal_gets_colours_and_a_pipe_does_not(house: House) -> None:
    assert "\x1b[" in on_terminal(house, "inbox")
    assert "\x1b" not in outside(house, "inbox").stdout


def test_no_color_is_respected(house: House) -> None:
    printed = on_terminal(house, "inbox", NO_COLOR="1")
    assert ("\x1b[31m" in printed, "vencida 20 min" in printed) == (False, True)


@pytest.mark.parametrize("words", [("mentions",), ("authors",), ("show", "5"), ("inbox", "--all")], ids=" ".join)
def test_on_a_terminal_a_hostile_text_is_only_text(house: House, words: tuple[str, ...]) -> None:
    printed = on_terminal(house, *words)
    assert not set(printed) & set("\x07\x9b\x00\u202e")
    assert "\x1b[2J" not in printed
    assert "\x1b]" not in printed


@pytest.mark.parametrize("width", ["30", "80", "200"])
@pytest.mark.parametrize(
    "words", [("inbox",), ("mentions",), ("authors",), ("status",), ("show", "3"), ()], ids=" ".join
)
def test_no_line_is_wider_than_the_terminal(house: House, words: tuple[str, ...], width: str) -> None:
    from rich.cells import cell_len
    from rich.text import Text

    printed = on_terminal(house, *words, COLUMNS=width)
    assert [line for line in printed.splitlines() if cell_len(Text.from_ansi(line).plain) > int(width)] == []


@pytest.mark.parametrize(
    "words", [("mentions", "nowhere"), ("authors", "--network", "nowhere")], ids=lambda words: words[0]
)
def test_on_a_terminal_nothing_found_is_one_line(house: House, words: tuple[str, ...]) -> None:
    assert len(on_terminal(house, *words).splitlines()) == 1


def test_a_list_that_is_cut_does_not_count_what_it_leaves_out(house: House) -> None:
    assert plainly(house, "inbox", "-L", "2").startswith("Las 2 más urgentes")


def test_what_is_snoozed_is_not_counted_as_open(house: House) -> None:
    house.oido("snooze", "2", "--for", "2h")
    assert plainly(house, "inbox", "--snoozed").startswith("1 pospuesta\r\n")


def test_help_lines_are_broken_by_the_terminal(house: House) -> None:
    printed = plainly(house, "inbox", "--help", COLUMNS="80")
    lines = [line.rstrip() for line in printed.splitlines()]
    at = next(at for at, line in enumerate(lines) if "In a pipe" in line)
    assert min(len(line) for line in lines[at : at + 3]) > 60


@pytest.mark.parametrize("words", [("inbox",), ("reply",), ("close",), ("source", "add"), ()], ids=" ".join)
def test_help_speaks_no_python(house: House, words: tuple[str, ...]) -> None:
    printed = house.oido(*words, "--help").output
    assert [word for word in ("<bool>", "<str>", "list[", "range>") if word in printed] == []


def test_a_wrong_choice_is_told_in_our_words(house: House) -> None:
    assert "Value error" not in house.oido("authors", "--by", "height").stderr


def test_every_phrase_is_said_in_both_languages() -> None:
    from string import Formatter

    from monitor.cli.phrases import COUNTED, PHRASES

    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    assert [key for key, (spanish, english) in PHRASES.items() if fields(spanish) != fields(english)] == []
    assert [key for key, forms in COUNTED.items() for pair in forms for form in pair if fields(form) != {""}] == []
