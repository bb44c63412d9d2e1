"""The tables of the corpus's datasheet: `python -m models.datasheet [--write]`.

Prints what stands in each file of the corpus; with `--write` the tables in its README are replaced.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from .diversity import CORPUS
from .labelled import INTENTS, SENTIMENTS, TOPICS, Row, read

README: Final = CORPUS / "README.md"
BEGIN: Final = "<!-- python -m models.datasheet --write -->"
END: Final = "<!-- end -->"
LANGUAGES: Final = ("es", "en", "pt", "fr", "it", "de", "ca")


def composition(corpus: Path = CORPUS) -> str:
    """Files by language and sentiment, then intents, topics and kinds by training and held-out, in Markdown."""
    files = {str(path.relative_to(corpus)): read(path) for path in sorted(corpus.rglob("*.tsv"))}
    held_out = [row for name, rows in files.items() if "/" in name for row in rows]
    training = [row for name, rows in files.items() if "/" not in name for row in rows]
    named = {**files, "**training**": training, "**held out**": held_out, "**all**": training + held_out}
    parts = [
        _table(("file", "posts", *LANGUAGES, *SENTIMENTS), [[name, *_counts(rows)] for name, rows in named.items()]),
        _sides("intent", INTENTS, ([row.intent or "" for row in rows] for rows in (training, held_out))),
        _sides("topic", TOPICS, ([one for row in rows for one in row.topics or ()] for rows in (training, held_out))),
        _sides(
            "kind",
            sorted({row.kind for row in training + held_out} - {""}),
            ([row.kind for row in rows] for rows in (training, held_out)),
        ),
    ]
    return "\n\n".join(parts)


def _counts(rows: Sequence[Row]) -> list[int]:
    languages = Counter(row.language for row in rows)
    sentiments = Counter(row.sentiment for row in rows)
    return [len(rows), *(languages[one] for one in LANGUAGES), *(sentiments[one] for one in SENTIMENTS)]


def _sides(label: str, values: Iterable[str], sides: Iterable[Sequence[str]]) -> str:
    counts = [Counter(side) for side in sides]
    return _table((label, "training", "held out"), [[one, *(side[one] for side in counts)] for one in values])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(cell or '') for cell in line)} |" for line in lines)


def written(page: str, tables: str) -> str:
    """`page` with `tables` between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables}\n{END}{rest.partition(END)[2]}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, or write them into the README."""
    parser = argparse.ArgumentParser(prog="python -m models.datasheet", description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="into models/corpus/README.md")
    if parser.parse_args(arguments).write:
        README.write_text(written(README.read_text(encoding="utf-8"), composition()), encoding="utf-8")
    else:
        sys.stdout.write(f"{composition()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
