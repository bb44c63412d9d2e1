"""Every option there is, as the tables of docs/configuration.md: `python -m monitor.config.reference` renews them."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from connectors.registry import CONNECTORS

from ..alerting.policy import Policy
from ..query import Query
from ..types import Brand
from .decode import OFF, Option, options
from .durations import FORM, written
from .hints import describe, is_optional
from .values import Models, Network, NotifierConfig
from .write import literal

DOCUMENT: Final = Path("docs/configuration.md")
TABLES: Final[Mapping[str, tuple[type, Collection[str]]]] = {
    "brand": (Brand, ()),
    "notifier": (NotifierConfig, ()),
    "alerts": (Policy, ("competitors",)),
    "network": (Network, ()),
    "models": (Models, ()),
}
"""The tables with prose of their own, by the mark that stands around them; and their fields that are no options."""

SAID: Final[Mapping[tuple[type, str], str]] = {
    (Brand, "name"): "As alerts and reports call it.",
    (Brand, "query"): "What it is called by; without one, its name as a phrase. See below.",
    (Brand, "handles"): "Its own accounts: what they post is never a mention, whoever names them makes one.",
    (Brand, "site"): "Its website.",
    (Brand, "wiki"): "Titles of its pages in Wikipedia, `es:Mango (empresa)`: they tell it from others of its name.",
    (Brand, "competitor"): "Its mentions are counted, and never alert.",
    (NotifierConfig, "name"): "What it is called in the log; without one, its kind.",
    (NotifierConfig, "kind"): "`apprise` for a service, `webhook` for a program of yours, `console` for this screen.",
    (NotifierConfig, "url"): "An [Apprise URL](https://appriseit.com/services/), or the webhook's address.",
    (NotifierConfig, "secret"): "Signs what a webhook is sent (HMAC-SHA256).",
    (NotifierConfig, "language"): "Of this notifier's alerts; without one, the configuration's.",
    (NotifierConfig, "brands"): "Alerts of these brands only; none named: of all.",
    (NotifierConfig, "level"): "Only alerts at least as urgent.",
    (Policy, "negative"): "Alert when a mention is negative with at least this probability.",
    (Policy, "questions"): "Alert when it asks something.",
    (Policy, "reach"): "Alert when so many people may see it.",
    (Policy, "due"): "How long there is to answer, by priority: the table `[alerts.due]`.",
    (
        Policy,
        "backfill",
    ): "What was published so long before its source was last read, or first, is kept, and never alerts.",
    (Network, "allow"): "What may be asked although it is not on the public web: `host`, `host:port`, `10.0.0.0/8`.",
    (Models, "tier"): "`careful` reads with an encoder what names a brand; `screen` is for small machines.",
    (Models, "relevant"): "Mentions that are about this brand with less probability are kept, and hidden.",
}
"""What these options are for; a connector says it of its own, in a text below the field."""


def renewed(document: str) -> str:
    """`document` with what stands between its marks, `<!-- brand -->` to `<!-- end -->`, as the code has it now."""
    for mark, (shape, but) in TABLES.items():
        document = _between(document, mark, _table(shape, but))
    return _between(document, "connectors", "\n".join(_connectors()))


def _between(document: str, mark: str, content: str) -> str:
    start, begin, rest = document.partition(f"<!-- {mark} -->\n")
    _, end, after = rest.partition("<!-- end -->")
    if not begin or not end:
        raise LookupError(f"no <!-- {mark} --> … <!-- end --> in the document")
    return f"{start}{begin}{content}{end}{after}"


def _connectors() -> Iterator[str]:
    for name in sorted(CONNECTORS):
        shape = CONNECTORS[name]
        about = inspect.getdoc(sys.modules[shape.__module__]) or ""
        required = "".join(f'{option.name} = "…"\n' for option in options(shape) if option.is_required)
        example = f'```toml\n[[source]]\nconnector = "{name}"\n{required}```'
        every = f"Polled every {written(shape.every)} unless `every` says otherwise."
        yield "\n\n".join([f"### {name}", about, example, every, _table(shape, ())])


def _table(shape: type, but: Collection[str]) -> str:
    told = {name: said for (of, name), said in SAID.items() if of is shape} or _told(shape)
    known = [option for option in options(shape) if option.name not in but]
    if not known:
        return "No options.\n"
    head = ["| option | type | default |", "|---|---|---|"]
    if told:
        head = ["| option | type | default | |", "|---|---|---|---|"]
    return "\n".join([*head, *(_row(option, told) for option in known)]) + "\n"


def _row(option: Option, told: Mapping[str, str]) -> str:
    kind = describe(option.type).replace(FORM, "a duration") + (", a secret" if option.is_secret else "")
    cells = [f"`{option.name}`", kind, _default(option), *([told.get(option.name, "")] if told else [])]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(option: Option) -> str:
    value = option.default
    if value is MISSING:
        return "its name" if option.type is Query else "required"
    if value is None or value in ("", ()):
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"`{key} = {_literal(each)}`" for key, each in value.items())
    off = f', or `"{OFF}"`' if is_optional(option.type) else ""
    return f"`{_literal(value)}`{off}"


def _literal(value: Any) -> str:
    return literal(written(value) if isinstance(value, timedelta) else value)


def _told(shape: type) -> Mapping[str, str]:
    """What the text below a field says of it."""
    body = ast.parse(textwrap.dedent(inspect.getsource(shape))).body[0]
    told = {}
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for field, text in pairwise(statements):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as said)):
                told[name] = " ".join(inspect.cleandoc(said).split())
    return told


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
