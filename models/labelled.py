"""Texts that people labelled, as training and evaluation read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import TypeVar, get_args

from . import tables
from .errors import Unreadable
from .verdict import Intent, Sentiment, Topic

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
INTENTS: tuple[Intent, ...] = get_args(Intent)
TOPICS: tuple[Topic, ...] = get_args(Topic)
_SENTIMENTS: dict[str, Sentiment] = {"neg": "negative", "neu": "neutral", "pos": "positive"}
_SENTIMENTS |= {sentiment: sentiment for sentiment in SENTIMENTS}
_SENTIMENTS |= dict(zip("012", SENTIMENTS, strict=True))
_INTENTS: dict[str, Intent] = {intent: intent for intent in INTENTS} | {"purchase interest": "purchase"}
_TOPICS: dict[str, Topic] = {topic: topic for topic in TOPICS}
_RELEVANCE = {"related": True, "relevant": True, "1": True, "unrelated": False, "irrelevant": False, "0": False}
_FOLDERS = {"spanish": "es", "english": "en", "portuguese": "pt", "french": "fr", "italian": "it", "german": "de"}
_FOLDERS |= {"catalan": "ca", "arabic": "ar", "hindi": "hi"}
"""The benchmark's folders, as languages."""

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled text. `source` is the collection it comes from, `split` its part there, `brand` the name under which
    the text has the brand that the labels are about, `kind` what makes the text hard; "" when not told, as intent and
    topics are `None`."""

    text: str
    sentiment: Sentiment
    language: str | None
    source: str = ""
    split: str = ""
    brand: str = ""
    intent: Intent | None = None
    topics: tuple[Topic, ...] | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A text that holds a brand's name, and whether it is about that brand. `handle` is the author's."""

    brand: str
    text: str
    relevant: bool
    language: str | None = None
    handle: str | None = None


def read(path: Path, split: str = "test") -> list[Row]:
    """The rows of a table (between tabs, commas or semicolons, with a header naming text, label or sentiment, and
    perhaps lang, source, split, brand, intent, topics, kind; may be gzipped), or of a folder in the layout of the
    multilingual tweet benchmark: sentiment/LANGUAGE/SPLIT_text.txt beside SPLIT_labels.txt. Of a folder any of the
    three levels will do.

    Raises `Unreadable` with the file and line.
    """
    if not path.is_dir():
        return list(_table(path))
    folder = path / "sentiment" if (path / "sentiment").is_dir() else path
    name = f"{split}_text.txt"
    texts = sorted(text for text in folder.glob(f"*/{name}") if text.parent.name != "all")
    rows = [row for text in texts or folder.glob(name) for row in _pair(text, split)]
    if not rows:
        raise Unreadable(f"{path}: no LANGUAGE/{name} in this folder")
    return rows


def is_about_relevance(path: Path) -> bool:
    """Whether this is a table of sightings rather than of sentiments. Raises `Unreadable`."""
    if path.is_dir():
        return False
    columns = tables.header(path)
    return "relevance" in columns and not {"label", "sentiment"} & set(columns)


def sightings(path: Path) -> list[Sighting]:
    """The rows of a table naming brand, text, relevance (RELATED or UNRELATED), and perhaps lang, handle or author.

    Raises `Unreadable` with the file and line.
    """
    _require(path, {"brand", "text", "relevance"})
    found = [
        Sighting(
            brand=cells["brand"].strip(),
            text=cells["text"],
            relevant=_known(_RELEVANCE, cells["relevance"], where),
            language=_language(cells),
            handle=cells.get("handle") or cells.get("author") or None,
        )
        for where, cells in tables.rows(path)
    ]
    if not found:
        raise Unreadable(f"{path}: no rows below the first line")
    return found


def _require(path: Path, columns: set[str]) -> None:
    named = tables.header(path)
    if missing := columns - set(named):
        raise _unnamed(path, ", ".join(sorted(missing)), named)


def _unnamed(path: Path, wanted: str, named: Sequence[str]) -> Unreadable:
    told = shorten(", ".join(filter(None, named)), 80, placeholder=" …") or "none"
    return Unreadable(f"{path}: the first line must name the columns {wanted}; it names {told}")


def _table(path: Path) -> Iterator[Row]:
    columns = tables.header(path)
    label = "label" if "label" in columns else "sentiment"
    if not {"text", label} <= set(columns):
        raise _unnamed(path, "text and label (or sentiment), or brand, text and relevance", columns)
    for where, cells in tables.rows(path):
        yield Row(
            text=cells["text"],
            sentiment=_known(_SENTIMENTS, cells[label], where),
            language=_language(cells),
            source=cells.get("source", ""),
            split=cells.get("split", ""),
            brand=cells.get("brand", "").strip(),
            intent=_known(_INTENTS, cells["intent"], where) if cells.get("intent") else None,
            topics=_topics(cells.get("topics"), where),
            kind=cells.get("kind", "").strip(),
        )


def _pair(text: Path, split: str) -> Iterable[Row]:
    labels = text.with_name(f"{split}_labels.txt")
    texts, marks = list(tables.lines(text)), list(tables.lines(labels))
    while marks and not marks[-1].strip():
        marks.pop()
    # A post may be empty, so that only what no label stands beside is known to be no post.
    while len(texts) > len(marks) and not texts[-1].strip():
        texts.pop()
    if len(texts) != len(marks):
        raise Unreadable(f"{labels}: {len(marks)} labels for {len(texts)} texts")
    folder = text.absolute().parent.name.lower()
    return [
        Row(
            text=line,
            sentiment=_known(_SENTIMENTS, mark, f"{labels}:{number}"),
            language=_FOLDERS.get(folder, folder),
            source="umsab",
            split=split,
        )
        for number, (line, mark) in enumerate(zip(texts, marks, strict=True), start=1)
    ]


def _language(cells: tables.Cells) -> str | None:
    """As ISO 639-1: `es` for es-MX and for Spanish."""
    told = (cells.get("lang") or cells.get("language") or "").strip().lower()
    return _FOLDERS.get(told, told.replace("_", "-").split("-")[0]) or None


def _topics(told: str | None, where: str) -> tuple[Topic, ...] | None:
    if told is None:
        return None
    parts = [part for part in told.replace(";", ",").replace("|", ",").split(",") if part.strip()]
    return tuple(dict.fromkeys(_known(_TOPICS, part, where) for part in parts))


def _known(labels: Mapping[str, Label], told: str, where: str) -> Label:
    try:
        return labels[told.strip().lower().replace("_", " ")]
    except KeyError:
        raise Unreadable(f"{where}: {told!r} is not one of {', '.join(labels)}") from None
