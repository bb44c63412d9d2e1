"""`oido demo`: the real daemon against a synthetic stream, without network or keys."""

import asyncio
import logging
import sys
from datetime import timedelta
from pathlib import Path
from shutil import which
from typing import Annotated, Literal

import platformdirs
import typer

from .. import log
from ..clock import SystemClock
from ..config import load
from ..demo.config import text
from ..demo.server import LABEL, Stage, playing
from ..watch import watch

_SAID = {
    "es": (
        "{label}\n\nSuena un flujo sintético en esta máquina; Ctrl-C termina. En otra terminal:\n\n"
        "  {oido} --config {path} inbox\n  {oido} --config {path} show 1\n",
        "\nLo oído sigue ahí: {oido} --config {path} inbox",
    ),
    "en": (
        "{label}\n\nA synthetic stream plays on this machine; Ctrl-C ends it. In another terminal:\n\n"
        "  {oido} --config {path} inbox\n  {oido} --config {path} show 1\n",
        "\nWhat was heard is still there: {oido} --config {path} inbox",
    ),
}


def demo(
    language: Annotated[
        Literal["es", "en"] | None, typer.Option(help="Of what you read; by default, your machine's.")
    ] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="How many times as fast the stream plays.")] = 1.0,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=1, help="Stop by itself after so long.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where configuration and database of the demo go.", show_default="your cache")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more of what happens.")] = False,
) -> None:
    """Play a synthetic stream in Spanish and English through the real daemon, over HTTP and WebSocket on this machine.

    Complaints, irony, questions, praise, an influencer, copies of one text, and a burst. Each demo begins anew.
    """
    folder = folder or platformdirs.user_cache_path("oido") / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("demo.db*"):
        old.unlink()
    log.configure(level=logging.DEBUG if verbose else logging.INFO)
    asyncio.run(_play(folder, language, speed, timedelta(seconds=seconds) if seconds else None))


async def _play(folder: Path, language: str | None, speed: float, within: timedelta | None) -> None:
    path = folder / "config.toml"
    async with playing(Stage(SystemClock(), speed=speed)) as base:
        path.write_text(text(base, language), encoding="utf-8")
        config = load(path)
        opening, closing = (said.format(label=LABEL, path=path, oido=_oido()) for said in _SAID[config.language])
        typer.echo(opening)
        await watch(config, within=within)
        typer.echo(closing)


def _oido() -> str:
    """How the command is called in another terminal: by its path, unless it stands where a shell looks for it."""
    if which("oido"):
        return "oido"
    return f"{sys.executable} -m monitor" if sys.argv[0].endswith(".py") else sys.argv[0]
