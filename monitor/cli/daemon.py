"""`oido run` and `oido fetch`: the daemon, and one round of it."""

import asyncio
import logging
import signal
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .. import log
from ..care import look
from ..clock import SystemClock
from ..config import Config, find, load
from ..daemon import beat, drain, leave, signals
from ..errors import OidoError
from ..house import open_house
from ..pipeline import Tally
from ..polling import Round, poll_once
from ..since import start
from ..types import Actor
from ..wait import unless
from ..watch import watch
from . import INTERRUPTED
from .rounds import show

LISTEN = 10.0
"""Seconds that `oido fetch` listens to a stream, which would never end by itself."""

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more of what happens.")]


def run(ctx: typer.Context, verbose: Verbose = False) -> None:
    """Watch the sources and send alerts until Ctrl-C.

    Ctrl-C or SIGTERM: stop, after the page and the message in flight. SIGHUP: read the configuration again.
    """
    level = logging.DEBUG if verbose else logging.INFO
    config = load(find(ctx.obj))
    log.configure(level=level, redact=config.redact)
    # What is read again on SIGHUP may bring other secrets.
    with asyncio.Runner() as runner:
        runner.run(watch(config, opened=lambda config: log.configure(level=level, redact=config.redact)))
        leave(0)


def fetch(
    ctx: typer.Context,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this source; may be repeated.")] = None,
    since: Annotated[str, typer.Option(metavar="WHEN", help="Read anew from then on: 7d, 2026-11, 2026-11-01.")] = "",
    listen: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="How long to listen to a stream.")] = LISTEN,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing and send nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The table as JSON.")] = False,
    verbose: Verbose = False,
) -> None:
    """Poll the sources once, show what they brought, and send the alerts that wait.

    With --since each is read back as far as its network and its budgets allow; the table says how far that was.

    Exit code 4 when a source is down until a person acts, 1 when every source failed. Ctrl-C: stop after the pages in
    flight, and show what they brought.
    """
    config = load(find(ctx.obj))
    log.configure(level=logging.DEBUG if verbose else logging.ERROR, redact=config.redact)
    try:
        begin = start(since, SystemClock().now(), config.zone) if since else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    chosen = _chosen(config, source or ())
    with asyncio.Runner() as runner:
        budgets = config.database
        with _thrown_away(config) if dry_run else nullcontext(config) as config:
            try:
                rounds = runner.run(_round(config, chosen, begin, timedelta(seconds=listen), budgets))
            except BaseExceptionGroup as errors:
                raise _told(errors) from errors
        show(rounds, config.language, as_json=json)
        if any(one.outcome is None and not one.is_elsewhere for one in rounds):
            leave(INTERRUPTED)
    raise typer.Exit(_code(rounds))


@contextmanager
def _thrown_away(config: Config) -> Iterator[Config]:
    """The same configuration on a database that does not last, and with nobody to tell."""
    with TemporaryDirectory(prefix="oido-") as folder:
        yield replace(config, database=Path(folder) / "dry-run.db", notifiers=())


async def _round(
    config: Config, chosen: Collection[str], since: datetime | None, listen: timedelta, budgets: Path
) -> list[Round]:
    """One round, under a progress bar. Ctrl-C ends it after the pages in flight. What it spends, a dry run too, counts
    in the database `budgets`."""
    async with open_house(config, budgets=budgets if budgets != config.database else None) as house:
        desk, ended = house.desk, asyncio.Event()
        sources = {name: source for name, source in house.sources.items() if name in chosen}
        leaving = {signal.SIGINT: desk.stop.set, signal.SIGTERM: desk.stop.set}
        with _progress(len(sources), since) as told, signals(leaving):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(beat(desk, house.me, ended))
                rounds = await poll_once(
                    desk,
                    sources,
                    house.me,
                    backfill=config.alerts.backfill,
                    since=since,
                    listen=listen,
                    told=told,
                )
                await look(desk, house.notices)
                ways = (*(each.deliver_due for each in house.couriers), *(each.tell_due for each in house.heralds))
                if sending := [tasks.create_task(send(desk.stop)) for send in ways]:
                    await unless((desk.stop,), asyncio.wait(sending))
                    await drain(sending)
                ended.set()
        await desk.on_store(desk.store.release, house.me)
    return rounds


def _told(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """What to tell of errors that ended tasks together: the first, when they are all the house's own."""
    ours, others = errors.split(OidoError)
    error: BaseException | None = None if others else ours
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error or errors


class _Bar:
    """The progress of a round: sources done, and what they have brought so far. Of a source that is read back to
    `since`, the share of that time which its posts span counts as done."""

    def __init__(self, progress: Progress, sources: int, since: datetime | None) -> None:
        self._progress, self._task = progress, progress.add_task("", total=sources, brought="")
        self._back = SystemClock().now() - since if since else None
        self._sums: dict[str, Tally] = {}
        self._done: dict[str, float] = {}

    def __call__(self, source: str, news: Tally | Round) -> None:
        if isinstance(news, Round):
            self._done[source] = 1.0
        else:
            self._sums[source] = self._sums.get(source, Tally()) + news
            self._done[source] = self._share(self._sums[source])
        total = sum(self._sums.values(), Tally())
        brought = f"{total.found} posts, {total.mentions} mentions · {source}"
        oldest = self._sums.get(source, Tally()).oldest
        if self._back and oldest:
            brought += f", {oldest:%Y-%m-%d}"
        self._progress.update(self._task, completed=sum(self._done.values()), brought=brought)

    def _share(self, read: Tally) -> float:
        if not (self._back and read.oldest and read.newest):
            return 0.0
        return min(0.95, (read.newest - read.oldest) / self._back)


@contextmanager
def _progress(sources: int, since: datetime | None) -> Iterator[_Bar]:
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[brought]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    # Where nobody watches it would leave empty lines: a scheduler would take them for a message.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Bar(progress, sources, since)


def _chosen(config: Config, names: Sequence[str]) -> frozenset[str]:
    """The names of the sources to poll: those asked for, or all."""
    known = frozenset(source.name for source in config.sources)
    if not known:
        raise typer.BadParameter("the configuration has no source yet; add one with: oido source add URL")
    for name in names:
        if name not in known:
            raise typer.BadParameter(
                f"no source {name!r}; there are: {', '.join(sorted(known))}", param_hint="--source"
            )
    return frozenset(names) or known


def _code(rounds: Sequence[Round]) -> int:
    failed = [one.outcome for one in rounds if one.outcome and one.outcome.error]
    if any(outcome.actor is Actor.PERSON for outcome in failed):
        return 4
    return 1 if len(failed) == len(rounds) else 0
