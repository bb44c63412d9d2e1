"""`oido model`: how good the judge is, measured on labelled text."""

from pathlib import Path
from typing import Annotated

import typer

from . import formats

model = typer.Typer(no_args_is_help=True, help="The model that judges mentions, and how good it is.")


@model.callback()
def about() -> None:
    """The model that judges mentions, and how good it is."""


@model.command("eval")
def evaluate(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A .tsv or .tsv.gz, or the folder of UMSAB.")],
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only rows of this source.")] = None,
    split: Annotated[str | None, typer.Option(metavar="NAME", help="Only rows of this split.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """Judge labelled text and print how often that was right: macro-F1, precision, recall, AUC, calibration error.

    A table has the columns text, label (neg, neu, pos) and lang, and may have source and split. A folder has the
    benchmark's layout: sentiment/LANGUAGE/test_text.txt and test_labels.txt.
    """
    from models.errors import Unreadable
    from models.evaluate import document, table
    from models.evaluate import evaluate as measure
    from models.judge import load
    from models.labelled import read

    rows = [row for row in read(path, split or "test") if source in (None, row.source) and split in (None, row.split)]
    if not rows:
        raise Unreadable(f"{path}: no rows of source {source or 'any'} and split {split or 'any'}")
    report = measure(load(), rows)
    typer.echo(formats.document(document(report)) if json else table(report))
