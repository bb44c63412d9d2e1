"""Drawing on a terminal."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from models.verdict import Reason
from monitor.cli.render import bar, listing, marked, sparkline


def drawn(width: int, *, tail: str = "", right: tuple[int, ...] = ()) -> list[str]:
    out = io.StringIO()
    screen = Console(file=out, width=width, color_system=None, highlight=False, markup=False, emoji=False)
    rows = [[Text("1"), Text("退款")], [Text("22"), Text("b")]]
    listing(screen, ["#", "name"], rows, [Text(tail), Text("z")] if tail else [], right=right)
    return out.getvalue().splitlines()


def test_columns_are_as_wide_as_their_cells_in_the_eyes() -> None:
    assert drawn(40) == ["#   name", "1   退款", "22  b"]


def test_numbers_stand_to_the_right() -> None:
    assert drawn(40, right=(0,)) == [" #  name", " 1  退款", "22  b"]


def test_a_text_stands_beside_its_columns_where_there_is_room() -> None:
    assert drawn(100, tail="hello")[1:] == ["1   退款  hello", "22  b     z"]


def test_a_text_goes_below_in_two_lines_where_there_is_none() -> None:
    assert drawn(20, tail="one two three four five six seven")[1:4] == [
        "1   退款",
        "      one two three",
        "      four five six…",
    ]


@pytest.mark.parametrize(("share", "cells"), [(0, ""), (1, "████"), (0.5, "██"), (0.03, "▏"), (2, "████"), (-1, "")])
def test_a_share_is_a_bar(share: float, cells: str) -> None:
    assert bar(share, 4) == cells.ljust(4)


@pytest.mark.parametrize(
    ("counts", "line"),
    [([1, 2, 3], "▁▄█"), ([0, None, 7, 7], "▁ ██"), ([1, 2], ""), ([5, 5, 5], ""), ([], ""), ([None] * 5, "")],
)
def test_counts_are_a_line(counts: list[int | None], line: str) -> None:
    assert sparkline(counts) == line


@pytest.mark.parametrize(
    ("words", "reason", "found"),
    [
        ("Llegó ROTO y roto", "roto", ["ROTO", "roto"]),
        ("El envío tardó", "envio", ["envío"]),
        ("not good at all", "not good", ["not good"]),
        ("goods", "good", []),
        ("¡roto!", "roto", ["roto"]),
        ("anything", "!!!", []),
    ],
)
def test_the_words_that_decided_are_marked(words: str, reason: str, found: list[str]) -> None:
    text = marked(words, [Reason(word=reason, weight=1.0)])
    assert [text.plain[span.start : span.end] for span in text.spans] == found
