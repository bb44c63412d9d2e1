"""The database as a file: its backup."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ..store.backup import copy
from .safe import line
from .screen import Screen, basics, screen


def backup(
    ctx: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The file to write, or a folder: the copy is named by the day.")
    ],
    force: Annotated[bool, typer.Option("--force", "--overwrite", help="Replace the file that is there.")] = False,
) -> None:
    """Copy the database while the daemon runs; the copy is checked before it gets its name."""
    found = basics(ctx)
    here = screen(found)
    to = path / f"{found.database.stem}-{here.now.astimezone(here.zone):%Y-%m-%d}.db" if path.is_dir() else path
    with _progress(here) as progress:
        copy(found.database, to, overwrite=force, progress=progress)
    typer.echo(here.say("backup.done", path=line(str(to)), size=_size(to.stat().st_size)))


@contextmanager
def _progress(here: Screen) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, where a person looks; pages copied, of how many."""
    if not sys.stderr.isatty():
        yield lambda _copied, _pages: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task(here.say("backup.copying"))
        yield lambda copied, pages: drawn.update(task, completed=copied, total=pages)


def _size(octets: int) -> str:
    for unit, of in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if octets >= of:
            return f"{octets / of:.1f} {unit}"
    return f"{octets} B"
