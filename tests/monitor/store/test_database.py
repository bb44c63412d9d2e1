"""The file itself: made, opened, refused, copied."""

import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import NewerSchema, StoreError
from monitor.store import schema
from monitor.store.database import VERSION, to_write
from monitor.store.history import COMMON
from monitor.store.reader import Reader
from monitor.store.sqlite import SqliteStore
from monitor.views import Search
from tests.builders import NOW, alert, mention, post

from .journey import commit, raised

SCHEMAS = Path(__file__).parent / "schemas"


def filled(path: Path) -> Path:
    with SqliteStore.open(path) as store:
        commit(store, mention("Acme is down", id="1"))
    return path


def test_a_database_is_made_for_its_owner_only(tmp_path: Path) -> None:
    filled(tmp_path / "oido.db")
    assert stat.S_IMODE((tmp_path / "oido.db").stat().st_mode) == 0o600


def test_readers_do_not_wait_for_writers(tmp_path: Path) -> None:
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store, Reader.open(tmp_path / "oido.db") as reader:
        store._db.execute("BEGIN IMMEDIATE")
        assert len(list(reader.mentions(Search()))) == 1


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with Reader.open(filled(tmp_path / "oido.db")) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._db.execute("DELETE FROM mentions")


def test_reading_before_anything_was_fetched_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no database yet at .*: run `oido fetch` or `oido run` first"):
        Reader.open(tmp_path / "oido.db")


def test_a_database_is_not_made_unless_asked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database yet"):
        SqliteStore.open(tmp_path / "oido.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_database_yet(tmp_path: Path) -> None:
    (tmp_path / "oido.db").touch()
    with pytest.raises(StoreError, match="no database yet"):
        Reader.open(tmp_path / "oido.db")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"there is no folder {re.escape(str(tmp_path))}/none; create it"):
        SqliteStore.open(tmp_path / "none" / "oido.db")


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        SqliteStore.open(tmp_path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path / "oido.db")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 4}")
    said = f"made by a newer version of oido .schema {VERSION + 4}; this one knows {VERSION}.; upgrade oido"
    for opened in (SqliteStore.open, Reader.open):
        with pytest.raises(NewerSchema, match=said):
            opened(path)


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (id)")
    before = path.read_bytes()
    for opened in (SqliteStore.open, Reader.open):
        with pytest.raises(StoreError, match="another program"):
            opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database " * 100, b"SQLite format 3\x00" + b"\xff" * 4096], ids=["text", "torn"]
)
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "oido.db"
    path.write_bytes(content)
    for opened in (SqliteStore.open, Reader.open):
        with pytest.raises(StoreError, match="move it away"):
            opened(path)


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    path = filled(tmp_path / "oido.db")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(StoreError, match="is damaged; move it away and restore a backup"), Reader.open(path) as reader:
        list(reader.mentions(Search()))


def test_a_locked_database_says_so(tmp_path: Path) -> None:
    path = filled(tmp_path / "oido.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as other, SqliteStore.open(path) as store:
        store._db.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked: another process"):
            store.release("me")


def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store:
        (pages,) = store._db.execute("PRAGMA page_count").fetchone()
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="the disk is full"):
            commit(store, *(mention("long " * 1000, id=str(number)) for number in range(2, 9)))
        assert len(list(store.mentions(Search()))) == 1


def test_every_migration_is_counted() -> None:
    assert len(schema.migrations._migrations) == VERSION


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "oido.db"
    monkeypatch.setattr(schema, "FIRST", (*schema.FIRST, "CREATE NONSENSE"))
    with pytest.raises(sqlite3.OperationalError, match="NONSENSE"):
        SqliteStore.open(path)
    assert path.stat().st_size == 0


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_an_older_database_is_brought_up_with_what_it_holds(tmp_path: Path, version: int) -> None:
    path = tmp_path / "oido.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript((SCHEMAS / f"v{version}.sql").read_text())
    with SqliteStore.open(path) as store:
        (record,) = store.mentions(Search(text="caido"))
        assert (record.number, record.mention.id, record.copies) == (1, "mastodon:1:Acme", 1)
        assert [ticket.number for ticket in store.tickets(["open"], NOW)] == [1]
        commit(store, mention(id="2"))


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_migration_loses_nothing(tmp_path: Path, version: int) -> None:
    path = tmp_path / "oido.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript((SCHEMAS / f"v{version}.sql").read_text())
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: [row[1] for row in db.execute(f"PRAGMA table_info ({name})")] for name in tables}
        asked = [f"SELECT {', '.join(columns[name])} FROM {name}" for name in tables if not name.startswith("_")]
        before = [db.execute(each).fetchall() for each in asked]
    with closing(to_write(path, create=False)) as db:
        assert [db.execute(each).fetchall() for each in asked] == before


def test_all_versions_end_in_the_same_schema(tmp_path: Path) -> None:
    def tables(path: Path) -> set[tuple[str, str]]:
        with closing(to_write(path, create=True)) as db:
            found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            return {(name, " ".join(sql.split())) for name, sql in found}

    for version in range(1, VERSION + 1):
        path = tmp_path / f"{version}.db"
        with closing(sqlite3.connect(path)) as db:
            db.executescript((SCHEMAS / f"v{version}.sql").read_text())
        assert tables(path) == tables(tmp_path / "new.db")


@pytest.mark.parametrize("module", ["monitor.store.reader", "monitor.store.sqlite"])
def test_opening_a_current_database_imports_nothing_dear(tmp_path: Path, module: str) -> None:
    path = filled(tmp_path / "oido.db")
    script = f"""
import sys
from pathlib import Path
from {module} import *
({"SqliteStore" if module.endswith("sqlite") else "Reader"}).open(Path({str(path)!r})).shut()
print(sorted({{"sqlite_utils", "aiohttp", "numpy", "sklearn", "feedparser", "rich"}} & set(sys.modules)))
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_the_search_index_follows_every_change(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "oido.db") as store:
        commit(store, *(mention(f"word{number}", id=str(number), title="Ayuda") for number in range(9)))
        edited = tuple(post(f"other{number}", id=str(number)) for number in range(3))
        commit(store, mention("new", id="10"), seen_again=edited, deleted=(("mastodon", "5"), ("mastodon", "10")))
        store._db.execute("DELETE FROM mentions WHERE number = 9")
        store._db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")


# Backups


def test_a_backup_opens_and_holds_everything(tmp_path: Path) -> None:
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store:
        store.backup(tmp_path / "copy.db")
        commit(store, mention(id="2"))
    with Reader.open(tmp_path / "copy.db") as copy:
        assert [record.mention.id for record in copy.mentions(Search())] == ["mastodon:1:Acme"]


def test_a_backup_goes_on_while_somebody_writes(tmp_path: Path) -> None:
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store, SqliteStore.open(tmp_path / "oido.db") as other:
        other._db.execute("BEGIN IMMEDIATE")
        other._db.execute("DELETE FROM mentions")
        store.backup(tmp_path / "copy.db")
    with Reader.open(tmp_path / "copy.db") as copy:
        assert len(list(copy.mentions(Search()))) == 1


def test_a_backup_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store:
        store.backup(tmp_path / "copy.db", progress=lambda done, pages: told.append((done, pages)))
    assert told[-1][0] == told[-1][1] > 0


def test_a_backup_does_not_replace_a_file_unless_told(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store:
        with pytest.raises(StoreError, match="is there already"):
            store.backup(tmp_path / "copy.db")
        assert (tmp_path / "copy.db").read_text() == "precious"
        store.backup(tmp_path / "copy.db", overwrite=True)
    Reader.open(tmp_path / "copy.db").shut()


def test_a_database_is_never_backed_up_onto_itself(tmp_path: Path) -> None:
    with (
        SqliteStore.open(filled(tmp_path / "oido.db")) as store,
        pytest.raises(StoreError, match="the database itself"),
    ):
        store.backup(tmp_path / "oido.db", overwrite=True)


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(done: int, pages: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "copies").mkdir()
    with SqliteStore.open(filled(tmp_path / "oido.db")) as store, pytest.raises(KeyboardInterrupt):
        store.backup(tmp_path / "copies" / "copy.db", progress=fail)
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_backup_into_a_missing_folder_says_so(tmp_path: Path) -> None:
    with (
        SqliteStore.open(filled(tmp_path / "oido.db")) as store,
        pytest.raises(StoreError, match="cannot be written: No such file"),
    ):
        store.backup(tmp_path / "none" / "copy.db")


@pytest.mark.parametrize(("alerts", "synchronous"), [(1, 2), (0, 1)], ids=["alerted", "quiet"])
def test_an_alert_is_on_the_disk_before_anybody_hears_of_it(tmp_path: Path, alerts: int, synchronous: int) -> None:
    with SqliteStore.open(tmp_path / "oido.db") as store:
        commit(store, mention(), alerts=(alert(mention()),) * alerts)
        assert store._db.execute("PRAGMA synchronous").fetchone() == (synchronous,)


def test_what_people_did_is_on_the_disk_at_once(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "oido.db") as store:
        raised(store, mention())
        store.renew("me", NOW)
        store.take(1, "ana", NOW)
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_status_does_not_walk_all_deliveries_there_ever_were(tmp_path: Path) -> None:
    asked: list[str] = []
    with SqliteStore.open(tmp_path / "oido.db") as store:
        store._db.set_trace_callback(asked.append)
        store.standings(NOW)
        store._db.set_trace_callback(None)
        plans = [row[3] for each in asked if "deliveries" in each for row in explained(store, each)]
    assert [plan for plan in plans if plan.startswith("SCAN deliveries") and "deliveries_" not in plan] == []


def test_the_latest_of_a_busy_author_are_found_without_sorting_all_they_wrote(tmp_path: Path) -> None:
    asked: list[str] = []
    with SqliteStore.open(tmp_path / "oido.db") as store:
        commit(store, *(mention(id=str(number), author="bot") for number in range(COMMON)))
        store._db.set_trace_callback(asked.append)
        assert len(list(store.mentions(Search(author="BOT", limit=5)))) == 5
        store._db.set_trace_callback(None)
        assert [row[3] for row in explained(store, asked[-1]) if "TEMP B-TREE" in row[3]] == []


def test_what_is_hidden_is_counted_without_walking_the_rest(tmp_path: Path) -> None:
    asked: list[str] = []
    with SqliteStore.open(tmp_path / "oido.db") as store:
        store._db.set_trace_callback(asked.append)
        store.standings(NOW)
        store.hidden(Search(), 100)
        store.hidden(Search(brand="Acme", since=NOW), 100)
        store._db.set_trace_callback(None)
        plans = [row[3] for each in asked if "hidden = 1" in each for row in explained(store, each)]
    walks = [plan for plan in plans if " mentions " in plan]
    assert [" COVERING INDEX mentions_hidden " in plan for plan in walks] == [True] * 3


def explained(store: SqliteStore, question: str) -> list[tuple[int, int, int, str]]:
    return store._db.execute(f"EXPLAIN QUERY PLAN {question}").fetchall()
