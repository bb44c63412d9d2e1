"""What is known of a post before it is judged, and where in its words a brand is named."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .profile import Profile, fold, spelled, squeezed, tokens

LIMIT: Final = 2_000
"""Characters of a post that are read: what it is about shows early."""

_NOISE: Final = frozenset(("rt", "via", "http", "https", "amp"))
_LINKS: Final = re.compile(r"(?:https?://|www\.)\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What is known of a post, in plain values. `embedding` is where its text stands among texts, 384 signed bytes
    (a unit vector × 127), empty when nobody embedded it."""

    text: str
    title: str | None = None
    url: str | None = None
    links: tuple[str, ...] = ()
    handle: str | None = None
    author_name: str | None = None
    language: str | None = None
    embedding: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A post taken into words: as `written`, `bare` (folded, without @ and #), where each mark (@, #) stands, which
    places name the brand, and the spans at which it is named in plain words."""

    written: list[str]
    bare: list[str]
    naming: frozenset[int]
    spans: list[tuple[int, int]]
    signs: frozenset[str]
    links: int

    @property
    def rest(self) -> list[str]:
        """The distinct words that neither name the brand nor an account, in order."""
        return list(
            dict.fromkeys(
                word
                for place, word in enumerate(self.bare)
                if place not in self.naming and self.written[place][0] != "@" and len(word) > 1 and word not in _NOISE
            )
        )


def read(glimpse: Glimpse, profile: Profile) -> Reading:
    """The post as words, and where the brand is named in it."""
    text = f"{glimpse.title}. {glimpse.text}" if glimpse.title else glimpse.text
    text, links = _LINKS.subn(" ", text[:LIMIT])
    written = tokens(text)
    bare = [fold(word).lstrip("@#") for word in written]
    names = {spelled(name) for name in profile.names}
    lengths = sorted(map(len, names), reverse=True)
    tight = tightly(profile)
    naming: set[int] = set()
    spans: list[tuple[int, int]] = []
    signs: set[str] = set()
    for start, word in enumerate(written):
        if start in naming:
            continue
        length = next((n for n in lengths if tuple(bare[start : start + n]) in names), 0)
        close = bare[start].replace("_", "")
        if length or close in tight:
            end = start + max(length, 1)
            naming.update(range(start, end))
            if word[0] in "@#":
                signs.add("tag" if word[0] == "#" else "own handle")
            else:
                spans.append((start, end))
        elif word[0] in "@#" and any(name in close for name in tight):
            naming.add(start)
            signs.add("in a tag" if word[0] == "#" else "in a handle")
    return Reading(
        written=written,
        bare=bare,
        naming=frozenset(naming),
        spans=spans,
        signs=frozenset(signs),
        links=links + len(glimpse.links),
    )


def tightly(profile: Profile) -> frozenset[str]:
    """The brand's names and handles as one word each."""
    return frozenset(one for one in map(squeezed, (*profile.names, *profile.handles)) if len(one) > 1)


def points_home(glimpse: Glimpse, profile: Profile) -> bool:
    """Whether the post stands on the brand's own site or links to it."""
    return profile.host is not None and any(
        _host(url) == profile.host or _host(url).endswith("." + profile.host)
        for url in (*glimpse.links, *_LINKS.findall(glimpse.text[:LIMIT]), *([glimpse.url] if glimpse.url else ()))
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
