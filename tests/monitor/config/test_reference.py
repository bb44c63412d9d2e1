"""The documentation and the sample say what the code does."""

from pathlib import Path

import pytest

from connectors.registry import CONNECTORS
from monitor.config import load
from monitor.config.decode import options
from monitor.config.reference import SAID, TABLES, renewed
from monitor.config.sources import OWN
from monitor.config.strict import BASICS, General

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    assert renewed(DOCUMENT) == DOCUMENT, "renew them: python -m monitor.config.reference"


@pytest.mark.parametrize("option", [*BASICS, *(option.name for option in options(General)), *OWN])
def test_an_option_without_a_table_of_its_own_is_documented(option: str) -> None:
    assert f"| `{option}` |" in DOCUMENT


def test_every_option_of_the_house_is_explained() -> None:
    known = {
        (shape, option.name) for shape, but in TABLES.values() for option in options(shape) if option.name not in but
    }
    assert known == set(SAID)


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_no_option_of_a_connector_hides_one_of_the_source(name: str) -> None:
    assert not {option.name for option in options(CONNECTORS[name])} & set(OWN)


def test_the_sample_works_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(ROOT / "config.toml", environ={})
    assert config.sources
    assert not config.warnings
