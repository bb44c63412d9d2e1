"""Listens to Jetstream, host after host: when one fails, the next goes on where it stopped."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import timedelta

from ..base import Http, Page
from ..errors import ConnectorError, Malformed, Refused, Unavailable
from . import jetstream
from .packing import PLAIN, Packing, Way

REWIND = timedelta(minutes=1) // timedelta(microseconds=1)
"""How far, in microseconds, a new connection goes back: the hosts' clocks differ."""
QUIET = 20.0
"""Seconds without any message after which an empty page is a sign of life."""
SILENT = 3
"""So many of those, and the host is left for another. In August 2026 jetstream2.us-east took connections and told
nothing: https://github.com/simonw/tools/pull/308"""


async def pages(
    http: Http, hosts: Sequence[str], at: int, packing: Packing | None = None, named: str = "", *, quiet: float = QUIET
) -> AsyncGenerator[Page, None]:
    """For ever, from the time `at` on, in microseconds since 1970; `Unavailable` when no host brings anything on.

    With a `packing`, messages come packed where they can, by the dictionary `named`.
    """
    turn = barren = 0
    while True:
        host, began = hosts[turn % len(hosts)], at
        way = await packing.way(http, host, named) if packing else PLAIN
        reason: ConnectorError = Unavailable(f"{host}: closed the stream")
        try:
            async with aclosing(_told(http, host, way, at - REWIND, quiet, SILENT if hosts[1:] else 0)) as told:
                async for messages in told:
                    page = jetstream.page(messages, at, is_first=at == began, read=way.read)
                    at = int(page.mark)
                    yield page
        except (Refused, Malformed) as error:
            reason = error
            if packing and way.dictionary:
                # Nothing is lost by asking the same host for the same, unpacked.
                packing.give_up(host, error)
                continue
        except ConnectorError as error:
            reason = error
        turn, barren = turn + 1, barren + 1 if at == began else 0
        if barren >= len(hosts):
            raise Unavailable(f"none of {len(hosts)} hosts goes on; the last said: {reason}") from reason


async def _told(
    http: Http, host: str, way: Way, since: int, quiet: float, patience: int
) -> AsyncGenerator[list[bytes], None]:
    """Messages of one connection, unpacked. `Unavailable` after `patience` batches without any; 0 waits for ever."""
    from .batches import batches  # here, because asyncio would cost each reading command 40 ms

    silences = 0
    heard = batches(http.listen(host + way.path, params={**way.params, "cursor": since}), quiet=quiet)
    async with aclosing(heard):
        async for batch in heard:
            silences = 0 if batch else silences + 1
            if patience and silences >= patience:
                raise Unavailable(f"{host}: silent for {silences * quiet:.0f} seconds")
            yield _unpacked(batch, way, host)


def _unpacked(batch: Sequence[bytes], way: Way, host: str) -> list[bytes]:
    try:
        return [way.unpack(message) for message in batch]
    except Malformed as error:
        raise Malformed(f"{host}: {error}", error.sample) from error
