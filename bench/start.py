"""How long a reading command takes to start, beside an empty typer program, as whole processes in one run.

    python bench/start.py [rounds]

The database holds one mention. Each round runs every program once, in turn, so that a busy machine slows them alike;
the quickest run of each counts. The bar is 1.5 times the empty program, the goal 1.2.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
EMPTY = """import typer
app = typer.Typer()
@app.command()
def main() -> None:
    print("hello")
app()
"""
FILL = """import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from monitor.store.sqlite import SqliteStore
from monitor.types import Batch, Outcome, Source
from tests.builders import alert, mention
from tests.monitor.cli.stock import Silent
now = datetime.now(UTC)
with SqliteStore.open(Path(sys.argv[1])) as store:
    source = Source(name="one", connector=Silent(), every=timedelta(minutes=5))
    store.enlist([source], {"one": ""}, now)
    claim = store.claim(["one"], "me", now, timedelta(minutes=1))
    said = mention("Acme is down", seen_at=now)
    store.commit(Batch(claim=claim, mark="", at=now, mentions=(said,), alerts=(alert(said),)), ())
    store.settle(claim, Outcome(next_at=now), now)
"""
COMMANDS = ("inbox", "inbox --json", "show 1", "mentions acme", "authors", "status", "")


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        programs = prepare(Path(folder))
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(rounds):
            for name, words in programs.items():
                spent[name].append(cost(words, folder))
    least = {name: (min(cpu for cpu, _ in runs), min(wall for _, wall in runs)) for name, runs in spent.items()}
    cpu_empty, wall_empty = least["empty typer program"]
    print(f"{'program':<24}{'CPU ms':>8}{'ratio':>7}{'wall ms':>9}{'ratio':>7}")
    for name, (cpu, wall) in least.items():
        print(f"{name:<24}{1000 * cpu:>8.0f}{cpu / cpu_empty:>7.2f}{1000 * wall:>9.0f}{wall / wall_empty:>7.2f}")


def prepare(folder: Path) -> Mapping[str, Sequence[str]]:
    """The programs by name, as command lines; with a configuration and a database to read."""
    empty = folder / "empty.py"
    empty.write_text(EMPTY, encoding="utf-8")
    (folder / "config.toml").write_text('language = "es"\n', encoding="utf-8")
    subprocess.run([sys.executable, "-c", FILL, str(folder / "oido.db")], check=True, env=environ())
    ours = {f"oido {words}".strip(): [sys.executable, "-m", "monitor", *words.split()] for words in COMMANDS}
    return {"empty typer program": [sys.executable, str(empty)], **ours}


def cost(words: Sequence[str], folder: str) -> tuple[float, float]:
    """Seconds of processor and of wall clock that one run takes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environ())
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - began


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
