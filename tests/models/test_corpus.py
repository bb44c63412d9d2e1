"""The posts written for this project: whole, diverse, and enough of them."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from models import tables
from models.datasheet import README, composition, written
from models.diversity import CORPUS, HELD_OUT, read, search
from models.labelled import INTENTS, TOPICS

FILES = sorted(CORPUS.rglob("*.tsv"))
NEEDED = ("text", "lang", "sentiment", "intent", "topics")
OPTIONAL = ((), ("brand",), ("brand", "kind"))
"""What older files do not tell."""
LANGUAGES = {"es": 3_000, "en": 1_500, "pt": 300, "fr": 300, "it": 300, "de": 300, "ca": 300}
TOTAL = 6_000
KINDS = {
    *("chatter", "comparison", "giveaway", "implicit", "irony", "mixed", "negated", "news", "plain", "purchase"),
    *("question", "quietpraise", "recovery", "slang"),
}

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))


@cache
def cells(path: Path) -> list[tuple[str, tables.Cells]]:
    return list(tables.rows(path))


@cache
def languages(*, held_out: bool | None = None) -> Counter[str]:
    chosen = [path for path in FILES if held_out in (None, path.parent.name == HELD_OUT)]
    return Counter(row["lang"] for path in chosen for _, row in cells(path))


@every_file
def test_columns_stand_in_their_order(path: Path) -> None:
    assert tables.header(path) in [(*NEEDED, *more) for more in OPTIONAL]


@every_file
def test_labels_are_known(path: Path) -> None:
    odd = [
        where
        for where, row in cells(path)
        if row["lang"] not in LANGUAGES
        or row["sentiment"] not in {"neg", "neu", "pos"}
        or row["intent"] not in INTENTS
        or not set(row["topics"].split(",")) <= set(TOPICS)
        or row.get("kind", "plain") not in KINDS
    ]
    assert odd == []


@every_file
def test_the_brand_stands_in_the_text(path: Path) -> None:
    assert [where for where, row in cells(path) if row.get("brand", "") not in row["text"]] == []


@every_file
def test_texts_are_neither_empty_nor_padded(path: Path) -> None:
    assert [where for where, row in cells(path) if not row["text"] or row["text"] != row["text"].strip()] == []


def test_no_post_is_told_twice_and_none_is_a_template() -> None:
    assert [str(found) for found in search(read(FILES))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_posts_of_each_language(language: str) -> None:
    assert languages()[language] >= LANGUAGES[language]


def test_there_are_enough_posts() -> None:
    assert languages().total() >= TOTAL


def test_a_fifth_is_held_out() -> None:
    assert languages(held_out=True).total() / languages().total() == pytest.approx(0.2, abs=0.025)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_held_out_too(language: str) -> None:
    assert languages(held_out=True)[language] >= 40


def test_every_kind_is_held_out_too() -> None:
    kinds = {row.get("kind", "") for path in FILES if path.parent.name == HELD_OUT for _, row in cells(path)}
    assert kinds >= KINDS


def test_the_datasheet_tells_what_is_there() -> None:
    page = README.read_text(encoding="utf-8")
    assert written(page, composition()) == page
