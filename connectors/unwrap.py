"""The address behind an address: what Google Alerts, Bing News and Medium put around the page they point to."""

import re
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

_GOOGLE = re.compile(r"^https?://(?:www\.)?google\.[a-z.]{2,6}/url\?", re.IGNORECASE)
_BING = re.compile(r"^https?://(?:www\.)?bing\.com/news/apiclick\.aspx\?", re.IGNORECASE)
_MEDIUM = re.compile(r"^source=rss[\w-]*$")
# Alerts do not escape the page's address, so its own query runs into theirs: it ends where their known tail begins.
_ALERT_TAIL = re.compile(r"&ct=ga(?:&|$).*$", re.DOTALL)
_BING_TAIL = re.compile(r"&c=\d+(?:&|$).*$", re.DOTALL)


def unwrap(url: str) -> str:
    """The page that `url` leads to, or `url` itself."""
    if _GOOGLE.match(url):
        return _inner(url, ("url", "q"), _ALERT_TAIL) or url
    if _BING.match(url):
        return _inner(url, ("url",), _BING_TAIL) or url
    try:
        parts = urlsplit(url) if "source=rss" in url else None
    except ValueError:  # no address at all
        return url
    if parts and _MEDIUM.match(parts.query):
        return urlunsplit(parts._replace(query=""))
    return url


def _inner(url: str, names: tuple[str, ...], tail: re.Pattern[str]) -> str | None:
    query = url.partition("?")[2]
    for name in names:
        _, found, rest = f"&{query}".partition(f"&{name}=")
        if not found:
            continue
        if rest.startswith(("http://", "https://")):
            inner = tail.sub("", rest)
            # A page's own escapes stay as they are; without the known tail, ours is the only "&" there can be.
            return inner if inner != rest or "&" not in rest else _parsed(query, name)
        return _parsed(query, name)
    return None


def _parsed(query: str, name: str) -> str | None:
    values = parse_qs(query).get(name, [])
    inner = values[0] if values else ""
    inner = inner if "://" in inner else unquote(inner)
    return inner if inner.startswith(("http://", "https://")) else None
