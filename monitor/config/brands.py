"""The tables [[brand]]."""

from ..errors import Problem
from ..types import Brand
from .decode import decode
from .findings import Findings
from .toml import Table


def brands(tables: Table, findings: Findings) -> tuple[Brand, ...]:
    """The brands to watch: at least one, each with a name of its own."""
    found: list[Brand] = []
    for place, table in findings.tables(tables, "brand"):
        with findings.problems.gather():
            found.append(decode(Brand, _with_query(table), place))
    if tables.get("brand", []) == []:
        hint = 'add a table [[brand]] with name = "…"'
        findings.problems.append(Problem(place="brand", what="there is no brand to watch", hint=hint))
    elif found and all(brand.competitor for brand in found):
        findings.warnings.append(Problem(place="brand", what="all are competitors: nothing will ever alert"))
    findings.distinct([brand.name for brand in found], "brand")
    return tuple(found)


def _with_query(table: Table) -> Table:
    """A brand without a query is called by its name, as a phrase."""
    name = str(table.get("name", "")).translate({ord(quote): " " for quote in '"“”„«»'}).strip()
    return {"query": f'"{name or "name"}"', **table}
