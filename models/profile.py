"""What is known of a brand before anybody has judged a mention of it: its names, its site, the words of its pages."""

import base64
import binascii
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Self

from .errors import BadProfile

FORMAT: Final = 1
"""Raised when what a profile holds changes its meaning; an older one is then built anew."""
WORDS: Final = 4_000
BESIDE: Final = 400
CHUNKS: Final = 48
CHUNK: Final = 40
"""Words of a page that are embedded together: about as long as a post, so that the two can be compared."""
LENGTH: Final = 384
"""Bytes of one embedding."""

_TOKEN: Final = re.compile(r"[@#]?\w+(?:['’]\w+)*")

Embed = Callable[[Sequence[str]], Sequence[bytes]]


def tokens(text: str) -> list[str]:
    """The words of `text` as written, an @ or # before them included."""
    return _TOKEN.findall(text)


def fold(text: str) -> str:
    """Without capitals and accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if not unicodedata.combining(c))


@lru_cache(maxsize=2_000)
def spelled(name: str) -> tuple[str, ...]:
    """A name as folded words: "AC/DC" is two."""
    return tuple(fold(word).lstrip("@#") for word in tokens(name.removeprefix("u/")))


@lru_cache(maxsize=2_000)
def squeezed(name: str) -> str:
    """A name as handles, tags and hosts spell it: "AC/DC" is "acdc"."""
    return "".join(spelled(name)).replace("_", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A brand as its own pages show it. `words` and `before`/`after` (words next to the name) are folded and counted;
    `chunks` are embeddings of pieces of the pages, `LENGTH` signed bytes each, none if nobody embedded them."""

    name: str
    names: tuple[str, ...]
    handles: tuple[str, ...] = ()
    host: str | None = None
    rivals: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    chunks: tuple[bytes, ...] = ()
    size: int = field(init=False)
    """Words of its pages, repetitions counted."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(self.words.values()))

    @classmethod
    def build(
        cls,
        name: str,
        *,
        names: Sequence[str] = (),
        handles: Sequence[str] = (),
        host: str | None = None,
        rivals: Sequence[str] = (),
        texts: Sequence[str] = (),
        embed: Embed | None = None,
    ) -> Self:
        """The profile of a brand from the plain `texts` of its pages; works without any. `names` are what it goes by,
        `host` its site ("mango.com"); `embed` gives the embeddings of texts, b"" for none."""
        called = tuple(dict.fromkeys(one for one in (name, *names) if spelled(one)))
        written = [[fold(token).lstrip("@#") for token in tokens(text)] for text in texts]
        counts = Counter(word for words in written for word in words if len(word) > 1)
        before, after = _neighbours(written, called)
        return cls(
            name=name,
            names=called,
            handles=tuple(dict.fromkeys(handle.lstrip("@") for handle in handles if handle.strip("@ "))),
            host=_host(host),
            rivals=tuple(dict.fromkeys(rival for rival in rivals if spelled(rival))),
            words=dict(counts.most_common(WORDS)),
            before=dict(before.most_common(BESIDE)),
            after=dict(after.most_common(BESIDE)),
            chunks=_embedded(texts, embed) if embed else (),
        )

    def to_json(self) -> str:
        """As text that `from_json` reads back."""
        return json.dumps(
            {
                "format": FORMAT,
                **{name: getattr(self, name) for name in ("name", "names", "handles", "host", "rivals")},
                **{name: dict(getattr(self, name)) for name in ("words", "before", "after")},
                "chunks": [base64.b64encode(chunk).decode("ascii") for chunk in self.chunks],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises `BadProfile` when `text` is damaged or of another format."""
        try:
            kept = json.loads(text)
            if not isinstance(kept, dict) or kept.get("format") != FORMAT:
                raise BadProfile(f"not a profile of format {FORMAT}: build it anew")
            return cls(
                name=_word(kept["name"]),
                names=_words(kept["names"]),
                handles=_words(kept["handles"]),
                host=None if kept["host"] is None else _word(kept["host"]),
                rivals=_words(kept["rivals"]),
                words=_counts(kept["words"]),
                before=_counts(kept["before"]),
                after=_counts(kept["after"]),
                chunks=tuple(_chunk(chunk) for chunk in kept["chunks"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
            raise BadProfile(f"damaged profile ({type(error).__name__}: {error}): build it anew") from error


def _host(host: str | None) -> str | None:
    bare = (host or "").strip().lower().split("//")[-1].split("/")[0].split(":")[0].removeprefix("www.")
    return bare or None


def _neighbours(written: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """The words before and after the name, as its own pages have them: "range", "store", "university"."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    called = {spelled(name) for name in names}
    lengths = sorted({len(name) for name in called}, reverse=True)
    for words in written:
        for place in range(len(words)):
            length = next((n for n in lengths if tuple(words[place : place + n]) in called), 0)
            if length and place:
                before[words[place - 1]] += 1
            if length and place + length < len(words):
                after[words[place + length]] += 1
    return before, after


def _embedded(texts: Sequence[str], embed: Embed) -> tuple[bytes, ...]:
    """The embeddings of the pages' pieces, taken in turn from every page so that a long one does not crowd out the
    others."""
    pieces = [[" ".join(w[at : at + CHUNK]) for at in range(0, len(w), CHUNK)] for w in (t.split() for t in texts)]
    turns = max(map(len, pieces), default=0)
    chosen = [page[turn] for turn in range(turns) for page in pieces if turn < len(page)][:CHUNKS]
    vectors = embed(chosen) if chosen else ()
    return tuple(bytes(vector) for vector in vectors if len(vector) == LENGTH)


def _word(kept: Any) -> str:
    if not isinstance(kept, str):
        raise TypeError(f"{kept!r} is no text")
    return kept


def _words(kept: Any) -> tuple[str, ...]:
    if not isinstance(kept, list):
        raise TypeError(f"{kept!r} is no list")
    return tuple(map(_word, kept))


def _counts(kept: Any) -> dict[str, int]:
    if not isinstance(kept, dict) or not all(isinstance(n, int) and n > 0 for n in kept.values()):
        raise TypeError("counts that are no counts")
    return kept


def _chunk(kept: Any) -> bytes:
    chunk = base64.b64decode(_word(kept), validate=True)
    if len(chunk) != LENGTH:
        raise ValueError(f"an embedding of {len(chunk)} bytes, not {LENGTH}")
    return chunk
