"""A brand's profile, made while a person looks on: which pages were read, and what tells the brand from others."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from shlex import quote

from rich.console import Console

from connectors.text import redact
from models.errors import BadProfile, ModelError
from models.profile import Embed, Profile

from ..clock import SystemClock
from ..config import Config
from ..errors import OidoError
from ..fold import fold
from ..profiles import OLD, Leaf, Profiles, embedder, leaves, portrait
from ..types import Brand
from ..typical import telling, terms
from ..words import words
from . import safe
from .formats import iso
from .prompts import say
from .trial import opened

MOST = 10
"""Words that are shown of a profile."""


def paint(config: Config, brand: Brand, *, keep: bool = True) -> Profile | None:
    """Read what tells of `brand`, show it, and `keep` the profile in the store. `None`, and whatever was kept before
    stays, when there is nothing to read or nothing could be read; that is told, and stops nothing."""
    if not (brand.site or brand.wiki):
        return None
    read = asyncio.run(_read(config, brand))
    if not any(leaf.text for leaf in read):
        tell(say(config.language, "profile.unread", brand.name))
        return None
    made = portrait(brand, config.brands, read, _embed(config, brand))
    others = _keep(config, brand, made, read) if keep else {}
    tell(say(config.language, "profile.telling", ", ".join(distinct(made, others))))
    return made


def distinct(profile: Profile, others: Mapping[str, int]) -> list[str]:
    """The words of its pages that tell a brand best from the `others`, as counted in their pages."""
    own = {part for name in (*profile.names, *profile.handles) for part in terms(name, phrases=False)}
    called = {fold(name).replace(" ", "") for name in profile.names}
    return telling(profile.words, others, frozenset(own | called), MOST)


def together(profiles: Sequence[Profile]) -> Mapping[str, int]:
    """How often each word stands in the pages of all these."""
    counts: dict[str, int] = {}
    for profile in profiles:
        for word, count in profile.words.items():
            counts[word] = counts.get(word, 0) + count
    return counts


def tell(line: str) -> None:
    """An aside, on stderr, in one line whoever's words are in it."""
    _print(_console(), line)


async def _read(config: Config, brand: Brand) -> list[Leaf]:
    """The pages, each told as it is read."""
    read: list[Leaf] = []
    screen = _console()
    with screen.status(safe.line(say(config.language, "profile.reading", brand.name))):
        async with (
            opened(config.contact, config.network.allow) as client,
            aclosing(leaves(brand, client, config.language)) as found,
        ):
            async for leaf in found:
                read.append(leaf)
                _print(screen, _line(config, leaf))
    return read


def _line(config: Config, leaf: Leaf) -> str:
    if leaf.problem:
        return f"✗ {config.redact(leaf.problem)}"
    count = words(config.language).count(len(leaf.text))
    return say(config.language, "profile.page", url=redact(leaf.url), count=count)


def _embed(config: Config, brand: Brand) -> Embed | None:
    """What turns pieces of pages into embeddings, as posts are; nothing where the small model judges alone."""
    if config.models.tier == "screen":
        return None
    # Imported here: only now is a model needed.
    from models import judge

    try:
        return embedder(judge.unhurried(config.models.tier), brand)
    except ModelError as error:
        tell(say(config.language, "profile.no_model", error=error))
        return None


def _keep(config: Config, brand: Brand, made: Profile, read: Sequence[Leaf]) -> Mapping[str, int]:
    """Keep the profile, and its pages' addresses; the words of the other brands' profiles."""
    # Imported here: nothing is stored before this.
    from ..store.sqlite import SqliteStore

    with SqliteStore.open(config.database) as store:
        pages = [redact(leaf.url) for leaf in read if leaf.text]
        store.keep_profile(brand.name, made.to_json(), pages, SystemClock().now())
        return together(kept([other for other in config.brands if other.name != brand.name], store))


def kept(brands: Sequence[Brand], store: Profiles) -> list[Profile]:
    """The profiles that there are of these brands; one that cannot be read is built anew some day, and left out."""
    found: list[Profile] = []
    for brand in brands:
        if there := store.profile(brand.name):
            with suppress(BadProfile):
                found.append(Profile.from_json(there[0]))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A profile as it is kept, since when, and the words that tell its brand from the others."""

    profile: Profile
    built_at: datetime
    telling: Sequence[str]

    def row(self) -> dict[str, object]:
        made = self.profile
        return {
            "name": made.name,
            "built_at": iso(self.built_at),
            "host": made.host,
            "names": made.names,
            "handles": made.handles,
            "rivals": made.rivals,
            "words": len(made.words),
            "telling": self.telling,
            "embeddings": len(made.chunks),
        }

    def lines(self, config: Config) -> list[str]:
        """For a person."""
        here, now, made = words(config.language), SystemClock().now(), self.profile
        age = here.relative(self.built_at, now)
        told = {
            "built": say(config.language, "profile.old", age) if now - self.built_at > OLD else age,
            "site": made.host,
            "names": ", ".join(made.names),
            "handles": ", ".join(made.handles),
            "rivals": ", ".join(made.rivals),
            "words": here.count(len(made.words)),
            "best": ", ".join(self.telling),
        }
        headings = {key: say(config.language, f"profile.heading.{key}") for key in told}
        width = max(map(len, headings.values())) + 2
        return [safe.line(made.name)] + [
            f"  {headings[key]:<{width}}{safe.line(value or '—')}" for key, value in told.items()
        ]


def sketch(config: Config, brand: Brand) -> Sketch | None:
    """The profile that is kept of `brand`. `OidoError` when it cannot be read."""
    # Imported here: it reads what `paint` keeps.
    from ..store.reader import Reader

    with Reader.open(config.database) as store:
        there = store.profile(brand.name)
        if there is None:
            return None
        try:
            made = Profile.from_json(there[0])
        except BadProfile as error:
            raise OidoError(f"{brand.name}: {error}: oido brand profile {quote(brand.name)} --refresh") from error
        others = together(kept([other for other in config.brands if other.name != brand.name], store))
    return Sketch(profile=made, built_at=there[1], telling=distinct(made, others))


def _print(screen: Console, line: str) -> None:
    screen.print(f"  {safe.line(line)}", soft_wrap=True)


def _console() -> Console:
    return Console(stderr=True, highlight=False, markup=False, emoji=False)
