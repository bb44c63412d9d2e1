"""Care: a source that needs people says so once, through every notifier, and once when it does no longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import Refused
from monitor.alerting import notices
from monitor.alerting.herald import Herald
from monitor.alerting.notifier import Notifier
from monitor.alerting.outbox import Room
from monitor.alerting.webhook import of_source
from monitor.care import care, look, tell
from monitor.errors import StoreError, Undeliverable, Undelivered
from monitor.notice import Need, Notice
from monitor.pipeline import Desk
from monitor.polling import turn
from monitor.types import Source, Ticket
from monitor.words import words
from tests.builders import NOW, post

from .desk import DAY, claimed, open_desk, page, source


class Listener:
    """A notifier that keeps what it is told, and fails as often as it is given errors."""

    name = "chat"

    def __init__(self, *errors: Exception) -> None:
        self.needs: list[Need] = []
        self._errors = list(errors)

    async def send(self, ticket: Ticket) -> None: ...

    async def send_test(self) -> None: ...

    async def tell(self, notice: Notice) -> None:
        if self._errors:
            raise self._errors.pop(0)
        self.needs.append(notice.need)


@asynccontextmanager
async def cared(folder: Path, listener: Notifier) -> AsyncIterator[tuple[Desk, Herald]]:
    async with open_desk(folder) as desk:
        store = desk.store
        room = Room(outbox=store, on_store=desk.on_store, clock=desk.clock, owner="me", random=lambda: 1.0)  # type: ignore[arg-type]
        yield desk, Herald(listener, store, room)  # type: ignore[arg-type]


async def poll(desk: Desk, of: Source) -> None:
    await turn(desk, of, await claimed(desk, of), NOW - DAY)


async def round_(desk: Desk, herald: Herald) -> None:
    await look(desk, desk.store)  # type: ignore[arg-type]
    await tell([herald], desk.stop)


async def test_a_source_that_is_refused_says_so_once_and_once_when_it_is_well(tmp_path: Path) -> None:
    listener = Listener()
    async with cared(tmp_path, listener) as (desk, herald):
        await round_(desk, herald)
        await poll(desk, source(Refused("401")))
        for _ in range(3):
            await round_(desk, herald)
        await poll(desk, source(Refused("401")))
        await round_(desk, herald)
        assert listener.needs == ["refused"]
        await poll(desk, source(page(post("Acme lost it"))))
        for _ in range(3):
            await round_(desk, herald)
        assert listener.needs == ["refused", ""]


async def test_a_source_that_falls_silent_says_so(tmp_path: Path) -> None:
    listener = Listener()
    speaking = page(*(post(id=str(day), published_at=NOW - day * DAY) for day in range(7)))
    async with cared(tmp_path, listener) as (desk, herald):
        await poll(desk, source(speaking))
        desk.clock.forward(4 * DAY)  # type: ignore[attr-defined]
        await poll(desk, source(page()))
        await round_(desk, herald)
        assert listener.needs == []
        desk.clock.forward(2 * DAY)  # type: ignore[attr-defined]
        await poll(desk, source(page()))
        await round_(desk, herald)
        assert listener.needs == ["silent"]


async def test_a_notice_that_does_not_arrive_is_sent_again(tmp_path: Path) -> None:
    listener = Listener(Undelivered("503"), ValueError("a bug"))
    async with cared(tmp_path, listener) as (desk, herald):
        await poll(desk, source(Refused("401")))
        for _ in range(3):
            await round_(desk, herald)
            desk.clock.forward(timedelta(hours=1))  # type: ignore[attr-defined]
        assert listener.needs == ["refused"]


async def test_a_notice_that_never_will_arrive_is_given_up(tmp_path: Path) -> None:
    listener = Listener(Undeliverable("gone"))
    async with cared(tmp_path, listener) as (desk, herald):
        await poll(desk, source(Refused("401")))
        for _ in range(2):
            await round_(desk, herald)
            desk.clock.forward(DAY)  # type: ignore[attr-defined]
        assert listener.needs == []


def notice(need: Need, **fields: object) -> Notice:
    return Notice(
        **({"id": 3, "source": "my shop", "need": need, "said": "401\n<!here>", "since": NOW, "at": NOW} | fields)
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("need", ["refused", "failing", "silent", ""])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_notice_is_told_in_words(language: str, need: Need) -> None:
    said = notices.message(notice(need), words(language), NOW, NOW.tzinfo)  # type: ignore[arg-type]
    assert "my shop" in said.title
    assert "{" not in said.title + said.body
    assert need == "" or "oido source test 'my shop'" in said.body


def test_a_program_is_told_what_is_needed() -> None:
    assert of_source(notice("silent", said=None)) == {
        "kind": "source",
        "source": "my shop",
        "need": "silent",
        "error": None,
        "since": "2026-11-02T12:00:00Z",
        "at": "2026-11-02T12:00:00Z",
    }


async def test_a_store_that_is_locked_while_people_are_told_ends_nothing(tmp_path: Path) -> None:
    async with cared(tmp_path, Listener()) as (desk, herald):

        async def locked(stopping: asyncio.Event) -> int:
            stopping.set()
            raise StoreError("locked")

        herald.tell_due = locked  # type: ignore[method-assign, assignment]
        await care(desk, desk.store, [herald])  # type: ignore[arg-type]
