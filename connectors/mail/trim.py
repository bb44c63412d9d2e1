"""What of a mail its author did not write this time: quoted history, signatures, footers. Cut only where it is sure.

To keep a line too many does no harm; to lose one might hide a complaint.
"""

import re

from ..text import clean, plain
from .message import Mail

_REPLY = re.compile(r"\s*(?:re|aw|sv|antw|odp)(?:\[\d+\])?\s*:", re.IGNORECASE)
_SIGNATURE = "-- "
_WROTE = re.compile(
    r"(?:wrote|writes|escribi[óo]|escreveu|a écrit|schrieb|ha scritto|va escriure|schreef)[^\n]{0,80}:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"(?<!-)-{3,}\s*(?:original message|mensaje original|mensagem original|message d'origine|ursprüngliche nachricht|"
    r"messaggio originale|missatge original)\s*-{3,}",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"""<(?:div|blockquote)\b[^<>]*?(?:class=["']?gmail_quote|type=["']?cite|id=["']?(?:divRplyFwdMsg|appendonsend))""",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"forwarded message|mensaje reenviado|mensagem encaminhada|message transféré", re.IGNORECASE)
_RULE = re.compile(r"[_=-]{20,}")
_FOOTER = re.compile(
    r"unsubscribe|you(?:'|’| a)re receiving this|this (?:e-?mail|message|notification) was (?:intended|sent)"
    r"|dar(?:te|se|me)? de baja|cancelar (?:la |tu |su )?suscripci[óo]n|dejar de recibir"
    r"|(?:has recibido|ha recibido|recibes|recibe) est[ea]"
    r"|est[ea] (?:correo|mensaje|notificaci[óo]n)[^.]{0,30} (?:envi[óo]|enviad)"
    r"|cancelar (?:a )?(?:inscri[çc][ãa]o|subscri[çc][ãa]o)|se d[ée]sabonner|d[ée]sinscri"
    r"|abbestellen|abmelden|disiscriv",
    re.IGNORECASE,
)
_MOST_FOOTERS = 6
_LONGEST_FOOTER = 600
"""Characters: a paragraph that speaks at length says something else, too."""


def own(mail: Mail) -> str:
    """What its author wrote, as plain text: the plain version, unless it is only a hint at the other one."""
    is_reply = bool(mail.answers or _REPLY.match(mail.subject))
    said = clean(_unquoted(mail.text, is_reply=is_reply))
    if mail.markup:
        shown = plain(_without_history(mail.markup) if is_reply else mail.markup)
        if len(shown) > 4 * len(said):
            said = shown
    return _without_footers(said) if mail.is_bulk else said


def _unquoted(text: str, *, is_reply: bool) -> str:
    lines = text.split("\n")
    if _SIGNATURE in lines:
        lines = _kept(lines, lines.index(_SIGNATURE))
    if not is_reply:
        return "\n".join(lines)
    for number, line in enumerate(lines):
        if _ORIGINAL.search(line):
            lines = _kept(lines, number)
            break
    return "\n".join(_kept(lines, _quote(lines)))


def _quote(lines: list[str]) -> int:
    """Where a quotation begins that goes on to the end, with the line that says whose it is."""
    start = len(lines)
    while start and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith(">")):
        start -= 1
    if not any(line.lstrip().startswith(">") for line in lines[start:]):
        return len(lines)
    if start and _WROTE.search(lines[start - 1]):
        start -= 1
        if start and re.match(r"(?:on|el|em|le|am|il|op)\b", lines[start - 1], re.IGNORECASE):
            start -= 1  # "On Monday … <ana@example.org>" and "wrote:" on a line of its own
    return start


def _kept(lines: list[str], end: int) -> list[str]:
    """The lines before `end`, or all of them if nothing is said there."""
    return lines[:end] if any(line.strip() for line in lines[:end]) else lines


def _without_history(markup: str) -> str:
    found = _HISTORY.search(markup)
    if found is None or _FORWARDED.search(markup, found.start()):
        return markup
    behind = markup[found.start() :].lower().rpartition("</blockquote")
    is_last = not behind[1] or not plain(behind[2].partition(">")[2])
    return markup[: found.start()] if is_last and plain(markup[: found.start()]) else markup


def _without_footers(text: str) -> str:
    paragraphs = re.split(r"\n{2,}", text)
    for _ in range(_MOST_FOOTERS):
        last = paragraphs[-1]
        if len(paragraphs) < 2 or len(last) > _LONGEST_FOOTER:
            break
        if not (_FOOTER.search(last) or _RULE.fullmatch(last.strip())):
            break
        paragraphs.pop()
    return "\n\n".join(paragraphs)
