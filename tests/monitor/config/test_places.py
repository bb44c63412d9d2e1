"""Where a configuration is looked for, and what starts without the rest."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config import find, load_basics, places
from monitor.config.basics import guess_language, machine_zone
from monitor.errors import Misconfigured


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty, with a user's folder in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    return tmp_path


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    return path


def test_the_option_comes_first(home: Path) -> None:
    write(home / "config.toml")
    assert find(write(home / "a.toml"), {"OIDO_CONFIG": "b.toml"}) == home / "a.toml"


def test_the_variable_comes_before_the_folder(home: Path) -> None:
    write(home / "config.toml")
    assert find(None, {"OIDO_CONFIG": str(write(home / "b.toml"))}) == home / "b.toml"


def test_the_folder_comes_before_the_user(home: Path) -> None:
    write(places.user_path())
    write(home / "config.toml")
    assert find(None, {}) == Path("config.toml")


def test_the_user_comes_last(home: Path) -> None:
    mine = write(places.user_path())
    assert find(None, {}) == mine


def test_a_folder_that_is_named_holds_the_file(home: Path) -> None:
    assert find(write(home / "x" / "config.toml").parent, {}) == home / "x" / "config.toml"


def test_a_named_place_is_the_only_one_looked_at(home: Path) -> None:
    write(home / "config.toml")
    with pytest.raises(Misconfigured, match=r"a\.toml cannot be used:\n.*named by --config"):
        find("a.toml", {})


def test_every_place_is_named_when_there_is_none(home: Path) -> None:
    with pytest.raises(Misconfigured) as raised:
        find(None, {})
    said = str(raised.value)
    assert all(word in said for word in ("config.toml", str(places.user_path()), "OIDO_CONFIG", "oido init"))


def test_the_basics_are_read_without_the_rest(home: Path) -> None:
    (home / "config.toml").write_text("language = 'es'\ntimezone = 'Europe/Madrid'\nnonsense = 1\n")
    basics = load_basics(Path("config.toml"))
    assert (basics.language, str(basics.zone), basics.database) == ("es", "Europe/Madrid", home / "oido.db")


def test_the_basics_are_told_when_wrong(home: Path) -> None:
    (home / "config.toml").write_text("language = 1\ntimezone = 'x'\ndatabase = ''")
    with pytest.raises(Misconfigured) as raised:
        load_basics(Path("config.toml"))
    assert [problem.place for problem in raised.value.problems] == ["language", "timezone", "database", "brand"]


def test_when_the_basics_are_wrong_all_else_that_is_wrong_is_told_too(home: Path) -> None:
    (home / "config.toml").write_text("timezone = 'x'\nnonsense = 1\n")
    with pytest.raises(Misconfigured) as raised:
        load_basics(Path("config.toml"))
    assert [problem.place for problem in raised.value.problems] == ["timezone", "nonsense", "brand"]


def test_the_basics_import_nothing_slow() -> None:
    code = (
        "import sys, monitor.config; print(sorted({'msgspec', 'aiohttp', 'connectors', 'asyncio'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LC_ALL": "en_GB", "LANG": "es_ES"}, "en"),
        ({"LANG": "fr_FR"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_guessed_from_the_machine(environ: dict[str, str], language: str) -> None:
    assert guess_language(environ) == language


def test_the_zone_is_the_machines(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Madrid")
    assert machine_zone({}, link) == "Europe/Madrid"


@pytest.mark.parametrize("named", ["", "nonsense", "<+03>-3", "/etc/passwd"])
def test_a_zone_that_is_none_is_utc(named: str, tmp_path: Path) -> None:
    assert machine_zone({"TZ": named}, tmp_path / "none") == "UTC"
