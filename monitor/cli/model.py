"""`oido model`: how good the judge is, measured on labelled text."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from models.verdict import Tier

from . import formats, safe
from .card import card
from .reset import reset
from .train import train

model = typer.Typer(no_args_is_help=True, help="The model that judges mentions, and how good it is.")

LONG = 500
"""From so many rows on, a bar says how far it has come."""


@model.callback()
def about() -> None:
    """The model that judges mentions, and how good it is."""


model.command()(card)
model.command()(reset)
model.command()(train)


@model.command("eval")
def evaluate(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A table (.tsv, .csv; .gz too), or the folder of UMSAB.")
    ],
    tier: Annotated[Tier, typer.Option(help="Which of the two judges.")] = "careful",
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only rows of this source.")] = None,
    split: Annotated[str | None, typer.Option(metavar="NAME", help="Only rows of this split.")] = None,
    profiles: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For a table of relevance: the brands' pages, as JSON lines.")
    ] = None,
    labels: Annotated[
        int, typer.Option(metavar="N", min=0, help="For a table of relevance: the first N of each brand teach.")
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """Judge labelled text and print how often that was right: macro-F1, precision, recall, AUC, calibration error.

    A table has the columns text, label (neg, neu, pos) and lang, and may have brand, intent, topics, kind, source and
    split. A folder has the benchmark's layout: sentiment/LANGUAGE/test_text.txt and test_labels.txt.

    Of sentiment are F1 (macro), acc(uracy), precision and recall of negatives, AUC and AP of P(negative), its recall
    where precision is 80 and 90, ECE; int. is the macro-F1 of intents, top. the micro-F1 of topics. By kind, found is
    the share of negatives that alerts would find, at P80 that at a precision of 80, wrongly the share of the rest that
    alerts would bring too.

    A table with the columns brand, text and relevance (RELATED, UNRELATED) is scored for whether each text is about
    its brand; FILE then has for each brand an object with brand, name, home_page, wikipedia_en, wikipedia_es.
    """
    from models.labelled import is_about_relevance

    if is_about_relevance(path):
        if source or split:
            raise typer.BadParameter("a table of relevance has neither sources nor splits")
        _relevance(path, tier, profiles, labels, json=json)
    elif profiles is not None or labels:
        raise typer.BadParameter("--profiles and --labels are for a table with the columns brand, text, relevance")
    else:
        _sentiment(path, tier, source, split, json=json)


def _sentiment(path: Path, tier: Tier, source: str | None, split: str | None, *, json: bool) -> None:
    from models import evaluate, judge
    from models.errors import Unreadable
    from models.labelled import read

    rows = [row for row in read(path, split or "test") if source in (None, row.source) and split in (None, row.split)]
    if not rows:
        asked = [f"{name} {wanted}" for name, wanted in (("source", source), ("split", split)) if wanted is not None]
        raise Unreadable(f"{path}: no rows{' of ' if asked else ' below the first line'}{' and '.join(asked)}")
    with _progress(len(rows)) as seen:
        report = evaluate.evaluate(judge.unhurried(tier), rows, seen)
    typer.echo(formats.document(evaluate.document(report)) if json else safe.block(evaluate.table(report)))


def _relevance(path: Path, tier: Tier, pages: Path | None, labels: int, *, json: bool) -> None:
    from models import filtering, judge
    from models.labelled import sightings

    seen = sightings(path)
    with _progress(len(seen)) as done:
        report = filtering.evaluate(judge.unhurried(tier), seen, filtering.brands(pages) if pages else {}, done, labels)
    typer.echo(formats.document(filtering.document(report)) if json else safe.block(filtering.table(report)))


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, where a person looks, for what takes a while."""
    if rows < LONG or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("", total=rows)
        yield lambda done: drawn.update(task, completed=done)
