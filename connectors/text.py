"""Whatever markup a network sends, as plain text that cannot drive a terminal; and dates in any dress, as UTC.

Everything here takes time in proportion to its input: pages come from strangers. Hence no `html.parser`, which
rescans the rest of the text for each comment that is not closed.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from urllib.parse import urljoin

LONGEST = 20_000
"""Characters kept of one text."""
MOST_LINKS = 100
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=2)
"""How far beyond now a date may lie: time zones and wrong clocks, not scheduled posts from the year 9999."""

# Control characters, lone surrogates and non-characters; the bidirectional overrides and isolates, which turn text
# around them; and what is invisible and splits words (soft hyphen, zero-width space), so that "Ac\u00adme" is found.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_EDGES = re.compile(r" *\n *")
_GAPS = re.compile(r"\n{3,}")
# int() refuses numbers of thousands of digits, and html.unescape() calls it: no code point needs more than eight.
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")

_TAG = re.compile(r"""(/?[a-zA-Z][^\s/>]*+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_NAME = re.compile(r"/?[a-zA-Z][^\s/>]*")
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")
_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "object", "iframe", "textarea"})
_PARAGRAPH = frozenset({"p", "ul", "ol", "blockquote", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6", "figure"})
_LINE = frozenset({"br", "div", "li", "tr", "hr", "dt", "dd", "section", "article", "header", "footer", "figcaption"})
_EMOJI = re.compile(r"""\balt\s*=\s*["']([^"']{1,40})["']""", re.IGNORECASE)

_HREF = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*(?:"([^"<>]{1,4000})"|'([^'<>]{1,4000})'|([^\s<>"']{1,4000}))""", re.I)
_BARE = re.compile(r"""(?<![="'\w/])https?://[^\s<>"'\\\]\[(){}|^`]{1,4000}""", re.IGNORECASE)


def clean(text: str, longest: int = LONGEST) -> str:
    """Plain text without what could drive a terminal or hide a word, at most `longest` characters."""
    text = _LINE_END.sub("\n", text[: 4 * longest])
    text = _UNSAFE.sub("", text).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plain(markup: str, longest: int = LONGEST) -> str:
    """HTML as readable, clean text: paragraphs and breaks become lines; scripts and comments go."""
    if "<" not in markup and "&" not in markup:
        return _tidy(_SPACES.sub(" ", markup), longest)
    return _tidy("".join(_pieces(markup[: 100 * longest])), longest)


def markdown(text: str, longest: int = LONGEST) -> str:
    """Markdown, as Reddit and Lemmy write it, as clean text."""
    text = text[: 4 * longest]
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return clean(_GAPS.sub("\n\n", unescape(text)), longest)


_MARKDOWN = (
    (re.compile(r"^[ \t]*(?:```|~~~)[^\n`~]*$", re.MULTILINE), ""),  # code fences
    (re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}(?: \"[^\"\n]{0,300}\")?\)"), r"\1"),  # links, images
    (re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|(?:(?:>(?!!)|&gt;(?!!))[ \t]?)+)", re.MULTILINE), ""),  # headings, quotes
    (re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,60}$", re.MULTILINE), ""),  # rules
    (re.compile(r"(?:>|&gt;)!|!(?:<|&lt;)"), ""),  # spoilers
    (
        re.compile(
            r"(?<!\\)(?:\*{1,3}(?=\S)|(?<=\S)\*{1,3}|~~|`{1,2}|(?<!\w)_{1,3}(?=\w)|(?<=[\w.,!?])_{1,3}(?!\w)|\^(?=[\w(]))"
        ),
        "",
    ),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!~^>-])"), r"\1"),  # escapes
)


def links(markup: str, base: str = "") -> tuple[str, ...]:
    """The web addresses that HTML or plain text points to, each once, in order; at most 100. `base` is the address
    that relative ones start from."""
    found: dict[str, None] = {}
    for match in _HREF.finditer(markup):
        found[_joined(base, _address(next(filter(None, match.groups()))))] = None
    for match in _BARE.finditer(markup):
        found[_address(match[0].rstrip(".,;:!?*_"))] = None
    return tuple(link for link in found if link.startswith(("http://", "https://")))[:MOST_LINKS]


def redact(message: str) -> str:
    """`message` with the values in the queries of its addresses, and any password, hidden: they may be secrets."""
    return _VALUE.sub(r"\1\2…", _PASSWORD.sub("//…@", message))


_PASSWORD = re.compile(r"//[^/@\s?#]{1,500}@")
_VALUE = re.compile(r"([?&#])((?:[^=&#\s?]{1,200}=)?)[^=&#\s]+")


def unescape(text: str) -> str:
    """Character references resolved; those that name no character become U+FFFD."""
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def when(value: str | float | None, *, now: datetime | None = None) -> datetime | None:
    """A date as networks write it (RFC 822, ISO 8601, epoch in seconds or milliseconds), in UTC.

    `None` for what is no date, lies before 1990, or more than two days after `now` (without `now`, after 2099).
    A time without zone is taken for UTC.
    """
    if value is None or isinstance(value, bool):
        return None
    try:
        moment = _epoch(value) if isinstance(value, int | float) else _read(value.strip()[:100])
        moment = moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
    return moment if moment and EARLIEST <= moment <= (now + AHEAD if now else LATEST) else None


_ZONE = re.compile(r"\s*(?:(UTC|GMT|Z)|([+-]\d\d):?(\d\d))$", re.IGNORECASE)


def _zone(match: re.Match[str]) -> str:
    return "Z" if match[1] else f"{match[2]}:{match[3]}"


def _read(text: str) -> datetime | None:
    if re.fullmatch(r"\d{9,13}(\.\d{1,9})?", text):
        return _epoch(float(text))
    if re.match(r"\d{4}(-?)\d\d\1\d\d(?!\d)", text):
        # Facebook writes +0000, some feeds a space before the zone or its name behind.
        moment = datetime.fromisoformat(_ZONE.sub(_zone, text))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    parts = parsedate_tz(text)
    if parts is None:
        return None
    return datetime(*parts[:6], tzinfo=UTC) - timedelta(seconds=parts[9] or 0)


def _epoch(value: float) -> datetime:
    return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)


def _address(text: str) -> str:
    return _UNSAFE.sub("", unescape(text)).strip()


def _joined(base: str, href: str) -> str:
    if not base or href.startswith(("http://", "https://")):
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _tidy(text: str, longest: int) -> str:
    return clean(_GAPS.sub("\n\n", _EDGES.sub("\n", text)), longest)


def _pieces(markup: str) -> Iterator[str]:
    """The text between the tags, and line ends where tags mean them.

    The markup is cut at each "<" and no piece is looked at twice, whatever is left open.
    """
    pieces = markup.split("<")
    last = {mark: _last(pieces, mark) for mark in ('"', "'")}
    hidden = until = ""  # the element whose content is dropped; what ends the comment or attribute that is still open
    yield _words(pieces[0])
    for number, piece in enumerate(pieces[1:], 1):
        if until:
            _, end, rest = piece.partition(until)
            if end:
                yield _words(rest if until == "-->" or hidden else rest.partition(">")[2])
                until = ""
            continue
        if hidden:
            if piece[: len(hidden)].lower() == hidden:
                hidden = ""
                yield _words(piece.partition(">")[2])
            continue
        name, attributes, rest, until = _open(piece)
        if until in last and last[until] <= number:  # a quote that closes nowhere is only a sign
            name, rest, until = ("!", piece.partition(">")[2], "") if ">" in piece else ("", "<" + piece, "")
        if name in _HIDDEN and not attributes.endswith("/"):
            hidden = "/" + name
            continue
        yield _break(name, attributes)
        yield _words(rest)


def _open(piece: str) -> tuple[str, str, str, str]:
    """What stands behind a "<": the element's name ("/p" for an end), its attributes, the text after it, and
    what to wait for when a comment or an attribute's value is still open."""
    if piece.startswith("!--"):
        _, end, rest = piece[3:].partition("-->")
        return "!", "", rest, "" if end else "-->"
    if piece.startswith("![CDATA["):
        return "!", "", piece[8:].replace("]]>", ""), ""
    if piece[:1] in ("!", "?"):
        return "!", "", piece.partition(">")[2], ""
    if tag := _TAG.match(piece):
        return tag[1].lower(), tag[2], piece[tag.end() :], ""
    name = _NAME.match(piece)
    if name is None:
        return "", "", "<" + piece, ""
    mark = next((sign for sign in _QUOTED.sub("", piece) if sign in "\"'"), "")
    return (name[0].lower(), piece, "", mark) if mark else ("", "", "<" + piece, "")


def _last(pieces: list[str], mark: str) -> int:
    """The number of the last piece that holds `mark`, or -1."""
    return next((number for number in range(len(pieces) - 1, -1, -1) if mark in pieces[number]), -1)


def _break(name: str, attributes: str) -> str:
    if name.lstrip("/") in _PARAGRAPH:
        return "\n\n"
    if name.lstrip("/") in _LINE:
        return "\n"
    if name in ("td", "th"):
        return " "
    if name == "img" and ("emoji" in attributes or "smiley" in attributes):  # WordPress draws emoji as pictures
        alternative = _EMOJI.search(attributes)
        return unescape(alternative[1]) if alternative else ""
    return ""


def _words(text: str) -> str:
    return _SPACES.sub(" ", unescape(text))
