"""Compression of Jetstream: which host packs its messages, with which dictionary, and how it is asked for it.

Hosts of the second version hand out their dictionary; https://bsky.network/docs/jetstream. The older wire packs with
one that none of them serves: a user who has it may name it. Where neither does, messages come as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..base import Http
from ..errors import ConnectorError, Malformed, Refused, Unavailable
from ..log import fields, logger
from ..text import redact
from . import atproto, jetstream

if TYPE_CHECKING:
    from .dictionary import Dictionary

PACKED = b"\x28\xb5\x2f\xfd"
"""How a frame of Zstandard begins."""
VERSION_1 = "/subscribe"
VERSION_2 = "/xrpc/network.bsky.jetstream.subscribeEvents"
HANDED_OUT = "/xrpc/network.bsky.jetstream.getZstdDictionary"
MOST_READ = 10_000_000
"""Bytes of the file that is said to be a dictionary: enough to see that it is none."""

log = logger(__name__)
Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a host is asked, and how what it says is read."""

    path: str = VERSION_1
    params: Params = field(default_factory=lambda: {"wantedCollections": atproto.POSTS})
    read: Callable[[bytes], jetstream.Event | None] = jetstream.event
    dictionary: "Dictionary | None" = None

    def unpack(self, message: bytes) -> bytes:
        """The message, as JSON; hosts may send some of them unpacked. `Malformed` when it cannot be unpacked."""
        if self.dictionary and not message.startswith(b"{"):
            return self.dictionary.unpack(message)
        if message.startswith(PACKED):
            raise Malformed("messages are packed, which was not asked for", message)
        return message


PLAIN = Way()


@dataclass(slots=True)
class Packing:
    """What has turned out about the hosts. It outlives polls, and is tried anew when the daemon starts."""

    plain: set[str] = field(default_factory=set)
    """Hosts that are not asked to pack any more."""
    own: "Dictionary | None" = None
    digests: dict[str, str] = field(default_factory=dict)

    async def way(self, http: Http, host: str, named: str) -> Way:
        """How to ask `host` for packed messages, with the dictionary at the path or address `named`, or else with the
        host's own, asked for with each connection, since they change them. `PLAIN` where it has none."""
        if host in self.plain:
            return PLAIN
        try:
            return await self._by_ours(http, named) if named else await self._by_theirs(http, host)
        except Unavailable as error:
            log.warning("not packed this time", extra=fields(where=host, reason=str(error)))
        except ConnectorError as error:
            if named:
                raise Refused(f"dictionary: {error}") from error
            self.give_up(host, error)
        return PLAIN

    def give_up(self, host: str, reason: ConnectorError) -> None:
        """Ask `host` for unpacked messages from now on."""
        log.warning("not packed any more", extra=fields(where=host, reason=str(reason)))
        self.plain.add(host)

    async def _by_theirs(self, http: Http, host: str) -> Way:
        web = "http" + host.removeprefix("ws") if host.startswith("ws") else host
        theirs = self._noted((await http.get(web + HANDED_OUT)).body, host)
        asked: Params = {"kinds": "commit", "collections": atproto.POSTS, "zstdDictionary": theirs.id}
        return Way(path=VERSION_2, params=asked, read=jetstream.told, dictionary=theirs)

    async def _by_ours(self, http: Http, named: str) -> Way:
        import asyncio  # here, because it would cost each reading command 40 ms

        if self.own is None:
            is_address = named.startswith(("https://", "http://"))
            # In a thread: it may lie on a disk that sleeps, or across a network.
            content = (await http.get(named)).body if is_address else await asyncio.to_thread(_read, named)
            self.own = self._noted(content, redact(named) if is_address else named)
        return Way(params={**PLAIN.params, "compress": "true"}, dictionary=self.own)

    def _noted(self, content: bytes, where: str) -> "Dictionary":
        try:
            from .dictionary import dictionary  # here, because those who do not compress need not have it
        except ImportError as error:
            raise Refused("this Python has no Zstandard; install the package backports.zstd") from error
        found = dictionary(content, where)
        if self.digests.get(where) != found.digest:
            log.info("dictionary", extra=fields(where=where, id=found.id, bytes=len(content), sha256=found.digest))
        self.digests[where] = found.digest
        return found


def _read(path: str) -> bytes:
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MOST_READ)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
