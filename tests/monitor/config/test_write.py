"""Edits of config.toml: theirs and nothing else."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.layout import line_of
from monitor.config.write import added, edit, literal, place, table, without
from monitor.errors import Misconfigured

TEXT = '''\
# Ours.
language = "es"   # spoken here

[[brand]]
name = "Luna"

# --- Sources ---

# The first.
[[source]]
connector = "a"
note = """
[[source]]
# not a table, not a comment
"""
# limit = 3

# The second.
[[source]]
connector = "b"

[source.options]
x = 1

# --- Alerts ---

[alerts]
reach = 5
'''


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("x", '"x"'),
        ('"Luna Roja"', "'\"Luna Roja\"'"),
        ('it\'s "here" \\ there', '"it\'s \\"here\\" \\\\ there"'),
        ("two\nlines\x00", r'"two\nlines\U00000000"'),
        ("ñ 🌙", '"ñ 🌙"'),
        (True, "true"),
        (3, "3"),
        (("a", "b"), '["a", "b"]'),
        (timedelta(minutes=90), '"1h30m"'),
    ],
)
def test_a_value_is_written_as_toml_reads_it(value: object, written: str) -> None:
    assert literal(value) == written
    assert tomllib.loads(f"x = {written}")


def test_a_table_is_added_after_a_blank_line() -> None:
    assert added("a = 1\n", "source", table("source", {"url": "x"})) == 'a = 1\n\n[[source]]\nurl = "x"\n'


def test_a_table_is_added_behind_the_last_of_its_kind() -> None:
    addition = table("source", {"url": "x"})
    assert added(TEXT, "source", addition) == TEXT.replace("x = 1\n", f"x = 1\n\n{addition}")


@pytest.mark.parametrize(
    "text", ["", "[[source]]\na = 1", "a = 1", "a = 1\n", "a = 1\n\n", "a = 1\r\nb = 2\r\n", "a = 1\r\nb = 2"]
)
def test_what_was_there_stays_byte_for_byte(text: str) -> None:
    after = added(text, "source", table("source", {"url": "x"}))
    assert after.startswith(text)
    assert tomllib.loads(after)["source"][-1] == {"url": "x"}
    assert ("\r\n" in text) == after.endswith("\r\n")


def test_a_table_is_taken_out_with_the_comments_that_touch_it() -> None:
    after, taken = without(TEXT, "source", 1)
    assert taken == TEXT[TEXT.index("# The first") : TEXT.index("\n# The second")]
    assert after == TEXT.replace(taken + "\n", "")


def test_a_table_is_taken_out_with_the_tables_within_it() -> None:
    after, _ = without(TEXT, "source", 2)
    assert "options" not in tomllib.loads(after)["source"][0]
    assert "# --- Alerts ---\n\n[alerts]" in after


def test_the_last_table_of_a_file_is_taken_out() -> None:
    assert without("a = 1\n\n[[source]]\nx = 1", "source", 1)[0] == "a = 1\n\n"


def test_a_table_written_inline_is_not_found() -> None:
    with pytest.raises(LookupError, match=r"stands in no table \[\[source\]\] of its own"):
        without("source = [{x = 1}]", "source", 1)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("language", 2),
        ("brand[1].name", 5),
        ("source[1]", 10),
        ("source[2].connector", 20),
        ("source[2].missing", 19),
        ("source[2].options.x", 19),
        ("alerts.reach", 28),
        ("alerts", 27),
        ("nothing", None),
        ("line 3, column 4", None),
    ],
)
def test_a_place_has_its_line(place: str, line: int | None) -> None:
    assert line_of(place, TEXT) == line


def test_an_edit_that_would_break_the_file_leaves_it_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[[brand]]\nname = "Luna"\n')
    with pytest.raises(Misconfigured):
        edit(file, lambda text: text + "nonsense = 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert file.read_text() == '[[brand]]\nname = "Luna"\n'


def test_an_edit_keeps_byte_order_mark_line_ends_and_rights(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbf[[brand]]\r\nname = "Luna"\r\n')
    file.chmod(0o640)
    edit(file, lambda text: text + "# hola\r\n")
    assert file.read_bytes() == b'\xef\xbb\xbf[[brand]]\r\nname = "Luna"\r\n# hola\r\n'
    assert file.stat().st_mode & 0o777 == 0o640


def test_an_edit_follows_a_link_and_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text('[[brand]]\nname = "Luna"\n')
    (tmp_path / "config.toml").symlink_to("real.toml")
    edit(tmp_path / "config.toml", lambda text: text + "# hola\n")
    assert (tmp_path / "config.toml").is_symlink()
    assert (tmp_path / "real.toml").read_text().endswith("# hola\n")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be written"):
        place(tmp_path / "file" / "config.toml", b"")
