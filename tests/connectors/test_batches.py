"""Gathering a stream's messages: neither too many, nor too late, nor more than can be dealt with."""

import asyncio
from contextlib import aclosing

import pytest

from connectors.errors import Unavailable
from connectors.streams.batches import batches


async def endless(*messages):
    """These messages, and then silence."""
    for message in messages:
        yield message
    await asyncio.Event().wait()


async def first(gathered, number):
    async with aclosing(gathered):
        return [await anext(gathered) for _ in range(number)]


async def test_a_page_is_full_at_a_hundred_events():
    full = await first(batches(endless(*[b"x"] * 250), soon=60), 2)
    assert [len(batch) for batch in full] == [100, 100]


async def test_an_event_does_not_wait_long_for_others():
    assert await first(batches(endless(b"x"), soon=0.01), 1) == [[b"x"]]


async def test_silence_gives_empty_pages():
    assert await first(batches(endless(), quiet=0.01), 2) == [[], []]


async def test_no_more_is_read_than_can_be_dealt_with():
    read_so_far = 0

    async def flood():
        nonlocal read_so_far
        while True:
            read_so_far += 1
            yield b"x"

    gathered = batches(flood(), full=10)
    async with aclosing(gathered):
        await anext(gathered)
        for _ in range(100):
            await asyncio.sleep(0)
        assert read_so_far <= 20


async def test_the_connection_is_closed_with_the_stream():
    closed = asyncio.Event()

    async def watched():
        try:
            yield b"x"
            await asyncio.Event().wait()
        finally:
            closed.set()

    await first(batches(watched(), soon=0.01), 1)
    assert closed.is_set()


async def test_what_came_before_an_error_is_given_first():
    async def failing():
        yield b"x"
        raise Unavailable("reset")

    gathered = batches(failing())
    assert await anext(gathered) == [b"x"]
    with pytest.raises(Unavailable):
        await anext(gathered)


async def test_a_stream_that_never_began_is_no_sign_of_life():
    async def refused():
        raise Unavailable("refused")
        yield b""

    with pytest.raises(Unavailable):
        await anext(batches(refused()))
