"""The configuration: found, read strictly, and told in full when something is wrong with it.

`load` gives all of it. `load_basics` gives what reading commands need, and imports next to nothing: whatever is heavier
is imported from here when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .basics import Basics, Language, load_basics
from .places import find

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


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name], __name__), name)
