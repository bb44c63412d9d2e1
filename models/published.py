"""What the card of a shipped model says of it: its name, and how good it was where that was measured."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .verdict import Tier

CARDS: Final = Path(__file__).parent / "data"
_NAME: Final = re.compile(r"^\| *name *\| *`([^`]+)`", re.MULTILINE)
_SCORES: Final = re.compile(r"^## Scores *\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A model's `name`, and the `scores` that its card tells, as Markdown; "" where the card tells none."""

    name: str
    scores: str = ""
    path: Path | None = None


def published(tier: Tier, folder: Path = CARDS) -> Published:
    """What the card of this tier says. A model without a card goes by its tier's name."""
    path = folder / f"{tier}.md"
    if not path.is_file():
        return Published(name=tier)
    text = path.read_text(encoding="utf-8")
    name, scores = _NAME.search(text), _SCORES.search(text)
    return Published(name=name[1] if name else tier, scores=scores[1].strip() if scores else "", path=path)
