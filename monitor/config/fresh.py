"""A new config.toml, commented in the language of those who will edit it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ..alerting.policy import Policy
from ..query import QueryError, parse
from .basics import DATABASE, Language
from .brands import NO_QUOTES
from .write import Value, literal, table

NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "head": (
        "Configuración de Oído. Lo que sigue a # es un comentario.\nTodas las opciones: docs/configuration.md",
        "Oído's configuration. What follows a # is a comment.\nAll options: docs/configuration.md",
    ),
    "language": ("la de los avisos y la bandeja: es, en", "of alerts and inbox: es, en"),
    "timezone": ("en la que se leen las horas", "in which times are read"),
    "database": ("junto a este fichero", "beside this file"),
    "contact": (
        "a quién puede escribir una red que tenga una queja",
        "whom a network may write to if it has a complaint",
    ),
    "brand": (
        "Marcas. Una mención es un texto en el que se cumple la consulta: dos palabras son ambas, OR es cualquiera,\n"
        '-palabra la excluye, "entre comillas" es una frase. Pruébala: oido query check \'CONSULTA\' --text TEXTO',
        "Brands. A mention is a text of which the query holds: two words are both, OR is either, -word leaves it out,\n"
        "\"in quotes\" is a phrase. Try it: oido query check 'QUERY' --text TEXT",
    ),
    "competitor": (
        "Un competidor se cuenta, y no avisa nunca:",
        "A competitor is counted, and never alerts:",
    ),
    "source": (
        "Fuentes: dónde se escucha. Otra más: oido source add URL. Cada cuánto se lee: every = \"10m\"",
        "Sources: where we listen. One more: oido source add URL. How often it is read: every = \"10m\"",
    ),
    "notifier": (
        "Salidas: adónde van los avisos. Apprise habla con Slack, Telegram, correo y cien más: https://appriseit.com\n"
        'Un secreto no se escribe aquí: url = "env:VARIABLE" o url = "file:secrets/FICHERO"',
        "Notifiers: where alerts go. Apprise speaks to Slack, Telegram, e-mail and a hundred more: https://appriseit.com\n"
        'A secret is not written here: url = "env:VARIABLE" or url = "file:secrets/FILE"',
    ),
    "alerts": (
        "Cuándo se avisa. Esto es lo que vale si no se dice otra cosa:",
        "When to alert. This is what holds unless you say otherwise:",
    ),
    "negative": ("desde esta probabilidad de ser negativa", "from this probability of being negative on"),
    "questions": ("las preguntas también", "questions too"),
    "reach": ('personas que la pueden ver; "none": da igual', 'people who may see it; "none": no matter'),
    "backfill": ("lo publicado antes se guarda y no avisa", "what was published before is kept, and does not alert"),
    "due": ("cuánto hay para responder, según la prioridad", "how long there is to answer, by priority"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What `oido init` was told and found out. Sources and notifiers are tables, as they will be written."""

    brand: str
    site: str = ""
    handles: Sequence[str] = ()
    language: Language = "en"
    timezone: str = "UTC"
    database: str = DATABASE
    sources: Sequence[Mapping[str, Value]] = ()
    notifiers: Sequence[Mapping[str, Value]] = ()


def fresh(wishes: Wishes) -> str:
    """The whole text of a new configuration."""
    notes = _Notes(wishes.language)
    return "\n".join(
        [
            notes.above("head"),
            _general(wishes, notes),
            notes.above("brand"),
            table("brand", _brand(wishes)),
            notes.above("competitor") + _commented(table("brand", {"name": "…", "competitor": True})),
            notes.above("source"),
            *(table("source", source) for source in wishes.sources),
            notes.above("notifier"),
            *(table("notifier", notifier) for notifier in wishes.notifiers),
            notes.above("alerts") + _commented(_alerts(Policy(), notes)),
        ]
    )


def query(name: str, site: str = "") -> str:
    """What a brand is called by, to begin with: its name, or a link to its site. `QueryError` when nothing can be found
    by such a name."""
    quoted = f'"{name.translate(NO_QUOTES).strip()}"'
    host = (urlsplit(site).hostname or "").removeprefix("www.")
    return str(parse(f"{quoted} OR {host}" if _is_domain(host) else quoted))


def _is_domain(host: str) -> bool:
    """Whether a query can ask for it: an address of numbers, say, it cannot."""
    try:
        return [term.kind for term in parse(host).literals] == ["domain"]
    except QueryError:
        return False


class _Notes:
    """The comments in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __getitem__(self, name: str) -> str:
        spanish, english = NOTES[name]
        return spanish if self._language == "es" else english

    def above(self, name: str) -> str:
        """A comment of lines of its own."""
        return _commented(f"{self[name]}\n")


def _general(wishes: Wishes, notes: _Notes) -> str:
    lines = [
        f"language = {literal(wishes.language)}  # {notes['language']}",
        f"timezone = {literal(wishes.timezone)}  # {notes['timezone']}",
        f"database = {literal(wishes.database)}  # {notes['database']}",
        f'# contact = "ana@example.com"  # {notes["contact"]}',
    ]
    return "\n".join(lines) + "\n"


def _brand(wishes: Wishes) -> Mapping[str, Value]:
    values: dict[str, Value] = {"name": wishes.brand, "query": query(wishes.brand, wishes.site)}
    if wishes.site:
        values["site"] = wishes.site
    if wishes.handles:
        values["handles"] = wishes.handles
    return values


def _alerts(policy: Policy, notes: _Notes) -> str:
    lines = [
        "[alerts]",
        f"negative = {literal(policy.negative)}  # {notes['negative']}",
        f"questions = {literal(policy.questions)}  # {notes['questions']}",
        f"reach = {policy.reach}  # {notes['reach']}",
        f"backfill = {literal(policy.backfill)}  # {notes['backfill']}",
        "",
        f"[alerts.due]  # {notes['due']}",
        *(f"{level} = {literal(span)}" for level, span in policy.due.items()),
    ]
    return "\n".join(lines) + "\n"


def _commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
