"""The database as a file."""

import sqlite3
from pathlib import Path

from .stock import House


def count(path: Path) -> int:
    db = sqlite3.connect(path)
    (found,) = db.execute("SELECT count(*) FROM mentions").fetchone()
    db.close()
    return int(found)


def test_a_backup_holds_what_the_database_holds(house: House, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    result = house.oido("backup", str(copy))
    assert (result.exit_code, count(copy)) == (0, 5)
    assert str(copy) in result.output


def test_a_backup_into_a_folder_is_named_by_the_day(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    house.oido("backup", str(folder))
    assert [path.name[:6] for path in folder.iterdir()] == ["oido-2"]


def test_a_backup_replaces_nothing_unless_forced(house: House, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    refused = house.oido("backup", str(copy))
    assert (refused.exit_code, copy.read_text(), len(refused.stderr.splitlines())) == (1, "mine", 1)
    assert house.oido("backup", str(copy), "--force").exit_code == 0
    assert count(copy) == 5


def test_a_backup_never_replaces_the_database(house: House) -> None:
    assert house.oido("backup", str(house.database), "--force").exit_code == 1
    assert count(house.database) == 5
