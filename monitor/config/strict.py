"""From config.toml to a `Config`: every table checked, every problem told at once."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from connectors.registry import CONNECTORS

from ..alerting.policy import DUE, Policy
from ..errors import Misconfigured, Problem
from .basics import Basics, basics
from .brands import brands
from .decode import Misfit, decode
from .findings import Findings
from .layout import line_of
from .notifiers import notifiers
from .sources import Connectors, digest, sources
from .toml import Table, parse, read
from .values import Config, Models, Network

T = TypeVar("T")
BASICS = ("language", "timezone", "database")
TABLES = ("brand", "source", "notifier", "alerts", "network", "models")


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """The keys that stand before all tables, without the basics."""

    contact: str = ""
    refresh: bool = True


def load(
    path: Path,
    *,
    resolve: bool = True,
    only: str = "",
    environ: Mapping[str, str] = os.environ,
    connectors: Connectors = CONNECTORS,
) -> Config:
    """The configuration at `path`. `Misconfigured` holds every problem found.

    Without `resolve`, secrets stay the references that they are: enough to check a file, not to run by it. With
    `only`, all but those of the source so called: enough to read that one.
    """
    return check(read(path), path, environ=environ if resolve else None, only=only, connectors=connectors)


def check(
    text: str,
    path: Path,
    *,
    environ: Mapping[str, str] | None = None,
    only: str = "",
    connectors: Connectors = CONNECTORS,
) -> Config:
    """As `load`, of a text that need not stand at `path` yet."""
    tables = parse(text, path)
    findings = Findings(path=path, environ=environ, only=only)
    plain, general = _basics(tables, path, findings), _general(tables, findings)
    watched = brands(tables, findings)
    read_from = sources(tables, findings, connectors, watched)
    ways_out = notifiers(tables, findings, [brand.name for brand in watched])
    policy = _table(Policy, tables, "alerts", findings, but=("competitors",))
    network = _table(Network, tables, "network", findings)
    models = _table(Models, tables, "models", findings)
    findings.problems += _models_problems(models) if models else []
    findings.problems += _policy_problems(policy) if policy else []
    if findings.problems or not (plain and general and policy and network and models):
        raise Misconfigured(str(path), [_with_line(problem, text) for problem in findings.problems])
    rivals = frozenset(brand.name for brand in watched if brand.competitor)
    return Config(
        path=path,
        language=plain.language,
        timezone=plain.timezone,
        database=plain.database,
        contact=general.contact,
        refresh=general.refresh,
        brands=watched,
        sources=read_from,
        notifiers=ways_out,
        alerts=replace(policy, due={**DUE, **policy.due}, competitors=rivals),
        network=network,
        models=models,
        settings={source.name: digest(source) for source in read_from},
        secrets=frozenset(findings.secrets),
        warnings=tuple(_with_line(problem, text) for problem in findings.warnings),
    )


def _basics(tables: Table, path: Path, findings: Findings) -> Basics | None:
    try:
        return basics(tables, path)
    except Misconfigured as error:
        findings.problems += error.problems
        return None


def _general(tables: Table, findings: Findings) -> General | None:
    with findings.problems.gather():
        general = decode(General, tables, "", also=(*BASICS, *TABLES))
        # It goes into a header of every request.
        if not general.contact.isprintable():
            hint = "write an e-mail address or a web page"
            raise Misfit(Problem(place="contact", what="it is not one line", hint=hint))
        return general
    return None


def _table(shape: type[T], tables: Table, key: str, findings: Findings, but: Collection[str] = ()) -> T | None:
    """The one table called `key`, or its defaults; `None` when something is wrong with it."""
    table = tables.get(key, {})
    with findings.problems.gather():
        if not isinstance(table, dict):
            raise Misfit(Problem(place=key, what="expected a table", hint=f"write [{key}] on a line of its own"))
        return decode(shape, table, key, but=but)
    return None


def _policy_problems(policy: Policy) -> list[Problem]:
    """What types cannot tell of [alerts]."""
    problems = []
    if not 0 <= policy.negative <= 1:
        problems.append(Problem(place="alerts.negative", what="not a probability", hint="write one from 0 to 1"))
    if policy.reach is not None and policy.reach < 0:
        problems.append(Problem(place="alerts.reach", what="below zero", hint='write "none" to switch it off'))
    problems += [
        Problem(place=f"alerts.due.{level}", what="no time at all", hint='write "1m" or longer')
        for level, span in policy.due.items()
        if span <= timedelta()
    ]
    return problems


def _models_problems(models: Models) -> list[Problem]:
    """What types cannot tell of [models]."""
    if 0 <= models.relevant <= 1:
        return []
    return [Problem(place="models.relevant", what="not a probability", hint="write one from 0 to 1")]


def _with_line(problem: Problem, text: str) -> Problem:
    """The problem, saying also on which line of the text it stands."""
    line = line_of(problem.place, text)
    if not line:
        return problem
    if not problem.hint:
        first, *more = problem.what.split("\n")
        return replace(problem, what="\n".join([f"{first} (line {line})", *more]))
    return replace(problem, hint=f"{problem.hint} (line {line})")
