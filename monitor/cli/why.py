"""The words that decided, found when somebody asks: for most mentions nobody does, and each word costs a pass."""

from dataclasses import replace

import typer

from ..errors import OidoError
from ..views import Dossier
from . import safe
from .screen import note


def explained(ctx: typer.Context, known: Dossier) -> Dossier:
    """The same, with the reasons of a verdict of the careful tier when it has none yet. What keeps us from finding them
    is told, and keeps nobody from reading the rest."""
    mention = known.record.mention
    verdict, post = mention.verdict, mention.post
    if verdict.reasons or not verdict.model.startswith("careful") or not post.text:
        return known
    from models.careful import Careful
    from models.errors import BadWeights

    from ..config import find, load

    try:
        brands = {brand.name: brand.names for brand in load(find(ctx.obj), resolve=False).brands}
        reasons = Careful.load().explain(post.whole, brands.get(mention.brand, (mention.brand,)))
    except (BadWeights, OidoError) as error:
        note(f"oido: {safe.block(str(error))}")
        return known
    mention = replace(mention, verdict=replace(verdict, reasons=reasons))
    return replace(known, record=replace(known.record, mention=mention))
