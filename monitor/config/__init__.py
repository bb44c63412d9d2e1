"""The configuration: found, read strictly, and told in full when something is wrong with it.

`load` gives all of it. `load_basics` gives what reading commands need, and imports next to nothing: whatever is heavier
is imported from here when it is first asked for.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Misconfigured
from .basics import Basics, Language
from .basics import basics as of_tables
from .places import find
from .toml import parse, read

if TYPE_CHECKING:
    from .sources import digest
    from .strict import check, load
    from .values import Config, Models, Network, NotifierConfig

_LATER = {
    "check": ".strict",
    "digest": ".sources",
    "load": ".strict",
    "Config": ".values",
    "Models": ".values",
    "Network": ".values",
    "NotifierConfig": ".values",
}

__all__ = [
    "Basics",
    "Config",
    "Language",
    "Models",
    "Network",
    "NotifierConfig",
    "check",
    "digest",
    "find",
    "load",
    "load_basics",
]


def load_basics(path: Path) -> Basics:
    """Only what a reading command needs of the configuration at `path`; the rest is looked at only when this is wrong,
    so that all that is wrong is told at once."""
    text = read(path)
    try:
        return of_tables(parse(text, path), path)
    except Misconfigured:
        # Imported here: reading commands do without.
        from .strict import check

        check(text, path)
        raise


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name], __name__), name)
