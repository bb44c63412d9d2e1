"""The tables [[source]]: which connector, how often, and the connector's own options."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches

from connectors.base import Connector

from ..errors import Problem
from ..types import Brand, Source
from .decode import Misfit, Problems, convert, decode, options
from .findings import Findings, name
from .toml import Table

OWN = ("name", "connector", "every", "about")
"""Keys that every source may have; the others are its connector's."""
SHORTEST = timedelta(seconds=1)

Connectors = Mapping[str, type[Connector]]


def sources(
    tables: Table, findings: Findings, connectors: Connectors, brands: Sequence[Brand] = ()
) -> tuple[Source, ...]:
    """The sources to read, each with a name of its own; without one it is called as its connector is. `brands` are
    those that they may be about."""
    found: list[Source] = []
    for place, table in findings.tables(tables, "source"):
        with findings.problems.gather():
            found.append(_source(table, place, findings, connectors, brands))
    if tables.get("source", []) == []:
        hint = "`oido source add URL` adds one"
        findings.warnings.append(Problem(place="source", what="there is none: nothing will be heard", hint=hint))
    findings.distinct([source.name for source in found], "source")
    return tuple(found)


def digest(source: Source) -> str:
    """Changes when an option of the source does, its secrets among them, and tells nothing of what they are."""
    connector = source.connector
    said = [f"{option.name}={getattr(connector, option.name)!r}" for option in options(type(connector))]
    said += [f"about={source.about!r}"] if source.about else []
    return hashlib.sha256("\n".join([connector.name, *said]).encode()).hexdigest()


def _source(table: Table, place: str, findings: Findings, connectors: Connectors, brands: Sequence[Brand]) -> Source:
    shape = _shape(table, place, connectors)
    problems = Problems()
    with problems.gather():
        called = name(table, place, shape.name)
    with problems.gather():
        every = _every(table, place, shape.every)
    with problems.gather():
        revealed = findings.reveal(shape, table, place, source=str(table.get("name", shape.name)))
        connector = decode(shape, revealed, place, also=OWN)
        problems += _complaints(connector, place)
    with problems.gather():
        about = _about(table, place, shape, brands)
    problems.settle()
    return Source(name=called, connector=connector, every=every, about=about)


def _about(table: Table, place: str, shape: type[Connector], brands: Sequence[Brand]) -> str:
    """The brand that all of a source is about. What is said on one's own page is about one's only brand, if there is
    but one."""
    said: str = convert(table.get("about", ""), str, f"{place}.about")
    known = [brand.name for brand in brands]
    ours = [brand.name for brand in brands if not brand.competitor]
    if said and said not in known:
        near = get_close_matches(said, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known brands: {', '.join(known)}"
        raise Misfit(Problem(place=f"{place}.about", what=f"there is no brand {said!r}", hint=hint))
    if not said and shape.is_own and len(ours) > 1:
        hint = f"name one of {', '.join(ours)}: what is said there need not name it"
        raise Misfit(Problem(place=f"{place}.about", what="missing: which brand is this the account of?", hint=hint))
    return said or (ours[0] if shape.is_own and ours else "")


def _shape(table: Table, place: str, connectors: Connectors) -> type[Connector]:
    place, listed = f"{place}.connector", f"known connectors: {', '.join(sorted(connectors))}"
    said = table.get("connector")
    if said is None:
        raise Misfit(Problem(place=place, what="missing", hint=listed))
    if not isinstance(said, str) or said not in connectors:
        near = get_close_matches(str(said), connectors, n=1)
        hint = f"did you mean {near[0]!r}?" if near else listed
        raise Misfit(Problem(place=place, what=f"there is no connector {said!r}", hint=hint))
    return connectors[said]


def _every(table: Table, place: str, default: timedelta) -> timedelta:
    every: timedelta = convert(table.get("every", default), timedelta, f"{place}.every")
    if every < SHORTEST:
        raise Misfit(Problem(place=f"{place}.every", what="too often", hint='write "1s" or longer'))
    return every


def _complaints(connector: Connector, place: str) -> Iterator[Problem]:
    """What a connector says of its own options, each as "option: what; hint"."""
    try:
        said = connector.check()
    except ValueError as error:
        # Python's own words, for an address such as https://[
        raise Misfit(Problem(place=place, what=str(error), hint="is an address in it wrong?")) from error
    for each in said:
        option, _, rest = each.partition(": ")
        what, _, hint = rest.partition("; ")
        yield Problem(place=f"{place}.{option}", what=what, hint=hint)
