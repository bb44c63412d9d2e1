"""Budgets in words: how much of each is used up, and what a poll may cost before there was one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from ..views import Allowance
from ..words import Words
from .phrases import PHRASES

UNITS: Final[Mapping[str, str]] = {
    "calls": "llamadas",
    "hashtags": "etiquetas",
    "messages": "mensajes",
    "replies": "respuestas",
    "requests": "peticiones",
    "searches": "búsquedas",
    "units": "unidades",
}
"""Connectors name their units in English; what is not here (USD, posts) is said alike in Spanish."""


def used(budget: Allowance, words: Words) -> str:
    """van 37 de 100 búsquedas en 24 h, used 37 of 100 searches in 24 h"""
    return _say("budget.used", words).format(used=_amount(budget.used, budget, words), cap=cap(budget, words))


def price(budget: Allowance, words: Words) -> str:
    """What the first poll may cost, which is all there is."""
    return _say("budget.price", words).format(_cost(budget, words), cap=cap(budget, words))


def cap(budget: Allowance, words: Words) -> str:
    """100 búsquedas en 24 h"""
    return f"{_cost(budget, words)} {_say('budget.in', words)} {_window(budget.window, words)}"


def is_money(budget: Allowance) -> bool:
    """Whether its unit is a currency: USD, EUR."""
    return len(budget.unit) == 3 and budget.unit.isupper()


def _cost(budget: Allowance, words: Words) -> str:
    unit = UNITS.get(budget.unit, budget.unit) if words.language == "es" else budget.unit
    return f"{_amount(budget.most, budget, words)} {unit}"


def _amount(number: float, budget: Allowance, words: Words) -> str:
    if not is_money(budget):
        return words.count(round(number))
    whole, cents = f"{number:.2f}".split(".")
    return words.count(int(whole)) + {".": ",", ",": "."}.get(words.thousands, ".") + cents


def _window(window: timedelta, words: Words) -> str:
    hours = window // timedelta(hours=1)
    return f"{hours} h" if 0 < hours < 48 else words.span(window)


def _say(phrase: str, words: Words) -> str:
    return PHRASES[phrase][words.language != "es"]
