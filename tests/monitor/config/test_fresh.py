"""A new configuration, before anybody has edited it."""

from pathlib import Path

import pytest

from monitor.config import check
from monitor.config.basics import LANGUAGES, Language
from monitor.config.fresh import Wishes, fresh, query
from monitor.query import QueryError

SOURCE = {"name": "hn", "connector": "hackernews"}
NOTIFIER = {"name": "screen", "kind": "console"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_configuration_can_be_used(language: Language) -> None:
    wishes = Wishes(brand="Luna", language=language, sources=[SOURCE], notifiers=[NOTIFIER])
    config = check(fresh(wishes), Path("config.toml"))
    assert (config.language, config.sources[0].name, config.notifiers[0].name) == (language, "hn", "screen")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_commented_out_can_be_switched_on(language: Language) -> None:
    text = fresh(Wishes(brand="Luna", language=language))
    begin = text.index("# [alerts]")
    switched_on = "".join(line.removeprefix("#").lstrip() + "\n" for line in text[begin:].splitlines())
    plain = check(text, Path("config.toml"))
    assert check(text[:begin] + switched_on, Path("config.toml")).alerts == plain.alerts


@pytest.mark.parametrize(
    ("name", "site", "asked"),
    [
        ("Luna", "", "Luna"),
        ("Luna Roja", "", '"Luna Roja"'),
        ("Luna", "https://www.luna.es/tienda", "Luna OR luna.es"),
        ("Luna", "http://127.0.0.1:8000", "Luna"),
        ('La "Luna"', "", '"La Luna"'),
        ("Año 2", "https://año.es", '"Año 2" OR año.es'),
    ],
)
def test_a_brand_is_asked_for_by_its_name_and_its_site(name: str, site: str, asked: str) -> None:
    assert query(name, site) == asked


def test_a_name_that_cannot_be_looked_for_is_refused() -> None:
    with pytest.raises(QueryError, match="no letter, digit or symbol"):
        query("***")
