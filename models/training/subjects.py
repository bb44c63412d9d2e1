"""The brands that relevance is learned from, and the posts that name them (RepLab 2013)."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from ..errors import Unreadable
from ..profile import Embed, Profile

CALLED: Final = {
    "AC/DC": ("ACDC", "AC DC"),
    "Bon Jovi": ("BonJovi",),
    "Britney Spears": ("Britney", "Spears"),
    "Goldman Sachs": ("Goldman",),
    "Jennifer Lopez": ("JLo",),
    "Johns Hopkins University": ("Johns Hopkins", "Hopkins"),
    "MIT": ("Massachusetts Institute of Technology",),
    "New York University": ("NYU",),
    "Oxford University": ("University of Oxford", "Oxford"),
}
"""What else a brand's query would hold; of other universities, the name without "University"."""


def profiles(folder: Path, embedder: Callable[[Sequence[str]], Embed] | None = None) -> Iterator[Profile]:
    """The profiles of the brands in `folder`/relevance/brands.jsonl.gz; `embedder` makes of a brand's names what embeds
    its pages. Raises `Unreadable`."""
    path = folder / "relevance" / "brands.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            brands = [json.loads(line) for line in file]
    except (OSError, EOFError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error
    for brand in brands:
        name, called = brand["brand"], names(brand["brand"])
        short = name.removesuffix(" University")
        yield Profile.build(
            name,
            names=called[1:],
            handles=["".join(c for c in short if c.isalnum())],
            host=brand["site"],
            rivals=[b["brand"] for b in brands if b["category"] == brand["category"] and b is not brand][:5],
            texts=[brand[page] for page in ("home_page", "wikipedia_en", "wikipedia_es") if brand.get(page)],
            embed=embedder(called) if embedder else None,
        )


def names(brand: str) -> tuple[str, ...]:
    """What the brand goes by, its name first."""
    return brand, *CALLED.get(brand, (brand.removesuffix(" University"),))


def posts(folder: Path) -> Iterator[dict[str, str]]:
    """The lines of `folder`/relevance/mentions.tsv.gz. Raises `Unreadable`."""
    return rows(folder / "relevance" / "mentions.tsv.gz", quoting=csv.QUOTE_MINIMAL)


def rows(path: Path, quoting: Literal[0, 3]) -> Iterator[dict[str, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=quoting)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: {error}") from error
