"""Budgets in words, in Spanish and in English."""

from datetime import timedelta

import pytest

from monitor.cli import spent
from monitor.views import Allowance
from monitor.words import words

DAY = timedelta(days=1)


def allowance(used: float, most: float, unit: str, window: timedelta = DAY) -> Allowance:
    return Allowance(name="any", used=used, most=most, unit=unit, window=window)


@pytest.mark.parametrize(
    ("budget", "spanish", "english"),
    [
        (allowance(37, 100, "searches"), "van 37 de 100 búsquedas en 24 h", "used 37 of 100 searches in 24 h"),
        (
            allowance(1234, 10_000, "units", timedelta(hours=1)),
            "van 1.234 de 10.000 unidades en 1 h",
            "used 1,234 of 10,000 units in 1 h",
        ),
        (
            allowance(1.355, 5, "USD", 30 * DAY),
            "van 1,35 de 5,00 USD en 30 d",
            "used 1.35 of 5.00 USD in 30 d",
        ),
        (allowance(3, 30, "hashtags", 7 * DAY), "van 3 de 30 etiquetas en 7 d", "used 3 of 30 hashtags in 7 d"),
    ],
    ids=["searches", "thousands", "money", "a week"],
)
def test_what_is_used_up_is_told(budget: Allowance, spanish: str, english: str) -> None:
    assert (spent.used(budget, words("es")), spent.used(budget, words("en"))) == (spanish, english)


def test_what_a_poll_may_cost_is_told_beside_the_cap() -> None:
    said = spent.price(allowance(0, 5, "USD", 30 * DAY), words("en"))
    assert said == "one poll may cost up to 5.00 USD; the cap is 5.00 USD in 30 d"
