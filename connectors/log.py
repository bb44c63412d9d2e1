"""The log: an event and its facts, as the house that we run in formats them. No post text, and no secret ever."""

import logging
from collections.abc import Mapping


def logger(name: str) -> logging.Logger:
    """The log of a module. Under the house's root, or its lines would reach nobody."""
    return logging.getLogger(f"oido.{name}")


def fields(**facts: object) -> Mapping[str, object]:
    """Facts for `extra=`."""
    return {"facts": facts}
