"""The card of the model, drawn for a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from .captions import MEASURES, caption, from_when, shown, told
from .render import FAINT, console, listing, text

if TYPE_CHECKING:
    from models.clicks import Taste
    from models.published import Published

    from ..config import Config
    from ..lately import Lately, Quality
    from .screen import Screen


def draw(
    here: "Screen",
    config: "Config",
    shipped: "Published",
    learned: "Taste",
    start: datetime | None,
    figures: Sequence["Lately"],
) -> None:
    """The model, what was learned, and a table each for negative and relevant; or what was measured at its release."""
    board = console()

    def say(phrase: str, *values: object, **named: object) -> str:
        return caption(here.language, phrase, *values, **named)

    _line(board, say("model"), say(f"tier.{config.models.tier}", name=shipped.name))
    labels, since = figures[0].labels, from_when(here, start)
    if labels:
        _line(board, say("clicks"), say("label" if labels == 1 else "labels", labels=here.number(labels), since=since))
    _line(board, say("learned"), told(here, learned))
    if learned.clicks:
        _line(board, "", say("agreeing", agreeing=learned.agreeing, clicks=learned.clicks))
    shares = dict(zip(("negative", "neutral", "positive"), map(here.words.share, learned.shares), strict=True))
    if len(set(learned.shares)) > 1:
        _line(board, "", say("shares", **shares))
    board.print()
    if not labels:
        _published(here, board, shipped, since)
        return
    _table(here, board, say("negative", here.words.share(config.alerts.negative)), figures, "negative")
    _table(here, board, say("relevant", here.words.share(config.models.relevant)), figures, "relevant")
    board.print(Text(say("means"), FAINT))
    board.print(Text(say("blind"), FAINT))


def _line(board: Console, heading: str, words: str) -> None:
    board.print(Text(f"{heading:<14}", FAINT).append_text(text(words, "default")))


def _table(here: "Screen", board: Console, title: str, figures: Sequence["Lately"], what: str) -> None:
    """A row for each group of which something is known; nothing at all when nothing is."""
    rows = [(one, _quality(one, what)) for one in figures]
    rows = [(one, quality) for one, quality in rows if quality.precision.of or quality.recall.of]
    if not rows:
        return
    listing(
        board,
        (title, *(caption(here.language, measure) for measure in MEASURES)),
        [
            [_name(here, one), text(shown(here, quality.precision)), text(shown(here, quality.recall))]
            for one, quality in rows
        ],
    )
    board.print()


def _quality(one: "Lately", what: str) -> "Quality":
    return one.negative if what == "negative" else one.relevant


def _name(here: "Screen", one: "Lately") -> Text:
    if one.by == "all":
        return Text(caption(here.language, "all"), "bold")
    return text(here.words.network(one.name) if one.by == "network" else one.name)


def _published(here: "Screen", board: Console, shipped: "Published", since: str) -> None:
    board.print(Text(caption(here.language, "none", since=since)))
    if not shipped.scores:
        board.print(Text(caption(here.language, "unpublished"), FAINT))
        return
    where = shipped.path.name if shipped.path else shipped.name
    board.print(Text(f"\n{caption(here.language, 'published', where)}\n"))
    board.print(Markdown(shipped.scores))
