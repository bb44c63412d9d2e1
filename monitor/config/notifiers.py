"""The tables [[notifier]]: the ways out."""

import warnings
from collections.abc import Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from ..errors import Problem
from .decode import Problems, decode
from .findings import Findings, name
from .secrets import is_reference
from .toml import Table
from .values import NotifierConfig


def notifiers(tables: Table, findings: Findings, brands: Sequence[str]) -> tuple[NotifierConfig, ...]:
    """The notifiers, each with a name of its own; without one it is called as its kind is."""
    found: list[NotifierConfig] = []
    for place, table in findings.tables(tables, "notifier"):
        with findings.problems.gather():
            found.append(_notifier(table, place, findings, brands))
    findings.distinct([notifier.name for notifier in found], "notifier")
    return tuple(found)


def _notifier(table: Table, place: str, findings: Findings, brands: Sequence[str]) -> NotifierConfig:
    problems = Problems()
    with problems.gather():
        named = {**table, "name": name(table, place, str(table.get("kind", "notifier")))}
        notifier = decode(NotifierConfig, findings.reveal(NotifierConfig, named, place), place)
        if notifier.kind != "console" and not notifier.url:
            hint = f"write where {notifier.kind} sends to"
            problems.append(Problem(place=f"{place}.url", what="missing", hint=hint))
        elif findings.environ is not None and (wrong := _wrong(notifier)):
            problems.append(Problem(place=f"{place}.url", what=wrong))
        problems += [
            _unknown_brand(brand, brands, f"{place}.brands[{number}]")
            for number, brand in enumerate(notifier.brands, 1)
            if brand not in brands
        ]
    problems.settle()
    return notifier


def _wrong(notifier: NotifierConfig) -> str | None:
    """What is wrong with an address, which is not shown. One that is still a reference was found wanting already."""
    if notifier.kind == "console" or is_reference(notifier.url):
        return None
    if notifier.kind == "webhook":
        if urlsplit(notifier.url).scheme.lower() in ("http", "https"):
            return None
        return 'not a web address; it begins with https:// (for a service of Apprise: kind = "apprise")'
    # Imported here: only who sends by Apprise pays for it. It uses what Python is about to drop.
    from ..alerting import apprise

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return apprise.check(notifier.url)


def _unknown_brand(brand: str, brands: Sequence[str], place: str) -> Problem:
    near = get_close_matches(brand, brands, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known brands: {', '.join(brands)}"
    return Problem(place=place, what=f"there is no brand {brand!r}", hint=hint)
