"""Two processes at one database, and one that is killed in the middle of a commit."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from monitor.store.sqlite import SqliteStore
from monitor.views import Search
from tests.builders import NOW, mention

from .journey import commit, enlist, raised

START = f"""
import os, signal, sys
from datetime import timedelta
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from monitor.store.sqlite import SqliteStore
from tests.builders import NOW, mention
from tests.monitor.store.journey import claimed, commit, raised
"""

CLAIM_ALL = f"""{START}
names = [f"s{{number}}" for number in range(60)]
with SqliteStore.open(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while claim := store.claim(names, sys.argv[2], NOW, timedelta(hours=1)):
        print(claim.source, flush=True)
        names.remove(claim.source)
"""

DELIVER_ALL = f"""{START}
with SqliteStore.open(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while delivery := store.claim_delivery(["chat"], sys.argv[2], NOW, timedelta(hours=1)):
        print(delivery.id, flush=True)
"""

COMMIT_ALL = f"""{START}
with SqliteStore.open(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for page in range(20):
        pages = (mention(id=str(number)) for number in range(page * 10, page * 10 + 10))
        receipt = raised(store, *pages, claim=claimed(store, sys.argv[2], owner=sys.argv[2]), notifiers=["chat"])
        print(receipt.mentions, receipt.alerts, receipt.deliveries, flush=True)
"""

OPEN = f"""{START}
print("ready", flush=True)
sys.stdin.readline()
SqliteStore.open(Path(sys.argv[1])).shut()
print("opened")
"""

DIE_WITHIN = f"""{START}
class Deadly(tuple):
    def __iter__(self):
        os.kill(os.getpid(), signal.SIGKILL)

with SqliteStore.open(Path(sys.argv[1])) as store:
    page = [mention(id=str(number), story=str(number)) for number in range(500)]
    raised(store, *page, notifiers=["chat"], mark="page 2", **{{sys.argv[2]: Deadly()}})
"""

DIE_ANYTIME = f"""{START}
with SqliteStore.open(Path(sys.argv[1])) as store:
    for page in range(1000):
        fresh = (mention(id=f"{{page}}-{{number}}") for number in range(50))
        raised(store, *fresh, notifiers=["chat"], mark=str(page), found=50)
        print(page, flush=True)
"""


def race(script: str, path: Path) -> list[list[str]]:
    """What two processes print that start at the same moment."""
    two = [_start(script, path, owner) for owner in ("one", "two")]
    for process in two:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in two:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].splitlines() for process in two]
    assert [process.returncode for process in two] == [0, 0]
    return said


def _start(script: str, path: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(path), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_never_claim_the_same_source(tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(60)]
    with SqliteStore.open(tmp_path / "oido.db") as store:
        enlist(store, *names)
    one, two = race(CLAIM_ALL, tmp_path / "oido.db")
    assert sorted(one + two) == sorted(names)


def test_two_processes_never_claim_the_same_delivery(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "oido.db") as store:
        raised(store, *(mention(id=str(number)) for number in range(60)), notifiers=["chat"])
    one, two = race(DELIVER_ALL, tmp_path / "oido.db")
    assert Counter(one + two) == Counter(str(number) for number in range(1, 61))


def test_two_processes_that_hear_the_same_posts_store_each_once(tmp_path: Path) -> None:
    SqliteStore.open(tmp_path / "oido.db").shut()
    one, two = race(COMMIT_ALL, tmp_path / "oido.db")
    told = [[int(count) for count in line.split()] for line in one + two]
    assert [sum(counts) for counts in zip(*told, strict=True)] == [200, 200, 200]


def test_two_processes_may_make_the_database_together(tmp_path: Path) -> None:
    assert race(OPEN, tmp_path / "oido.db") == [["opened"], ["opened"]]


@pytest.mark.parametrize("within", ["seen_again", "deleted"])
def test_a_process_killed_within_a_commit_leaves_nothing_of_it(tmp_path: Path, within: str) -> None:
    with SqliteStore.open(tmp_path / "oido.db") as store:
        commit(store, mention(id="before"), mark="page 1")
        store.release("me")
    killed = subprocess.run([sys.executable, "-c", DIE_WITHIN, str(tmp_path / "oido.db"), within], check=False)
    assert killed.returncode == -9
    with SqliteStore.open(tmp_path / "oido.db") as store:
        claim = store.claim(["social"], "me", NOW, NOW - NOW, even_if_early=True)
        assert claim is not None
        assert claim.mark == "page 1"
        assert [record.mention.id for record in store.mentions(Search(text="down"))] == ["mastodon:before:Acme"]
        assert (store.standings(NOW).mentions, store.standings(NOW).pending) == (1, 0)


def test_a_process_killed_at_any_time_leaves_whole_pages(tmp_path: Path) -> None:
    for round_ in range(3):
        path = tmp_path / f"{round_}.db"
        process = _start(DIE_ANYTIME, path)
        assert process.stdout is not None
        for _ in range(3 + round_):
            process.stdout.readline()
        process.kill()
        process.communicate()
        with SqliteStore.open(path) as store:
            claim = store.claim(["social"], "me", NOW, NOW - NOW, even_if_early=True)
            assert claim is not None
            whole = 50 * (int(claim.mark) + 1)
            found = len(list(store.mentions(Search(text="down", limit=None))))
            standings = store.standings(NOW)
            assert (found, standings.mentions, standings.pending, standings.sources[0].found) == (whole,) * 4
            assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
