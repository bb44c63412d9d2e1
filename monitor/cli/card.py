"""`oido model card`: the model in use, and how good it was lately by what people said of mentions."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..errors import OidoError
from . import formats
from .captions import MEASURES, caption, from_when
from .screen import basics, is_terminal, note, reading, screen

if TYPE_CHECKING:
    from models.clicks import Taste
    from models.published import Published

    from ..config import Config
    from ..lately import Lately

COLUMNS: Final = (
    *("by", "name", "labels"),
    *(
        f"{what}_{measure}{part}"
        for what in ("negative", "relevant")
        for measure in MEASURES
        for part in ("", "_low", "_high", "_of")
    ),
)


def card(
    ctx: typer.Context,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="One brand's mentions.")] = None,
    since: Annotated[str, typer.Option(metavar="WHEN", help="Labelled from then on: 90d, 2026-11.")] = "90d",
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """How good the model was lately: precision and recall by what people said, with 95 % intervals (Wilson).

    In all, and per brand, network and language; whether what was learned from clicks is in use, and why. While nobody
    has labelled anything, the scores that were measured before the model was released.

    In a pipe: one line per group, tab-separated, without heading: by, name, labels; then for negative and for relevant,
    precision and recall, each as share, low and high end of its interval, and of how many.
    """
    from models.published import published

    from ..config import find, load
    from ..lately import lately
    from ..learning import taste

    found = basics(ctx)
    here = screen(found)
    config = load(find(ctx.obj), resolve=False)
    check(config, brand)
    start = here.since(since)
    with reading(found) as store:
        told = store.labelled(brand)
        learned = taste(store, [each.name for each in config.brands])
    figures = lately(told, start, alert=config.alerts.negative, shown=config.models.relevant)
    shipped = published(config.models.tier)
    if json:
        typer.echo(formats.document(document(config, shipped, learned, start, figures)))
    elif is_terminal():
        from .gauge import draw

        draw(here, config, shipped, learned, start, figures)
    else:
        formats.write_tsv((row(one) for one in figures), COLUMNS)
        if not figures[0].labels:
            note(caption(here.language, "none", since=from_when(here, start)))


def check(config: "Config", brand: str | None) -> None:
    """`OidoError` when it is not among the brands."""
    if brand is not None and brand not in {each.name for each in config.brands}:
        there = ", ".join(each.name for each in config.brands) or "none yet"
        raise OidoError(f"there is no brand {brand!r}; there are: {there}")


def row(one: "Lately") -> formats.Row:
    cells: dict[str, formats.Cell] = {"by": one.by, "name": one.name, "labels": one.labels}
    for what, quality in (("negative", one.negative), ("relevant", one.relevant)):
        for measure, share in zip(MEASURES, (quality.precision, quality.recall), strict=True):
            low, high = share.interval or (None, None)
            cells[f"{what}_{measure}"] = _rounded(share.value)
            cells[f"{what}_{measure}_low"] = _rounded(low)
            cells[f"{what}_{measure}_high"] = _rounded(high)
            cells[f"{what}_{measure}_of"] = share.of
    return cells


def document(
    config: "Config",
    shipped: "Published",
    learned: "Taste",
    start: datetime | None,
    figures: Sequence["Lately"],
) -> dict[str, object]:
    """All of it, as JSON has it."""
    return {
        "model": shipped.name,
        "tier": config.models.tier,
        "since": start,
        "alert_from": config.alerts.negative,
        "shown_from": config.models.relevant,
        "labels": figures[0].labels,
        "learned": {
            "active": learned.active,
            "why": learned.why,
            "clicks": learned.clicks,
            "agreeing": learned.agreeing,
            "gain": _rounded(learned.gain),
            "shares": dict(zip(("negative", "neutral", "positive"), map(_rounded, learned.shares), strict=True)),
        },
        "lately": [row(one) for one in figures],
        "published": shipped.scores,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
