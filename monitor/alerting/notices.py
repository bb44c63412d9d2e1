"""What people are told of a source, in Spanish and in English: what is wrong, since when, and what to do."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from shlex import quote
from typing import Final

from ..notice import Notice
from ..words import Words
from .texts import LONGEST, Message, cut, line

TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "refused": ("Oído · {} te necesita", "Oído · {} needs you"),
    "failing": ("Oído · {} sigue sin poder leerse", "Oído · {} still cannot be read"),
    "silent": ("Oído · {} calla más de lo normal", "Oído · {} is silent for longer than usual"),
    "": ("Oído · {} vuelve a oírse", "Oído · {} is heard again"),
}  # fmt: skip
BODIES: Final[Mapping[str, tuple[str, str]]] = {
    "refused": (
        "No se deja leer, y solo una persona puede arreglarlo: {said}\nDesde {since}. "
        "Pruébala: oido source test {name}",
        "It cannot be read, and only a person can mend that: {said}\nSince {since}. Try it: oido source test {name}",
    ),
    "failing": (
        "Lleva más de un día fallando: {said}\nDesde {since}. Se sigue intentando; mira qué dice: "
        "oido source test {name}",
        "It has been failing for more than a day: {said}\nSince {since}. It is tried again by itself; see what it "
        "says: oido source test {name}",
    ),
    "silent": (
        "Responde, pero no trae nada nuevo desde {since}: mucho más que sus pausas de costumbre.\nMira si su dirección "
        "y sus palabras siguen siendo las buenas: oido source test {name}",
        "It answers, but has brought nothing new since {since}: far longer than it usually pauses.\nSee whether its "
        "address and its words are still right: oido source test {name}",
    ),
    "": (
        "Ya no necesita a nadie. Lo que no se pudo oír: oido status",
        "It needs nobody any more. What could not be heard: oido status",
    ),
}  # fmt: skip


def message(notice: Notice, words: Words, now: datetime, zone: tzinfo) -> Message:
    """A notice in words, its times in `zone`."""
    english = words.language != "es"
    name = line(notice.source, 60)
    since = words.moment(notice.since, now, zone) if notice.since else "?"
    said = cut(line(notice.said or "?", 4 * LONGEST))
    return Message(
        title=TITLES[notice.need][english].format(name),
        body=BODIES[notice.need][english].format(said=said, since=since, name=quote(name)),
    )
