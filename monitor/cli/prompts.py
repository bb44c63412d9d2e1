"""What setting up asks and tells, in Spanish and in English, side by side so that neither is forgotten."""

from collections.abc import Mapping
from typing import Final

PROMPTS: Final[Mapping[str, tuple[str, str]]] = {
    # oido init asks.
    "ask.brand": ("Qué marca vigilamos", "Which brand shall we watch"),
    "ask.site": ("Su web (Intro si no tiene)", "Its website (Enter if it has none)"),
    "ask.handle": (
        "Sus cuentas: @luna @luna@mastodon.social (Intro si no tiene)",
        "Its accounts: @luna @luna@mastodon.social (Enter if it has none)",
    ),
    "ask.notify": (
        "Adónde van los avisos: una URL de Apprise (tgram://… slack://… mailtos://… ntfy://…), un webhook (https://…)\n"
        "o esta misma pantalla (console)",
        "Where alerts go: an Apprise URL (tgram://… slack://… mailtos://… ntfy://…), a webhook (https://…)\n"
        "or this very screen (console)",
    ),
    "ask.again": (
        "Otra dirección en su lugar (Intro la deja como está)",
        "Another address in its place (Enter leaves it as it is)",
    ),
    "wrong.site": ("{!r} no es una web; se escribe así: https://luna.es", "{!r} is not a website; write it as https://luna.es"),
    # oido init tells.
    "init.looking": ("Buscando los feeds de {}…", "Looking for the feeds of {}…"),
    "init.found": ("✓ {name}: {url}", "✓ {name}: {url}"),
    "init.unread": ("No se pudo mirar en {site}: {error}", "Could not look at {site}: {error}"),
    "init.hello": ("✓ Saludo enviado a {}: mira si ha llegado.", "✓ Said hello to {}: see whether it arrived."),
    "init.mute": ("✗ El saludo no llegó a {name}: {error}", "✗ The hello did not reach {name}: {error}"),
    "init.mend": (
        "  {name} se queda así. Para corregirla: edita {where}, o repite oido init --force",
        "  {name} stays as it is. To mend it: edit {where}, or do it again: oido init --force",
    ),
    "init.written": ("✓ Escrito {}", "✓ Wrote {}"),
    "init.next": (
        "Ahora:  oido fetch --since 7d   lo que se ha dicho esta semana\n"
        "        oido inbox              lo que espera respuesta\n"
        "        oido run                seguir escuchando",
        "Next:   oido fetch --since 7d   what was said this week\n"
        "        oido inbox              what waits for an answer\n"
        "        oido run                keep listening",
    ),
    # oido source.
    "source.added": ("✓ {name} añadida a {path}", "✓ {name} added to {path}"),
    "source.next": ("  Pruébala: oido source test {}", "  Try it: oido source test {}"),
    "source.not_added": ("No se ha añadido nada.", "Nothing was added."),
    "source.also": ("  también hay {url}", "  there is also {url}"),
    "source.removed": ("✓ {name} quitada de {path}. Era:", "✓ {name} removed from {path}. It was:"),
    "source.none": ("No hay fuentes: oido source add URL", "There are no sources: oido source add URL"),
    "source.silent": ("Contesta bien, y no trae nada nuevo.", "It answers well, and brings nothing new."),
    "source.posts": ("Contesta bien. Lo primero que trae:", "It answers well. The first that it brings:"),
    "source.names": ("nombra a {}", "names {}"),
    "act.nobody": ("Nadie tiene que hacer nada: se reintenta solo.", "Nobody need act: it is tried again by itself."),
    "act.later": ("Revisa la dirección, o prueba más tarde.", "Check the address, or try again later."),
    "act.person": (
        "Te toca a ti: revisa la dirección, la clave o los permisos.",
        "You must act: check the address, the key or the permissions.",
    ),
    "act.developer": (
        "La respuesta no es la que la red promete: avisa a quien mantiene oido.",
        "The answer is not what the network promises: tell oido's maintainers.",
    ),
    "heading.name": ("fuente", "source"),
    "heading.error": ("qué falla", "what fails"),
    "heading.connector": ("conector", "connector"),
    "heading.every": ("cada", "every"),
    "heading.query": ("consulta", "query"),
    "heading.site": ("web", "site"),
    "heading.handles": ("cuentas", "handles"),
    "stream": ("en directo", "live"),
    "competitor": ("competidor", "competitor"),
    # oido brand.
    "brand.added": ("✓ {name} añadida a {path}", "✓ {name} added to {path}"),
    "profile.reading": ("Leyendo lo que {} cuenta de sí…", "Reading what {} tells of itself…"),
    "profile.page": ("✓ {url}  {count} caracteres", "✓ {url}  {count} characters"),
    "profile.telling": ("Lo que más la distingue: {}", "What tells it apart best: {}"),
    "profile.unread": (
        "No se ha podido leer nada de {}: su perfil queda como estaba.",
        "Nothing of {} could be read: its profile stays as it was.",
    ),
    "profile.no_model": ("Sin el modelo cuidadoso: {error}", "Without the careful model: {error}"),
    "profile.again": (
        "  Sin perfil se filtra peor. Para volver a intentarlo: oido brand profile {} --refresh",
        "  Without a profile it is told apart less well. To try again: oido brand profile {} --refresh",
    ),
    "profile.nowhere": (
        "{} no tiene web ni página de Wikipedia de las que hacer un perfil: añade site o wiki en config.toml.",
        "{} has neither a website nor a page in Wikipedia to make a profile of: add site or wiki to config.toml.",
    ),
    "profile.none": (
        "{} no tiene perfil todavía: oido brand profile {} --refresh",
        "{} has no profile yet: oido brand profile {} --refresh",
    ),
    "profile.old": ("{}: toca renovarlo con --refresh", "{}: time to renew it with --refresh"),
    "profile.heading.built": ("perfil", "profile"),
    "profile.heading.site": ("web", "site"),
    "profile.heading.names": ("nombres", "names"),
    "profile.heading.handles": ("cuentas", "handles"),
    "profile.heading.rivals": ("otras", "others"),
    "profile.heading.words": ("palabras", "words"),
    "profile.heading.best": ("la distinguen", "telling"),
    "suggest.rests": (
        "{name}: {mentions} menciones leídas.\n"
        "  Marcadas por personas: {relevant} que sí, {irrelevant} que no.\n"
        "  Las demás, según el modelo: {shown} visibles, {hidden} ocultas.",
        "{name}: {mentions} mentions read.\n"
        "  Marked by people: {relevant} relevant, {irrelevant} irrelevant.\n"
        "  The others as the model has them: {shown} shown, {hidden} hidden.",
    ),
    "suggest.reading": ("Leyendo lo guardado…", "Reading what is stored…"),
    "suggest.none": ("Nada que proponer.", "Nothing to propose."),
    "suggest.unjudged": (
        "Ninguna está marcada ni oculta: dile al modelo cuáles sobran con oido label ID --irrelevant",
        "None is marked or hidden: tell the model which do not belong with oido label ID --irrelevant",
    ),
    "suggest.loses": (
        "⚠ {term} perdería también lo que alguien marcó como relevante: {numbers}. No está en la consulta de abajo.",
        "⚠ {term} would also lose what somebody marked relevant: {numbers}. It is not in the query below.",
    ),
    "suggest.unseen": (
        "Lo que ganaría un nombre más sólo se puede contar entre lo guardado de otras marcas.",
        "What one more name would gain can only be counted among what is stored for other brands.",
    ),
    "suggest.query": ("Consulta propuesta:", "Proposed query:"),
    "suggest.try": ("Pruébala: oido query check {} --text TEXTO", "Try it: oido query check {} --text TEXT"),
    "suggest.write": ("¿Escribirla en {path}?", "Write it into {path}?"),
    "suggest.written": (
        "✓ Consulta de {name} cambiada en {path}. Lo guardado se queda como está.",
        "✓ Changed the query of {name} in {path}. What is stored stays as it is.",
    ),
    "heading.mentions": ("menciones", "mentions"),
    "heading.irrelevant": ("no (gente)", "irrelevant"),
    "heading.relevant": ("sí (gente)", "relevant"),
    "heading.hidden": ("ocultas", "hidden"),
    "heading.shown": ("visibles", "shown"),
    "heading.gained": ("nuevas", "gained"),
    # oido query.
    "query.asked": ("Se pregunta por: {}", "Asked for: {}"),
    "query.doubt": ("Ojo: {}", "Mind: {}"),
    "query.yes": ("✓ Es una mención.", "✓ This is a mention."),
    "query.no": ("✗ No es una mención.", "✗ This is no mention."),
}  # fmt: skip


def say(language: str, prompt: str, *values: object, **named: object) -> str:
    """A prompt in this language."""
    spanish, english = PROMPTS[prompt]
    return (spanish if language == "es" else english).format(*values, **named)
