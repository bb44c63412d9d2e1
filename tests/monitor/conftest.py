"""What no test of the house leaves behind."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """A command that runs in this process configures the log, and later tests read what is logged."""
    house = logging.getLogger("oido")
    handlers, level, propagate = house.handlers, house.level, house.propagate
    yield
    house.handlers, house.propagate = handlers, propagate
    house.setLevel(level)
