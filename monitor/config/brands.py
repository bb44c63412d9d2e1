"""The tables [[brand]]."""

from ..errors import Problem
from ..types import Brand
from .decode import decode
from .findings import Findings, name
from .toml import Table

NO_QUOTES = {ord(quote): " " for quote in '"“”„«»'}


def brands(tables: Table, findings: Findings) -> tuple[Brand, ...]:
    """The brands to watch: at least one, each with a name of its own."""
    found: list[Brand] = []
    for place, table in findings.tables(tables, "brand"):
        with findings.problems.gather():
            brand = _brand(table, place)
            found.append(brand)
            findings.warnings += [Problem(place=f"{place}.query", what=doubt) for doubt in brand.query.doubts]
    if tables.get("brand", []) == []:
        hint = 'add a table [[brand]] with name = "…"'
        findings.problems.append(Problem(place="brand", what="there is no brand to watch", hint=hint))
    elif found and all(brand.competitor for brand in found):
        findings.warnings.append(Problem(place="brand", what="all are competitors: nothing will ever alert"))
    findings.distinct([brand.name for brand in found], "brand")
    return tuple(found)


def _brand(table: Table, place: str) -> Brand:
    """A brand; without a query it is called by its name, as a phrase."""
    # A name that is missing is told with the other problems of its table; until then a word stands for it.
    called = name(table, place, "name")
    phrase = called.translate(NO_QUOTES).strip() or called
    return decode(Brand, {"query": f'"{phrase}"', **table}, place)
