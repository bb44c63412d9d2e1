import pathlib

import pytest

from .stock import House, empty, stocked


@pytest.fixture
def house(tmp_path: pathlib.Path) -> House:
    return stocked(tmp_path)


@pytest.fixture
def new_house(tmp_path: pathlib.Path) -> House:
    return empty(tmp_path)
