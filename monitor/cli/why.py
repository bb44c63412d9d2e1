"""The words that decided, found when somebody asks: for most mentions nobody does, and each word costs a pass."""

from dataclasses import replace

import typer

from ..views import Dossier


def explained(ctx: typer.Context, known: Dossier) -> Dossier:
    """The same, with the reasons of a verdict of the careful tier when it has none yet."""
    mention = known.record.mention
    verdict, post = mention.verdict, mention.post
    if verdict.reasons or not verdict.model.startswith("careful") or not post.text:
        return known
    from models.careful import Careful

    from ..config import find, load

    brands = {brand.name: brand.names for brand in load(find(ctx.obj), resolve=False).brands}
    said = f"{post.title}\n{post.text}" if post.title else post.text
    reasons = Careful.load().explain(said, brands.get(mention.brand, (mention.brand,)))
    mention = replace(mention, verdict=replace(verdict, reasons=reasons))
    return replace(known, record=replace(known.record, mention=mention))
