"""Drawing on a terminal: lists whose text goes beside or below, bars, sparklines, and text with its words marked.

What strangers wrote passes through `safe` and is never read as rich's markup. Widths are counted in cells, so that
emoji and Chinese stand in their columns.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from models.verdict import Reason

from ..fold import fold
from . import safe

LEVEL: Final = {"P1": "bold reverse red", "P2": "bold yellow", "P3": "cyan", "P4": "dim"}
SENTIMENT: Final = {"negative": "red", "neutral": "bright_black", "positive": "green"}
MARK: Final = {"negative": "▼", "neutral": "■", "positive": "▲"}
"""Shapes as well as colours: not everybody sees colours, and not every terminal has them."""
LATE: Final = "bold red"
FAINT: Final = "dim"

GAP: Final = 2
BESIDE: Final = 48
"""Cells that a text needs to stand beside its columns; with fewer it goes below them."""
INDENT: Final = 6
LEAST: Final = 16
"""Cells that a wide column keeps, however narrow the terminal."""
MOST: Final = 2
"""Lines of a text below its columns."""
_WORD: Final = re.compile(r"\w+")


def console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def text(words: str | None, style: str = "") -> Text:
    """One safe line; what is unknown is a dash."""
    return Text(safe.line(words), style) if words else Text("—", FAINT)


def sentiment(name: str, word: str, share: str) -> Text:
    return Text().append(f"{MARK[name]} {word} ", SENTIMENT[name]).append(share)


def join(parts: Iterable[Text], by: str = " · ") -> Text:
    # The style stands on the separator: as the joiner's own it would be everybody's.
    return Text().append(by, FAINT).join(parts)


def clip(line: Text, width: int) -> Text:
    line.truncate(max(1, width), overflow="ellipsis")
    return line


def listing(
    screen: Console,
    headings: Sequence[str],
    rows: Sequence[Sequence[Text]],
    tails: Sequence[Text] = (),
    *,
    right: Sequence[int] = (),
    tail: str = "",
) -> None:
    """Columns as wide as their cells, those numbered in `right` set to the right. Each row's tail takes what is left of
    the line, or when that is little a line of its own."""
    names = [Text(heading, FAINT) for heading in headings]
    widths = _fitted([max(line[at].cell_len for line in (names, *rows)) for at in range(len(names))], screen.width)
    beside = bool(tails) and screen.width - sum(widths) - GAP * len(widths) >= BESIDE
    screen.print(_set(names, widths, right, Text(tail, FAINT) if beside else None, screen.width))
    for at, row in enumerate(rows):
        screen.print(_set(row, widths, right, tails[at] if beside else None, screen.width))
        if tails and not beside:
            screen.print(_below(screen, tails[at]))


def _fitted(widths: list[int], width: int) -> list[int]:
    """Column widths that fit a terminal: the widest gives way, then the last ones go."""
    while (excess := sum(widths) + GAP * (len(widths) - 1) - width) > 0 and len(widths) > 1:
        widest = widths.index(max(widths))
        if widths[widest] > LEAST:
            widths[widest] = max(LEAST, widths[widest] - excess)
        else:
            widths.pop()
    return widths


def _set(cells: Sequence[Text], widths: Sequence[int], right: Sequence[int], tail: Text | None, width: int) -> Text:
    line = Text(no_wrap=True)
    for at, (cell, room) in enumerate(zip(cells, widths, strict=False)):
        if cell.cell_len > room:
            cell = clip(cell.copy(), room)
        blank = " " * (room - cell.cell_len)
        line.append(blank if at in right else "").append_text(cell).append("" if at in right else blank)
        line.append(" " * GAP)
    if tail:
        line.append_text(tail)
    line.rstrip()
    return clip(line, width)


def _below(screen: Console, tail: Text) -> Text:
    """A text under its row, in two lines at the most."""
    room = screen.width - INDENT
    lines = list(tail.wrap(screen, room))
    for line in lines:
        line.rstrip()
    if len(lines) > MOST:
        rest = Text(" ").join([lines[MOST - 1], lines[MOST]])
        lines = [*lines[: MOST - 1], clip(rest, room)]
    return Text("\n").join(Text(" " * INDENT).append_text(line) for line in lines)


def bar(share: float, cells: int) -> str:
    """A probability as a bar, to the eighth of a cell."""
    eighths = round(max(0.0, min(1.0, share)) * cells * 8)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + " ▏▎▍▌▋▊▉"[part].strip()).ljust(cells)


def sparkline(counts: Sequence[int | None]) -> str:
    """Counts as a line of blocks, unknown ones as blanks; nothing when there are fewer than three or all are alike."""
    known = [count for count in counts if count is not None]
    if len(known) < 3 or min(known) == max(known):
        return ""
    least, span = min(known), max(known) - min(known)
    return "".join(" " if count is None else "▁▂▃▄▅▆▇█"[(count - least) * 7 // span] for count in counts)


def marked(words: str, reasons: Sequence[Reason]) -> Text:
    """`words` with what decided in colour: red what weighed towards negative, green what weighed against it."""
    told = Text(safe.block(words))
    tokens = [(found.start(), found.end(), fold(found[0])) for found in _WORD.finditer(told.plain)]
    # The heaviest last: where two overlap, its colour shows.
    for reason in sorted(reasons, key=lambda reason: abs(reason.weight)):
        sought = _WORD.findall(fold(reason.word))
        for at in range(len(tokens) - len(sought) + 1 if sought else 0):
            if [token for _, _, token in tokens[at : at + len(sought)]] == sought:
                style = "bold underline red" if reason.weight > 0 else "bold underline green"
                told.stylize(style, tokens[at][0], tokens[at + len(sought) - 1][1])
    return told
