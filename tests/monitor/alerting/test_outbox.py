import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerting import outbox
from monitor.alerting.notifier import only
from monitor.alerting.outbox import Courier, Room, deliver
from monitor.errors import StoreError, Undeliverable, Undelivered
from monitor.types import Level, Priority, State
from monitor.workers import Worker
from tests.builders import NOW
from tests.fakes import FakeOutbox, HandClock
from tests.monitor.alerting.tickets import ticket


class Recorder:
    """A notifier that keeps what it is sent, and fails as often as it is told to."""

    def __init__(self, *failures, name="out", always=None):
        self.name, self.numbers = name, []
        self._failures, self._always = list(failures), always

    async def send(self, ticket):
        self.numbers.append(ticket.number)
        if error := self._failures.pop(0) if self._failures else self._always:
            raise error

    async def send_test(self):
        self.numbers.append(None)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def store():
    return FakeOutbox()


@pytest.fixture
def room(store, clock):
    with Worker("store") as on_store:
        yield Room(outbox=store, on_store=on_store, clock=clock, owner="me", random=lambda: 1.0)


def status(store):
    return [row.sent for row in store.rows.values()]


async def test_a_delivery_that_is_due_is_sent_and_settled(store, room):
    store.put(ticket(17))
    notifier = Recorder()
    assert await Courier(notifier, room).deliver_due() == 1
    assert notifier.numbers == [17]
    assert store.next_delivery(["out"]) is None


async def test_a_delivered_alert_is_not_sent_again(store, room):
    store.put(ticket(17))
    notifier = Recorder()
    for _ in range(2):
        await Courier(notifier, room).deliver_due()
    assert notifier.numbers == [17]


async def test_the_most_urgent_goes_first(store, room):
    store.put(ticket(1, priority=Priority(level=Level.P3, parts=())))
    store.put(ticket(2, priority=Priority(level=Level.P1, parts=())))
    notifier = Recorder()
    await Courier(notifier, room).deliver_due()
    assert notifier.numbers == [2, 1]


async def test_another_notifiers_deliveries_are_left_alone(store, room):
    store.put(ticket(17), notifier="other")
    assert await Courier(Recorder(), room).deliver_due() == 0


async def test_what_was_not_taken_is_tried_again_after_a_backoff_that_grows(store, room, clock):
    store.put(ticket(17))
    notifier = Recorder(always=Undelivered("down"))
    waits = []
    for _ in range(4):
        await Courier(notifier, room).deliver_due()
        waits.append(store.next_delivery(["out"]) - clock.now())
        clock.forward(waits[-1])
    assert waits == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]


async def test_one_failure_does_not_hold_up_the_next_delivery(store, room):
    store.put(ticket(1))
    store.put(ticket(2))
    notifier = Recorder(Undelivered("down"))
    assert await Courier(notifier, room).deliver_due() == 1
    assert notifier.numbers == [1, 2]


async def test_an_alert_is_given_up_after_three_days_and_stays_visible(store, room, clock):
    store.put(ticket(17))
    courier = Courier(Recorder(always=Undelivered("slack://: no answer")), room)
    while due := store.next_delivery(["out"]):
        clock.forward(due - clock.now())
        await courier.deliver_due()
    assert outbox.PATIENCE <= clock.now() - NOW < outbox.PATIENCE + outbox.MOST
    [trouble] = store.troubles
    assert (trouble.number, trouble.error, trouble.next_at) == (17, "slack://: no answer", None)


async def test_an_old_alert_still_gets_ten_tries(store, room, clock):
    store.put(ticket(17))
    clock.forward(timedelta(days=30))
    notifier = Recorder(always=Undelivered("down"))
    courier = Courier(notifier, room)
    while due := store.next_delivery(["out"]):
        clock.forward(max(timedelta(0), due - clock.now()))
        await courier.deliver_due()
    assert len(notifier.numbers) == outbox.ATTEMPTS


async def test_what_can_never_be_delivered_fails_at_once_and_stays_visible(store, room):
    store.put(ticket(17))
    await Courier(Recorder(always=Undeliverable("the key is wrong")), room).deliver_due()
    [trouble] = store.troubles
    assert (trouble.attempts, trouble.error, trouble.next_at) == (1, "the key is wrong", None)


async def test_a_bug_in_a_notifier_is_logged_and_tried_again(store, room, caplog):
    store.put(ticket(17))
    await Courier(Recorder(KeyError("oops")), room).deliver_due()
    [trouble] = store.troubles
    assert trouble.error == "KeyError; the log says where"
    assert trouble.next_at == NOW + outbox.BASE
    assert "delivery broke" in caplog.messages


async def test_a_notifier_that_never_answers_is_given_up_on_before_its_lease_ends(store, room, monkeypatch):
    class Silent(Recorder):
        async def send(self, ticket):
            await asyncio.Event().wait()

    assert outbox.ANSWER < outbox.LEASE
    monkeypatch.setattr(outbox, "ANSWER", timedelta(0))
    store.put(ticket(17))
    await Courier(Silent(), room).deliver_due()
    assert "no answer" in store.troubles[0].error


async def test_a_crash_before_settling_sends_again_when_the_lease_ends(store, room, clock):
    class Dying(Recorder):
        async def send(self, ticket):
            await super().send(ticket)
            raise asyncio.CancelledError

    store.put(ticket(17))
    dying, heir = Dying(), Recorder()
    with pytest.raises(asyncio.CancelledError):
        await Courier(dying, room).deliver_due()
    await Courier(heir, room).deliver_due()
    assert (dying.numbers, heir.numbers) == ([17], [])
    clock.forward(outbox.LEASE)
    await Courier(heir, room).deliver_due()
    assert heir.numbers == [17]


async def test_what_a_notifier_does_not_want_is_settled_unsent(store, room):
    store.put(ticket(17, brand="Acme"))
    notifier = Recorder()
    assert await Courier(notifier, room, only(["Luna"])).deliver_due() == 0
    assert notifier.numbers == []
    assert store.next_delivery(["out"]) is None


@pytest.mark.parametrize("state", [State.REPLIED, State.CLOSED])
async def test_what_was_answered_meanwhile_calls_nobody(store, room, state):
    store.put(ticket(17, state=state))
    notifier = Recorder()
    await Courier(notifier, room).deliver_due()
    assert notifier.numbers == []
    assert store.next_delivery(["out"]) is None


async def test_what_was_hidden_meanwhile_calls_nobody(store, room):
    store.put(ticket(17, hidden=True))
    notifier = Recorder()
    await Courier(notifier, room).deliver_due()
    assert (notifier.numbers, store.next_delivery(["out"])) == ([], None)


async def test_what_was_taken_down_meanwhile_calls_nobody(store, room):
    asked = ticket(17)
    store.put(replace(asked, record=replace(asked.record, deleted_at=NOW)))
    notifier = Recorder()
    await Courier(notifier, room).deliver_due()
    assert (notifier.numbers, store.next_delivery(["out"])) == ([], None)


@pytest.mark.parametrize(
    ("brands", "level", "is_wanted"),
    [
        ((), None, True),
        (("Acme",), None, True),
        (("Luna",), None, False),
        ((), Level.P2, True),
        ((), Level.P1, False),
    ],
    ids=["all", "its brand", "another brand", "urgent enough", "not urgent enough"],
)
def test_a_notifier_may_want_some_brands_and_levels_only(brands, level, is_wanted):
    acme = ticket(brand="Acme", priority=Priority(level=Level.P2, parts=()))
    assert only(brands, level)(acme) is is_wanted


async def test_health_is_logged_on_its_edges(store, room, clock, caplog):
    caplog.set_level(logging.INFO)
    store.put(ticket(17))
    courier = Courier(Recorder(Undelivered("down"), Undelivered("down")), room)
    for _ in range(3):
        await courier.deliver_due()
        clock.forward(outbox.MOST)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "not delivered yet"),
        ("INFO", "recovered"),
    ]


async def test_a_commit_wakes_every_courier_at_once(store, room):
    committed, stopping = asyncio.Event(), asyncio.Event()
    sent = asyncio.Semaphore(0)

    class Signalling(Recorder):
        async def send(self, ticket):
            await super().send(ticket)
            sent.release()

    one, two = Signalling(name="one"), Signalling(name="two")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliver([Courier(one, room), Courier(two, room)], committed=committed, stopping=stopping))
        for number in (1, 2, 3):
            store.put(ticket(number), notifier="one")
            store.put(ticket(number), notifier="two")
            committed.set()
            async with asyncio.timeout(5):
                await sent.acquire()
                await sent.acquire()
        stopping.set()
    assert one.numbers == two.numbers == [1, 2, 3]


async def test_a_slow_notifier_does_not_hold_up_another(store, room):
    committed, stopping, free, heard = (asyncio.Event() for _ in range(4))

    class Slow(Recorder):
        async def send(self, ticket):
            await free.wait()
            await super().send(ticket)

    class Quick(Recorder):
        async def send(self, ticket):
            await super().send(ticket)
            heard.set()

    slow, quick = Slow(name="slow"), Quick(name="quick")
    store.put(ticket(1), notifier="slow")
    store.put(ticket(1), notifier="quick")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliver([Courier(slow, room), Courier(quick, room)], committed=committed, stopping=stopping))
        async with asyncio.timeout(5):
            await heard.wait()
        assert slow.numbers == []
        stopping.set()
        free.set()
    assert slow.numbers == [1]


async def test_stopping_finishes_the_message_in_flight_and_takes_no_other(store, room):
    committed, stopping, started, free = (asyncio.Event() for _ in range(4))

    class Held(Recorder):
        async def send(self, ticket):
            started.set()
            await free.wait()
            await super().send(ticket)

    held = Held()
    store.put(ticket(1))
    store.put(ticket(2))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliver([Courier(held, room)], committed=committed, stopping=stopping))
        async with asyncio.timeout(5):
            await started.wait()
        stopping.set()
        free.set()
    assert held.numbers == [1]
    assert [sent is not None for sent in status(store)] == [True, False]


async def test_a_store_that_cannot_be_used_is_asked_again_later(room, store, clock, caplog):
    class Shut(FakeOutbox):
        times = 0

        def claim_delivery(self, notifiers, owner, now, lease):
            self.times += 1
            if self.times == 1:
                raise StoreError("disk full")
            return super().claim_delivery(notifiers, owner, now, lease)

    shut, notifier = Shut(), Recorder()
    shut.put(ticket(17))
    stopping = asyncio.Event()
    courier = Courier(notifier, Room(outbox=shut, on_store=room.on_store, clock=clock, owner="me"))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(courier.serve(stopping))
        async with asyncio.timeout(5):
            while not notifier.numbers:
                courier.bell.set()
                await asyncio.sleep(0)
        stopping.set()
    assert "outbox shut" in caplog.messages


async def test_what_the_store_could_not_take_is_settled_later_and_not_sent_again(room, clock):
    class Forgetful(FakeOutbox):
        times = 0

        def settle_delivery(self, delivery, sent, now):
            self.times += 1
            if self.times == 1:
                raise StoreError("locked")
            super().settle_delivery(delivery, sent, now)

    store, notifier = Forgetful(), Recorder()
    store.put(ticket(17))
    courier = Courier(notifier, Room(outbox=store, on_store=room.on_store, clock=clock, owner="me"))
    with pytest.raises(StoreError):
        await courier.deliver_due()
    assert await courier.deliver_due() == 0
    assert notifier.numbers == [17]
    assert [sent.error for sent in status(store)] == [None]


async def test_what_a_bug_says_is_not_kept_since_it_may_hold_a_key(store, room):
    store.put(ticket(17))
    await Courier(Recorder(RuntimeError("https://hooks.example/s3cret")), room).deliver_due()
    assert "s3cret" not in store.troubles[0].error
