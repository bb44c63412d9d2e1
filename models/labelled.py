"""Texts that people labelled, as training and evaluation read them."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from .errors import Unreadable
from .verdict import Intent, Sentiment

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
INTENTS: tuple[Intent, ...] = get_args(Intent)
_LABELS: dict[str, Sentiment] = {"neg": "negative", "neu": "neutral", "pos": "positive"}
_LABELS |= {sentiment: sentiment for sentiment in SENTIMENTS}
_LABELS |= dict(zip("012", SENTIMENTS, strict=True))
_FOLDERS = {"spanish": "es", "english": "en", "portuguese": "pt", "french": "fr", "italian": "it", "german": "de"}
"""The benchmark's folders, as languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled text. `source` is the collection it comes from, `split` its part there; "" when not told."""

    text: str
    sentiment: Sentiment
    language: str | None
    source: str = ""
    split: str = ""
    intent: Intent | None = None


def read(path: Path, split: str = "test") -> list[Row]:
    """The rows of a table (tab-separated, with a header naming text, label or sentiment, lang …; may be gzipped), or
    of a folder in the layout of the multilingual tweet benchmark: LANGUAGE/SPLIT_text.txt beside SPLIT_labels.txt.

    Raises `Unreadable` with the file and line.
    """
    if not path.is_dir():
        return list(_table(path))
    folder = path / "sentiment" if (path / "sentiment").is_dir() else path
    rows = [row for text in sorted(folder.glob(f"*/{split}_text.txt")) for row in _pair(text, split)]
    if not rows:
        raise Unreadable(f"{path}: no LANGUAGE/{split}_text.txt in this folder")
    return rows


def _lines(path: Path) -> Iterator[str]:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
                yield from file
        else:
            with path.open(encoding="utf-8", newline="\n") as file:
                yield from file
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: {error}") from error


def _table(path: Path) -> Iterator[Row]:
    table = csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = {name.strip(): place for place, name in enumerate(next(table, []))}
    label = columns.get("label", columns.get("sentiment"))
    if "text" not in columns or label is None:
        raise Unreadable(f"{path}: the first line must name the columns text and label (or sentiment)")
    for number, cells in enumerate(table, start=2):
        if len(cells) != len(columns):
            raise Unreadable(f"{path}:{number}: {len(cells)} columns where the first line names {len(columns)}")
        optional = {name: cells[place] for name, place in columns.items()}
        intent = optional.get("intent")
        yield Row(
            text=cells[columns["text"]],
            sentiment=_sentiment(cells[label], f"{path}:{number}"),
            language=optional.get("lang") or optional.get("language") or None,
            source=optional.get("source", ""),
            split=optional.get("split", ""),
            intent=next((known for known in INTENTS if known == intent), None),
        )


def _pair(text: Path, split: str) -> Iterable[Row]:
    labels = text.with_name(f"{split}_labels.txt")
    texts, marks = list(_lines(text)), list(_lines(labels))
    if len(texts) != len(marks):
        raise Unreadable(f"{labels}: {len(marks)} labels for {len(texts)} texts")
    language = _FOLDERS.get(text.parent.name.lower(), text.parent.name.lower())
    return (
        Row(
            text=line.rstrip("\r\n"),
            sentiment=_sentiment(mark.strip(), f"{labels}:{number}"),
            language=language,
            source="umsab",
            split=split,
        )
        for number, (line, mark) in enumerate(zip(texts, marks, strict=True), start=1)
    )


def _sentiment(label: str, where: str) -> Sentiment:
    try:
        return _LABELS[label.strip().lower()]
    except KeyError:
        raise Unreadable(f"{where}: {label!r} is not one of {', '.join(_LABELS)}") from None
