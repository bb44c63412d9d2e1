import unicodedata
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.post import Author
from monitor.alerting.texts import LONGEST, cut, message, title
from monitor.types import Level, Priority
from monitor.words import ENGLISH, SPANISH
from tests.builders import NOW, post, verdict
from tests.monitor.alerting.tickets import ticket

MADRID = ZoneInfo("Europe/Madrid")

LUNA = ticket(
    17,
    brand="Luna",
    copies=3,
    reasons=("negative", "reach"),
    due_at=NOW + timedelta(hours=1, minutes=5),
    verdict=verdict(negative=0.92, neutral=0.05, positive=0.03),
    priority=Priority(level=Level.P1, parts=(("negative", 46), ("intent", 20), ("reach", 15))),
    of=post(
        "El pedido llegó roto y nadie contesta. ¡Qué vergüenza!",
        author=Author(handle="@marta@social.example", name="Marta Núñez", followers=12_345),
        url="https://social.example/@marta/1",
    ),
)


def test_an_alert_in_spanish_says_who_what_why_when_and_what_to_do():
    told = message(LUNA, SPANISH, NOW, MADRID)
    assert told.title == "P1 · Luna · negativa 92 % · Mastodon · #17"
    assert told.body == (
        "Marta Núñez (@marta@social.example) · 12.345 seguidores\n"
        "«El pedido llegó roto y nadie contesta. ¡Qué vergüenza!»\n"
        "3 copias de esta historia\n"
        "\n"
        "Por qué: es negativa, llega a mucha gente\n"
        "Prioridad: P1, 81 puntos (negatividad 46, tipo 20, alcance 15)\n"
        "Responder antes de las 14:05\n"
        "https://social.example/@marta/1\n"
        "\n"
        "oido show 17 · oido take 17 · oido reply 17"
    )


def test_an_alert_in_english_says_the_same():
    told = message(LUNA, ENGLISH, NOW, MADRID)
    assert told.title == "P1 · Luna · negative 92% · Mastodon · #17"
    assert "12,345 followers" in told.body
    assert "Why: it is negative, it reaches many people" in told.body
    assert "Answer by 14:05" in told.body


def test_what_is_not_known_is_said_to_be_unknown():
    told = message(ticket(of=post("hola", author=None, url=None)), SPANISH, NOW, UTC).body
    assert told.startswith("autor desconocido\n")
    assert "\nsin enlace\n" in told
    known = message(ticket(of=post("hola", author="ana")), SPANISH, NOW, UTC).body
    assert known.startswith("ana · seguidores: desconocido\n")


def test_a_title_of_a_post_stands_before_its_text():
    assert (
        "«Ask HN: Acme?: is it down»"
        in message(ticket(of=post("is it down", title="Ask HN: Acme?")), SPANISH, NOW, UTC).body
    )


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        pytest.param("short enough", 12, "short enough", id="what fits stays whole"),
        pytest.param("one two three", 10, "one two…", id="words stay whole"),
        pytest.param("x" * 20, 10, "x" * 9 + "…", id="a word longer than the room is cut"),
    ],
)
def test_a_long_text_is_cut_at_a_word(text, longest, expected):
    assert cut(text, longest) == expected
    assert len(cut(text, longest)) <= longest


def test_a_stranger_cannot_add_a_line_to_an_alert():
    told = message(ticket(of=post("bad\n\nhttps://evil.example\r\nAnswer by 99:99\u2028x")), ENGLISH, NOW, UTC).body
    assert told.splitlines()[1] == "“bad https://evil.example Answer by 99:99 x”"


@pytest.mark.parametrize("call", ["@everyone", "@here", "@channel", "@room", "<!channel>", "<@U123>", "@EVERYONE"])
def test_a_stranger_cannot_call_everybody_in_a_room(call):
    told = message(ticket(of=post(f"hey {call} look")), ENGLISH, NOW, UTC).body
    assert call not in told
    assert call in told.replace("\u2060", "")


anything = st.text(st.characters(exclude_categories=()), max_size=500)
moments = st.timedeltas(timedelta(days=-9_000), timedelta(days=9_000)).map(lambda apart: NOW + apart)
addresses = st.none() | st.from_regex(r"https?://[a-z]{1,20}\.example/[a-zA-Z0-9/?=&%._~-]{0,50}", fullmatch=True)


@given(
    text=anything,
    name=anything,
    brand=anything,
    network=anything,
    handle=anything,
    url=addresses,
    number=st.integers(1, 10**9),
    followers=st.none() | st.integers(0, 10**11),
    due=moments,
    now=moments,
    words=st.sampled_from([SPANISH, ENGLISH]),
)
def test_whatever_was_posted_an_alert_is_readable_and_holds_its_number_and_link(
    text, name, brand, network, handle, url, number, followers, due, now, words
):
    author = Author(handle=handle, name=name, followers=followers)
    published = post(text, title=name, author=author, network=network, url=url)
    told = message(ticket(number, of=published, brand=brand, due_at=due), words, now, MADRID)
    assert str(number) in told.title
    assert str(number) in told.body
    assert url is None or url in told.body
    assert told.title == title(ticket(number, of=published, brand=brand), words)
    assert len(told.body) < 3 * LONGEST
    shown = told.title + told.body.replace("\n", "")
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    shown.encode()
