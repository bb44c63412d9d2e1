from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from models.verdict import Intent, Sentiment
from monitor.types import AlertReason, Level, State
from monitor.words import ENGLISH, SPANISH, words

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", [SPANISH, ENGLISH], ids=lambda words: words.language)
@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (get_args(Sentiment), "sentiment"),
        (get_args(Intent), "intent"),
        (get_args(AlertReason), "reason"),
        (tuple(State), "state"),
        (tuple(Level), "level"),
        (("negative", "intent", "reach", "engagement"), "part"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_name_has_a_word(language, names, kind):
    assert set(getattr(language, kind)) == set(names)


def test_both_languages_fill_the_same_blanks():
    for field in fields(SPANISH):
        one, other = getattr(SPANISH, field.name), getattr(ENGLISH, field.name)
        if isinstance(one, str):
            assert one.count("{") == other.count("{"), field.name


def test_a_language_we_do_not_speak_is_answered_in_english():
    assert words("eu") is ENGLISH


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (SPANISH.count(1234567), "1.234.567"),
        (ENGLISH.count(1234567), "1,234,567"),
        (SPANISH.share(0.923), "92 %"),
        (ENGLISH.share(0.923), "92%"),
        (SPANISH.audience(12_345), "12.345 seguidores"),
        (ENGLISH.audience(1), "1 follower"),
        (ENGLISH.audience(0), "0 followers"),
        (SPANISH.audience(None), "seguidores: desconocido"),
        (SPANISH.network("hackernews"), "Hacker News"),
        (SPANISH.network("forum.example"), "forum.example"),
    ],
)
def test_numbers_and_names_are_written_as_the_language_writes_them(said, expected):
    assert said == expected


@pytest.mark.parametrize(
    ("ago", "spanish", "english"),
    [
        (timedelta(seconds=59), "ahora", "now"),
        (timedelta(minutes=3, seconds=50), "hace 3 min", "3 min ago"),
        (timedelta(hours=23), "hace 23 h", "23 h ago"),
        (timedelta(days=400), "hace 400 d", "400 d ago"),
        (-timedelta(hours=2), "en 2 h", "in 2 h"),
    ],
)
def test_times_are_told_by_how_far_they_lie(ago, spanish, english):
    assert (SPANISH.relative(NOW - ago, NOW), ENGLISH.relative(NOW - ago, NOW)) == (spanish, english)


@pytest.mark.parametrize(
    ("due", "moment", "deadline"),
    [
        pytest.param(timedelta(hours=1, minutes=5), "14:05", "Responder antes de las 14:05", id="today"),
        pytest.param(timedelta(hours=12), "mañana 01:00", "Responder mañana antes de las 01:00", id="tomorrow"),
        pytest.param(timedelta(days=3), "5 nov 13:00", "Responder el 5 nov antes de las 13:00", id="later"),
        pytest.param(
            timedelta(days=90), "31 ene 2027 13:00", "Responder el 31 ene 2027 antes de las 13:00", id="next year"
        ),
        pytest.param(-timedelta(hours=2), "11:00", "El plazo para responder venció hace 2 h", id="past"),
    ],
)
def test_times_are_told_in_the_readers_zone(due, moment, deadline):
    assert SPANISH.moment(NOW + due, NOW, MADRID) == moment
    assert SPANISH.deadline(NOW + due, NOW, MADRID) == deadline
