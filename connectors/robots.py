"""What a site's robots.txt lets programs read (RFC 9309), for the few pages that are read as pages and not as feeds."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from .base import Http
from .errors import Refused

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
        return self._parser.can_fetch(AGENT, url)

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
    """The rules that a robots.txt holds."""
    parser = RobotFileParser()
    parser.parse(text.splitlines()[:MOST])
    return Rules(parser)
