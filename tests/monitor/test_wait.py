"""Waiting for whichever comes first."""

import asyncio
from datetime import timedelta

import pytest

from monitor.wait import first, unless

SOON, NEVER = timedelta(milliseconds=1), timedelta(hours=1)


def event(*, is_set: bool = False) -> asyncio.Event:
    made = asyncio.Event()
    if is_set:
        made.set()
    return made


async def test_a_wait_ends_with_any_of_its_events() -> None:
    late = event()
    asyncio.get_running_loop().call_soon(late.set)
    await first((event(), late), within=NEVER)
    assert late.is_set()


async def test_a_wait_ends_when_its_time_is_over() -> None:
    await first((event(),), within=SOON)


async def test_a_time_that_is_past_is_no_wait() -> None:
    await first((event(),), within=-NEVER)


async def test_a_wait_leaves_no_task_behind() -> None:
    await first((event(), event()), within=SOON)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_step_gives_what_it_gives() -> None:
    async def step() -> str:
        return "page"

    assert await unless((event(),), step()) == "page"


async def test_a_step_raises_what_it_raises() -> None:
    async def step() -> str:
        raise ValueError("bad page")

    with pytest.raises(ValueError, match="bad page"):
        await unless((event(),), step())


async def test_a_stop_cancels_the_step_and_waits_for_it_to_let_go() -> None:
    stop, let_go = event(), []

    async def step() -> str:
        stop.set()
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            let_go.append(True)
        return "page"

    assert await unless((event(), stop), step()) is None
    assert let_go == [True]


async def test_a_step_that_fails_as_it_lets_go_does_not_undo_the_stop() -> None:
    stop = event()

    async def step() -> str:
        stop.set()
        try:
            await asyncio.sleep(3600)
        finally:
            raise ValueError("while closing")

    assert await unless((stop,), step()) is None


async def test_a_step_that_is_done_counts_although_it_is_time_to_stop() -> None:
    async def step() -> str:
        return "page"

    stop = event()
    done = asyncio.ensure_future(step())
    await done
    stop.set()
    assert await unless((stop,), done) == "page"


async def test_whoever_cancels_the_wait_cancels_the_step() -> None:
    ended = event()

    async def step() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    waiting = asyncio.ensure_future(unless((event(),), step()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()
