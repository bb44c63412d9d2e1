"""Messages of a stream, gathered into pages by number and by time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

FULL = 100
"""Messages that make a page, however soon they come."""
SOON = 1.0
"""Seconds that a message waits for others to share its page."""
QUIET = 20.0
"""Seconds without any message after which an empty page is a sign of life."""


async def batches(
    messages: AsyncIterator[bytes], *, full: int = FULL, soon: float = SOON, quiet: float = QUIET
) -> AsyncGenerator[list[bytes], None]:
    """Messages as they come, at most `full` together; an empty list when there was none for `quiet` seconds.

    While a batch is being dealt with, the next one fills up, and then no more is read: the other side feels that we
    are slow. Raises what ended `messages`, after the last batch.
    """
    heard: list[bytes] = []
    first, enough, room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def listen() -> None:
        try:
            async for message in messages:
                heard.append(message)
                first.set()
                if len(heard) >= full:
                    enough.set()
                    room.clear()
                    await room.wait()
        finally:
            first.set()
            enough.set()
            if isinstance(messages, AsyncGenerator):
                await messages.aclose()

    listener = asyncio.create_task(listen())
    try:
        while heard or not listener.done():
            await _patiently(first, quiet)
            if heard:
                await _patiently(enough, soon)
            batch = heard.copy()
            heard.clear()
            if not listener.done():
                first.clear()
                enough.clear()
            room.set()
            if batch or not listener.done():
                yield batch
        listener.result()
    finally:
        listener.cancel()
        await asyncio.wait([listener])
        if not listener.cancelled():
            listener.exception()  # looked at, even when nobody wants more batches: else asyncio complains


async def _patiently(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
