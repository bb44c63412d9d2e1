"""Where a literal stands: on word boundaries in a text, and in what a link tells."""

from contextlib import suppress
from urllib.parse import urlsplit

from .fold import fold, is_word, joins
from .tree import Term


def stands(literal: Term, text: str, start: int, end: int) -> bool:
    """Whether what was found in `text` is the literal, and not a part of something longer. Line breaks frame `text`."""
    before, after = text[start - 1], text[end]
    if joins(before, text[start]) or (literal.kind in ("handle", "tag") and is_word(before)):
        return False
    if literal.prefix:
        return True
    if joins(text[end - 1], after):
        return False
    if literal.kind == "handle":
        # On Bluesky @luna is written with its server, as @luna.bsky.social.
        return not _goes_on(text, end) or text.startswith(".bsky.social", end)
    return literal.kind != "domain" or (before != "-" and not _goes_on(text, end))


def _goes_on(text: str, end: int) -> bool:
    """Whether a dot or hyphen leads on, as in @luna.tienda or luna.es-ofertas.example."""
    return text[end] in ".-" and is_word(text[end + 1])


def is_in(literal: Term, text: str) -> bool:
    """Whether the literal, just as written, stands anywhere in `text`, which line breaks frame."""
    start = text.find(literal.text)
    while start >= 0:
        if stands(literal, text, start, start + len(literal.text)):
            return True
        start = text.find(literal.text, start + 1)
    return False


def traces(link: str) -> tuple[str, ...]:
    """What a link says to domains and handles: its host, and whose page it is on servers that tell."""
    host, path = address(link)
    user = fold(path[2:].partition("/")[0]) if path.startswith("/@") else ""
    return (host, f"@{user}@{host}") if user else (host,)


def address(link: str) -> tuple[str, str]:
    """Host (folded, never in Punycode) and path; both empty when the link cannot be read."""
    try:
        parts = urlsplit(link if "://" in link else f"//{link}")
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    if "xn--" in host:
        with suppress(UnicodeError):
            host = host.encode("ascii").decode("idna")
    return fold(host), parts.path
