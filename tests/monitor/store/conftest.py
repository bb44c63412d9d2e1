"""Every store there is, empty, under the same tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.store.sqlite import SqliteStore

STORES: dict[str, Callable[[Path], SqliteStore]] = {"sqlite": lambda folder: SqliteStore.open(folder / "oido.db")}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    with STORES[request.param](tmp_path) as opened:
        yield opened
