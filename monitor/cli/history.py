"""What was said, and by whom: the commands that search."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Generic, Literal, TypeVar

import typer

from ..views import Search
from . import formats, rows
from .fulltext import sought
from .screen import Screen, basics, is_terminal, note, reading, screen

T = TypeVar("T")

MOST = 10_000
"""Hidden mentions that are counted: the line says "at least" beyond."""
LIMIT = typer.Option("--limit", "-L", metavar="N", min=0, help="At most so many; 0 for all.")
SINCE = typer.Option(metavar="WHEN", help="From then on: 7d, 2026-11, 2026-11-01, 2026-11-01T14:30, today.")
JSON = typer.Option("--json", help="One array of objects.")
CSV = typer.Option(
    "--csv", help="CSV with a heading; what a spreadsheet would run as a formula gets an apostrophe before it."
)


def mentions(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help='Words that must all be there; "exact words"; begin*.')
    ] = None,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="One brand's.")] = None,
    network: Annotated[str | None, typer.Option(metavar="NAME", help="On one network: mastodon, reddit …")] = None,
    sentiment: Annotated[
        Literal["negative", "neutral", "positive"] | None,
        typer.Option(metavar="KIND", help="Of one kind: negative, neutral, positive."),
    ] = None,
    lang: Annotated[str | None, typer.Option(metavar="CODE", help="In one language: es, en …")] = None,
    author: Annotated[str | None, typer.Option(metavar="HANDLE", help="By one author.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Brought by one source.")] = None,
    min_reach: Annotated[int | None, typer.Option(metavar="N", min=0, help="Seen by so many people or more.")] = None,
    since: Annotated[str | None, SINCE] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="Up to then; a day or a month in full.")] = None,
    hidden: Annotated[
        bool, typer.Option("--hidden", help="Those hidden as not about the brand, and only those.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Those hidden as well.")] = False,
    limit: Annotated[int, LIMIT] = 50,
    json: Annotated[bool, JSON] = False,
    csv: Annotated[bool, CSV] = False,
) -> None:
    """Search what was said, newest first.

    In a pipe: one line each, tab-separated, without heading, times in UTC: number, published_at, level, sentiment,
    confidence, intent, language, brand, network, source, author, followers, reach, url, text, topics, relevance, hidden
    (yes or no). What is unknown is empty; confidence is, where a person said the sentiment. Exits with 1 when there is
    nothing.
    """
    _one_format(json=json, csv=csv)
    if hidden and all_:
        raise typer.BadParameter("say either one", param_hint="'--hidden' or '--all'")
    found = basics(ctx)
    here = screen(found)
    search = Search(
        brand=brand,
        network=network.lower() if network else None,
        source=source,
        sentiment=sentiment,
        language=lang.lower() if lang else None,
        author=author.removeprefix("@") if author else None,
        min_reach=min_reach,
        since=here.since(since),
        until=here.until(until),
        text=_text(words),
        hidden=True if hidden else None if all_ else False,
        limit=limit + 1 if limit else None,
    )
    with reading(found) as store:
        shown = _Shown(store.mentions(search), limit)
        if is_terminal() and not (json or csv):
            from . import listings

            listings.mentions(here, list(shown), with_hidden=hidden or all_)
        else:
            _write((rows.mention(record) for record in shown), rows.MENTION, rows.PIPED, json=json, csv=csv)
        left_out = store.hidden(search, MOST) if search.hidden is False else 0
    _end(shown, here.say("mentions.none"), here.say("more", limit), _left_out(here, left_out))


def authors(
    ctx: typer.Context,
    by: Annotated[
        Literal["reach", "engagement", "mentions"],
        typer.Option(metavar="WHAT", help="By reach (followers), engagement (reactions) or mentions (how often)."),
    ] = "reach",
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="Those who named one brand.")] = None,
    network: Annotated[str | None, typer.Option(metavar="NAME", help="On one network.")] = None,
    since: Annotated[str | None, SINCE] = None,
    limit: Annotated[int, LIMIT] = 30,
    json: Annotated[bool, JSON] = False,
    csv: Annotated[bool, CSV] = False,
) -> None:
    """Who says it, and how far they carry. What a network does not tell is shown as —, and comes last.

    In a pipe: one line each, tab-separated, without heading: author, network, name, followers, engagement, mentions,
    negative, last_at, url. Exits with 1 when there is nobody.
    """
    _one_format(json=json, csv=csv)
    found = basics(ctx)
    here = screen(found)
    with reading(found) as store:
        ranked = store.authors(
            by=by,
            brand=brand,
            network=network.lower() if network else None,
            since=here.since(since),
            limit=limit + 1 if limit else None,
        )
    shown = _Shown(iter(ranked), limit)
    if is_terminal() and not (json or csv):
        from . import listings

        listings.authors(here, list(shown))
    else:
        _write((rows.author(one) for one in shown), rows.AUTHOR, rows.AUTHOR, json=json, csv=csv)
    _end(shown, here.say("authors.none"), here.say("more", limit))


class _Shown(Generic[T]):
    """At most `limit` of what was found (0: all), one by one; afterwards, how many and whether there were more."""

    def __init__(self, found: Iterator[T], limit: int) -> None:
        self._found, self._limit = found, limit
        self.count, self.more = 0, False

    def __iter__(self) -> Iterator[T]:
        for one in self._found:
            if self._limit and self.count == self._limit:
                self.more = True
                return
            self.count += 1
            yield one


def _write(
    found: Iterable[formats.Row], csv_columns: tuple[str, ...], piped: tuple[str, ...], *, json: bool, csv: bool
) -> None:
    if json:
        formats.write_json(found)
    elif csv:
        formats.write_csv(found, csv_columns)
    else:
        formats.write_tsv(found, piped)


def _end(shown: _Shown[T], none: str, more: str, left_out: str = "") -> None:
    """Say on stderr what stdout cannot: that there was nothing, that there is more, that some of it is hidden."""
    if shown.more:
        note(more)
    if not shown.count:
        note(none)
    if left_out:
        note(left_out)
    if not shown.count:
        raise typer.Exit(1)


def _left_out(here: Screen, count: int) -> str:
    """12 ocultas por no ser de la marca: --hidden"""
    return f"{'≥ ' if count >= MOST else ''}{here.count('hidden', count)}: --hidden" if count else ""


def _one_format(*, json: bool, csv: bool) -> None:
    if json and csv:
        raise typer.BadParameter("say either one", param_hint="'--json' or '--csv'")


def _text(words: list[str] | None) -> str | None:
    try:
        return sought(" ".join(words)) if words else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'TEXT'") from error
