"""What evaluation and training read: tables, the benchmark's folder, sightings; and what they refuse."""

import gzip
from pathlib import Path

import pytest

from models.errors import Unreadable
from models.labelled import is_about_relevance, read, sightings


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def benchmark(root: Path, language: str = "spanish", split: str = "test") -> Path:
    folder = root / "sentiment" / language
    written(folder / f"{split}_text.txt", "qué mal\nbueno\nbien \u2028 va\n")
    written(folder / f"{split}_labels.txt", "0\n1\n2\n")
    return root


@pytest.mark.parametrize("level", [".", "sentiment", "sentiment/spanish"], ids=["parent", "task", "language"])
def test_the_benchmarks_folder_is_read_from_any_level(tmp_path: Path, level: str) -> None:
    assert [(row.text, row.sentiment, row.language) for row in read(benchmark(tmp_path) / level)] == [
        ("qué mal", "negative", "es"),
        ("bueno", "neutral", "es"),
        ("bien \u2028 va", "positive", "es"),
    ]


def test_the_benchmarks_folder_of_all_languages_is_not_read_twice(tmp_path: Path) -> None:
    assert len(read(benchmark(benchmark(tmp_path, "all"), "german"))) == 3


def test_another_split_is_read_when_asked_for(tmp_path: Path) -> None:
    assert {row.split for row in read(benchmark(tmp_path, split="val"), "val")} == {"val"}


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"no LANGUAGE/test_text\.txt"):
        read(tmp_path)


def test_a_text_without_a_label_is_refused(tmp_path: Path) -> None:
    written(benchmark(tmp_path) / "sentiment" / "spanish" / "test_labels.txt", "0\n1\n")
    with pytest.raises(Unreadable, match=r"test_labels\.txt: 2 labels for 3 texts"):
        read(tmp_path)


def test_an_empty_line_after_the_last_label_is_none(tmp_path: Path) -> None:
    written(benchmark(tmp_path) / "sentiment" / "spanish" / "test_labels.txt", "0\r\n1\r\n2\r\n\r\n")
    assert len(read(tmp_path)) == 3


def test_all_columns_are_read(tmp_path: Path) -> None:
    heading = "lang\ttext\tsentiment\tintent\ttopics\tbrand\tkind"
    (row,) = read(
        written(tmp_path / "rows.tsv", f"{heading}\nes-MX\tNada aún\tneg\tcomplaint\tsite, price\tLuna\tslang\n")
    )
    assert (row.language, row.intent, row.topics, row.brand, row.kind) == (
        "es",
        "complaint",
        ("site", "price"),
        "Luna",
        "slang",
    )


def test_what_a_table_does_not_tell_is_unknown(tmp_path: Path) -> None:
    (row,) = read(written(tmp_path / "rows.tsv", "text\tlabel\nbien\t2\n"))
    assert (row.language, row.intent, row.topics, row.brand) == (None, None, None, "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.tsv", b'text\tlabel\nel "mejor\tpos\n'),
        ("rows.tsv", b'\xef\xbb\xbftext\tlabel\nel "mejor\tpos\n'),
        ("rows.tsv", b'text\tlabel\r\n\r\nel "mejor\tpos\r\n\r\n'),
        ("rows.tsv", b'Text\tLabel\nel "mejor\tPositive'),
        ("rows.tsv.gz", gzip.compress(b'text\tlabel\nel "mejor\tpos\n')),
        ("rows.csv", b'label,text\n\npos,"el ""mejor"\n'),
        ("rows.csv.gz", gzip.compress(b'label,text\npos,"el ""mejor"\n')),
        ("rows.csv", b'label;text\r\npos;"el ""mejor"\r\n'),
        ("rows.csv", b'label\ttext\npos\tel "mejor\n'),
        ("rows.tsv", b'label,text\npos,"el ""mejor"\n'),
    ],
    ids=[
        *("plain", "byte order mark", "carriage returns, blank lines", "capitals", "gzip", "csv", "csv and gzip"),
        *("semicolons, as Excel writes in Spain", "tabs called csv", "commas called tsv"),
    ],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, name: str, content: bytes) -> None:
    assert [(row.text, row.sentiment) for row in read(written(tmp_path / name, content))] == [('el "mejor', "positive")]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a\tb\n", "first line must name .* text and label .* or brand, text and relevance; it names a, b"),
        ("", "first line must name .* it names none"),
        ("text\tlabel\n\nx\tangry\n", r"rows.tsv:3: 'angry' is not one of"),
        ("text\tlabel\tintent\nx\tneg\trant\n", r"rows.tsv:2: 'rant' is not one of"),
        ("text\tlabel\ttopics\nx\tneg\tsite,mood\n", r"rows.tsv:2: 'mood' is not one of"),
        ("text\tlabel\nx\n", r"rows.tsv:2: 1 columns"),
        (b"text\tlabel\n\xff\tneg\n", r"rows.tsv:2: not UTF-8 .* save it as UTF-8"),
    ],
    ids=["no header", "empty", "label", "intent", "topic", "short line", "encoding"],
)
def test_a_table_that_cannot_be_read_is_refused_by_line(tmp_path: Path, content: str | bytes, complaint: str) -> None:
    with pytest.raises(Unreadable, match=complaint):
        read(written(tmp_path / "rows.tsv", content))


def cut() -> bytes:
    return gzip.compress(b"text\tlabel\n" + b"".join(b"%d\tneg\n" % n for n in range(9_000)))[:-4_000]


@pytest.mark.parametrize("content", [b"text\tlabel\n", cut()], ids=["not gzip", "cut short"])
def test_a_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"rows.tsv.gz"):
        read(written(tmp_path / "rows.tsv.gz", content))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"none.tsv: No such file"):
        read(tmp_path / "none.tsv")


@pytest.mark.parametrize(
    ("word", "relevant"),
    [("RELATED", True), ("relevant", True), ("1", True), ("UNRELATED", False), ("irrelevant", False), ("0", False)],
)
def test_relevance_may_be_written_in_three_ways(tmp_path: Path, word: str, relevant: bool) -> None:
    path = written(tmp_path / "rows.tsv", f"brand\ttext\trelevance\tauthor\nMango\tmango shake\t{word}\tana\n")
    (seen,) = sightings(path)
    assert (seen.brand, seen.relevant, seen.handle, seen.language) == ("Mango", relevant, "ana", None)


def test_a_table_of_sightings_is_known_by_its_columns(tmp_path: Path) -> None:
    assert is_about_relevance(written(tmp_path / "a.csv", "brand,text,relevance\n"))
    assert not is_about_relevance(written(tmp_path / "b.tsv", "brand\ttext\tlabel\trelevance\n"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("text\trelevance\n", "must name the columns brand"),
        ("brand\ttext\trelevance\n", "no rows"),
        ("brand\ttext\trelevance\nMango\tfruit\tno\n", r"rows.tsv:2: 'no' is not one of"),
    ],
    ids=["columns", "empty", "label"],
)
def test_sightings_that_cannot_be_read_are_refused(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(Unreadable, match=complaint):
        sightings(written(tmp_path / "rows.tsv", content))
