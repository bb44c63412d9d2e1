"""What the card of the model says to people, in Spanish and in English, side by side so that neither is forgotten."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from . import safe

if TYPE_CHECKING:
    from models.clicks import Taste

    from ..lately import Share
    from .screen import Screen

MEASURES: Final = ("precision", "recall")

CAPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "model": ("Modelo", "Model"),
    "tier.screen": ("{name}, el modelo pequeño", "{name}, the small model"),
    "tier.careful": ("{name}, el modelo cuidadoso", "{name}, the careful model"),
    "clicks": ("Tus clics", "Your clicks"),
    "labels": ("{labels} menciones etiquetadas {since}", "{labels} mentions labelled {since}"),
    "label": ("1 mención etiquetada {since}", "1 mention labelled {since}"),
    "since": ("desde {}", "since {}"),
    "ever": ("hasta hoy", "so far"),
    "learned": ("Lo aprendido", "Learned"),
    "on": (
        "encendido: con {clicks} clics predice los tuyos mejor que el modelo tal como viene (+{gain} nats por clic)",
        "on: from {clicks} clicks it foretells yours better than the model as it ships (+{gain} nats a click)",
    ),
    "off.few": (
        "apagado: de los {least} clics sobre el sentimiento que hacen falta hay {clicks}",
        "off: of the {least} clicks on sentiment that it takes, {clicks} so far",
    ),
    "off.silent": (
        "apagado: los {clicks} clics no dejan ver si siguen al modelo; confirma también alguna mención bien juzgada",
        "off: {clicks} clicks do not tell whether they follow the model; confirm some mentions that it judged well too",
    ),
    "off.astray": (
        "apagado: los {clicks} clics no siguen al modelo en nada; parecen al azar, o miden otra cosa",
        "off: {clicks} clicks do not follow the model at all; they seem random, or mean something else",
    ),
    "off.worse": (
        "apagado: lo aprendido de {clicks} clics no mejora el modelo tal como viene",
        "off: what {clicks} clicks teach does no better than the model as it ships",
    ),
    "agreeing": ("le dan la razón {agreeing} de {clicks}", "{agreeing} of {clicks} agree with it"),
    "shares": (
        "se estima que aquí es negativo el {negative}, neutro el {neutral}, positivo el {positive}",
        "an estimated {negative} of what is said here is negative, {neutral} neutral, {positive} positive",
    ),
    "negative": ("negativas (desde {})", "negative (from {})"),
    "relevant": ("de la marca (desde {})", "about the brand (from {})"),
    "precision": ("precisión", "precision"),
    "recall": ("cobertura", "recall"),
    "all": ("todo", "all"),
    "means": (
        "Precisión: de lo señalado, cuánto lo era. Cobertura: de lo que lo era, cuánto se señaló. Entre paréntesis, "
        "dónde está con un 95 % de confianza (Wilson), y de cuántas se ha contado.",
        "Precision: of what was pointed out, how much was so. Recall: of what was so, how much was pointed out. In "
        "brackets, where it lies with 95% confidence (Wilson), and how many were counted.",
    ),
    "blind": (
        "Los clics no lo dicen todo: la gente etiqueta lo que ve, y sobre todo lo que está mal. La precisión puede "
        "ser mejor de lo que parece aquí, y la cobertura peor: lo que nadie vio no cuenta.",
        "Clicks do not tell everything: people label what they see, above all what is wrong. Precision may be better "
        "than it seems here, and recall worse: what nobody saw does not count.",
    ),
    "none": (
        "Nadie ha etiquetado nada {since}: oido label N --sentiment neg",
        "Nobody labelled anything {since}: oido label N --sentiment neg",
    ),
    "published": ("Lo medido antes de publicarlo ({}):", "What was measured before it was released ({}):"),
    "unpublished": ("Este modelo no trae ficha.", "This model brings no card."),
    # oido model reset.
    "reset.what.all": ("lo aprendido", "what was learned"),
    "reset.what.sentiment": ("lo aprendido del sentimiento", "what was learned of sentiment"),
    "reset.what.relevance": ("lo aprendido de la relevancia", "what was learned of relevance"),
    "reset.ask": (
        "Se olvida {what} de {count} etiquetas ({brand}). Las etiquetas se quedan en sus menciones, pero no vuelven a "
        "enseñar ni a contar. ¿Seguir?",
        "This forgets {what} from {count} labels ({brand}). The labels stay on their mentions, but teach and count no "
        "more. Go on?",
    ),
    "reset.every": ("todas las marcas", "all brands"),
    "reset.done": (
        "✓ {} etiquetas apartadas; vale el modelo tal como viene.",
        "✓ {} labels set aside; the model as it ships holds.",
    ),
    "reset.nothing": ("No había nada aprendido que olvidar.", "There was nothing learned to forget."),
    "reset.sides": ("  {} menciones se muestran u ocultan de otro modo", "  {} mentions are shown or hidden otherwise"),
}  # fmt: skip


def caption(language: str, phrase: str, *values: object, **named: object) -> str:
    """A caption in this language."""
    spanish, english = CAPTIONS[phrase]
    return (spanish if language == "es" else english).format(*values, **named)


def from_when(here: "Screen", start: datetime | None) -> str:
    if start is None:
        return caption(here.language, "ever")
    return caption(here.language, "since", here.words.day(start.astimezone(here.zone)))


def told(here: "Screen", learned: "Taste") -> str:
    """Whether what was learned is in use, and why."""
    from models.clicks import LEAST

    name = "on" if learned.active else f"off.{learned.why}"
    return caption(here.language, name, clicks=learned.clicks, least=LEAST, gain=f"{learned.gain or 0:.2f}")


def shown(here: "Screen", share: "Share") -> str:
    """71 % (60-80; 58/82): a share, where it lies, and what it was counted from."""
    if share.value is None or share.interval is None:
        return "—"
    low, high = (round(100 * end) for end in share.interval)
    return f"{safe.line(here.words.share(share.value))} ({low}–{high}; {share.hits}/{share.of})"
