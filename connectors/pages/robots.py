"""What a site's robots.txt lets programs read (RFC 9309), for the few pages that are read as pages and not as feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from ..base import Http
from ..errors import Refused

AGENT: Final = "oido"
"""What sites call us by, in their rules and in our `User-Agent`."""
ACCEPT: Final = {"Accept": "text/plain, */*;q=0.1"}
LONGEST: Final = 512_000
"""Bytes of a robots.txt that are read; the RFC asks for this many at least."""
MOST: Final = 5_000
"""Lines of it: each rule is looked at for each page."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host asks of programs."""

    _parser: RobotFileParser

    def allow(self, url: str) -> bool:
        try:
            return self._parser.can_fetch(AGENT, url)
        except ValueError:
            return False  # An address that is none once its escapes are read.

    @property
    def delay(self) -> float:
        """Seconds to leave between two pages; 0 when the host asks for none."""
        return float(self._parser.crawl_delay(AGENT) or 0)


async def rules(http: Http, url: str) -> Rules:
    """The rules of the host of `url`. A host without a robots.txt lets everything be read; when it cannot be had now
    (`Unavailable`), nobody knows, and nothing may be."""
    parts = urlsplit(url)
    try:
        answer = await http.get(f"{parts.scheme}://{parts.netloc}/robots.txt", headers=ACCEPT)
    except Refused:
        return read("")
    return read(answer.body[:LONGEST].decode("utf-8-sig", "replace"))


def read(text: str) -> Rules:
    """The rules that a robots.txt holds. The parser gives up on `Disallow: //[x` and on `Crawl-delay: ²`, where RFC
    9309 would have it pass over the line."""
    lines = text.splitlines()[:MOST]
    try:
        return _parsed(lines)
    except (ValueError, OverflowError):
        return _parsed([line for line in lines if _is_sound(line)])


def _parsed(lines: Sequence[str]) -> Rules:
    parser = RobotFileParser()
    parser.parse(lines)
    made = Rules(parser)
    # Asked for now, since a number may be greater than a float.
    _ = made.delay
    return made


def _is_sound(line: str) -> bool:
    try:
        _parsed([f"User-agent: {AGENT}", line])
    except (ValueError, OverflowError):
        return False
    return True
