"""Polling: whose turn it is, how a turn ends, when the next one comes, and what the log says of it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connector, Cursor, Http, Page, Validator
from connectors.errors import Malformed, RateLimited, Refused, Unavailable
from monitor import polling
from monitor.errors import StoreError
from monitor.pipeline import Desk, Tally
from monitor.polling import AT_ONCE, RECONNECT, REFUSED, STREAM_BACKFILL, Ear, Round, poll_due, poll_once, turn
from monitor.types import Actor, Outcome, Source
from tests.builders import NOW, post
from tests.fakes import HandClock

from .desk import DAY, Played, claimed, enlist, open_desk, page, source, standings, stored

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BAD = ValueError("a bug")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the house logs, whatever else is configured."""
    root = logging.getLogger("oido")
    before = root.propagate, root.level
    root.propagate = True
    with caplog.at_level(logging.DEBUG, "oido"):
        yield caplog
    root.propagate, root.level = before


def lines(said: pytest.LogCaptureFixture, least: int = logging.INFO) -> list[str]:
    return [record.getMessage() for record in said.records if record.levelno >= least and record.name[:4] == "oido"]


async def taken(desk: Desk, of: Source, **claim: Any) -> Round:
    """A turn of `of`, under a claim with these fields."""
    return await turn(desk, of, replace(await claimed(desk, of), **claim), NOW - DAY)


async def outcome(desk: Desk, of: Source, **claim: Any) -> Outcome:
    ended = (await taken(desk, of, **claim)).outcome
    assert ended is not None
    assert ended.next_at is not None
    return ended


async def until(holds: Any) -> None:
    """Wait until `holds()`; the test's own timeout is the judge."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  what happens in the store's thread sets no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def polling_due(desk: Desk, *sources: Source, look: timedelta = HOUR) -> Any:
    """`poll_due` at work; stopped at the end of the block."""
    known = await enlist(desk, *sources)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(poll_due(desk, known, "me", DAY, look=look))
        try:
            yield
        finally:
            desk.stop.set()


@pytest.mark.parametrize(
    ("error", "actor", "said"),
    [
        (Unavailable("503"), Actor.NOBODY, "503"),
        (RateLimited("429"), Actor.NOBODY, "429"),
        (Refused("401"), Actor.PERSON, "401"),
        (Malformed("not JSON", b"<html>"), Actor.DEVELOPER, "not JSON"),
        (BAD, Actor.DEVELOPER, "ValueError"),
    ],
    ids=["unavailable", "rate limited", "refused", "malformed", "bug"],
)
async def test_a_failure_says_who_must_act(tmp_path: Path, error: Exception, actor: Actor, said: str) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(error))
        assert (ended.actor, ended.error) == (actor, said)
        (standing,) = standings(desk).sources
        assert (standing.actor, standing.error, standing.failures) == (actor, said, 1)


@pytest.mark.parametrize("error", [Unavailable("503"), Malformed("not JSON"), BAD], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(("failures", "most"), [(0, MINUTE), (1, 2 * MINUTE), (3, 8 * MINUTE), (50, HOUR)])
async def test_what_fails_is_tried_again_ever_later(
    tmp_path: Path, error: Exception, failures: int, most: timedelta
) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(error), failures=failures)
        assert NOW <= ended.next_at <= NOW + most  # type: ignore[operator]


async def test_what_is_polled_often_is_tried_again_soon(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(Unavailable("503"), every=0.05))
        assert ended.next_at <= NOW + timedelta(seconds=3)  # type: ignore[operator]


async def test_a_network_says_when_to_come_back(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(RateLimited("429", retry_after=3 * HOUR)))
        assert ended.next_at == NOW + 3 * HOUR


async def test_what_refuses_is_looked_at_again_once_a_day(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        assert (await outcome(desk, source(Refused("401")), failures=9)).next_at == NOW + REFUSED


async def test_a_source_that_is_well_comes_again_after_its_period(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(page(), every=10))
        assert ended.error is None
        assert timedelta(minutes=9.5) <= ended.next_at - NOW <= timedelta(minutes=10.5)  # type: ignore[operator]


async def test_a_network_that_asks_for_more_rest_gets_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(page(rest=2 * HOUR), every=10))
        assert 1.9 * HOUR <= ended.next_at - NOW <= 2.1 * HOUR  # type: ignore[operator]


async def test_a_stream_that_ends_is_opened_again_at_once(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await outcome(desk, source(connector=Played(acts=[page()], is_stream=True)))
        assert ended.next_at <= NOW + 1.1 * RECONNECT  # type: ignore[operator]


async def test_a_failure_keeps_the_validators_that_there_were(tmp_path: Path) -> None:
    known = {"https://a.example/": Validator(etag="1")}
    async with open_desk(tmp_path) as desk:
        of = source(page())
        claim = await claimed(desk, of)
        await desk.on_store(desk.store.settle, claim, Outcome(next_at=NOW, validators=known), NOW)
        await taken(desk, source(Unavailable("503")))
        assert (await claimed(desk, of)).validators == known


async def test_what_came_before_a_failure_is_kept(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ended = await taken(desk, source(page(post("Acme lost it"), mark="here"), Unavailable("503")))
        assert (ended.tally.mentions, len(stored(desk))) == (1, 1)
        assert (await claimed(desk, source())).mark == "here"


async def test_a_poll_that_is_stopped_settles_nothing(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        desk.stop.set()
        assert (await taken(desk, source(asyncio.Event()))).outcome is None
        assert standings(desk).sources[0].next_at == NOW


async def test_who_lost_its_lease_leaves_the_source_to_the_other(
    tmp_path: Path, said: pytest.LogCaptureFixture
) -> None:
    async with open_desk(tmp_path) as one, open_desk(tmp_path) as two:
        of = source(page(post("Acme lost it")))
        paused = await claimed(one, of, owner="one")
        two.clock.forward(HOUR)  # type: ignore[attr-defined]
        await claimed(two, of, owner="two")
        ended = await turn(one, of, paused, NOW - DAY)
        assert (ended.is_elsewhere, ended.outcome) == (True, None)
        assert lines(said) == ["taken over by another process"]
        assert standings(two).sources[0].failures == 0


async def test_health_is_told_on_its_edges(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    async with open_desk(tmp_path) as desk:
        for act in (page(), Unavailable("503"), Unavailable("504"), page(), page()):
            await taken(desk, source(act))
        assert lines(said) == ["failing", "recovered"]


async def test_a_bug_leaves_its_traceback_in_the_log(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    async with open_desk(tmp_path) as desk:
        await taken(desk, source(BAD))
        (broke,) = [record for record in said.records if record.levelno == logging.ERROR]
        assert broke.exc_info


async def test_no_text_of_a_post_is_logged(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    async with open_desk(tmp_path) as desk:
        await taken(desk, source(page(post("Acme lost my very private parcel"))))
        assert "private" not in "".join(str(record.__dict__) for record in said.records)


async def test_every_source_is_polled_as_it_falls_due(tmp_path: Path) -> None:
    of = [source(page(post(f"Acme {name}", id=name)), name=name) for name in ("one", "two", "three")]
    async with open_desk(tmp_path) as desk:
        async with polling_due(desk, *of):
            await until(lambda: all(each.found for each in standings(desk).sources))
        assert len(stored(desk)) == 3
        assert all(len(each.connector.asked) == 1 for each in of)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class Slow(Connector):
    """Waits, and counts how many wait with it."""

    name = "slow"
    waiting: set[object] = field(default_factory=set)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    most: list[int] = field(default_factory=list)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        me = object()
        self.waiting.add(me)
        self.most.append(len(self.waiting))
        await self.go.wait()
        self.waiting.discard(me)
        yield page()


async def test_so_many_are_polled_at_once_and_no_more(tmp_path: Path) -> None:
    slow, stream = Slow(), Played(acts=[page(), asyncio.Event()], is_stream=True)
    many = [source(connector=slow, name=f"{number:02}") for number in range(AT_ONCE + 4)]
    async with open_desk(tmp_path) as desk, polling_due(desk, *many, source(connector=stream, name="zz stream")):
        await until(lambda: len(slow.waiting) == AT_ONCE)
        await until(lambda: stream.asked)
        slow.go.set()
        await until(lambda: len(slow.most) == len(many))
        assert max(slow.most) == AT_ONCE


async def test_one_that_hangs_or_fails_does_not_disturb_the_others(tmp_path: Path) -> None:
    bad = [source(act, name=f"bad {n}") for n, act in enumerate([asyncio.Event(), BAD, Unavailable("503")])]
    async with open_desk(tmp_path) as desk:
        async with polling_due(desk, *bad, source(page(post("Acme lost it")), name="good")):
            await until(lambda: stored(desk))
        assert [record.mention.source for record in stored(desk)] == ["good"]


async def test_a_stream_goes_on_while_others_come_and_go(tmp_path: Path) -> None:
    stream = Played(acts=[page(post("Acme one", id="1"), mark="a"), asyncio.Event()], is_stream=True)
    async with open_desk(tmp_path) as desk, polling_due(desk, source(connector=stream)):
        await until(lambda: stored(desk))
        assert len(stream.asked) == 1


class Moody:
    """A store that cannot be used for its first `times` calls of each of these methods."""

    def __init__(self, inner: object, *methods: str, times: int = 1) -> None:
        self._inner, self.left = inner, dict.fromkeys(methods, times)

    def __getattr__(self, name: str) -> Any:
        if self.left.get(name, 0) > 0:
            self.left[name] -= 1
            return self._fail
        return getattr(self._inner, name)

    def _fail(self, *_: object, **__: object) -> None:
        raise StoreError("oido.db cannot grow: the disk is full")


@pytest.mark.parametrize("method", ["claim", "next_due", "known", "commit", "settle"])
async def test_polling_outlives_a_store_that_cannot_be_used(
    tmp_path: Path, said: pytest.LogCaptureFixture, method: str
) -> None:
    of = source(page(post("Acme lost it")))
    async with open_desk(tmp_path) as good:
        desk = replace(good, store=Moody(good.store, method, times=3))  # type: ignore[arg-type]
        async with polling_due(desk, of, look=timedelta(milliseconds=5)):
            await until(lambda: stored(good) and standings(good).sources[0].next_at != NOW)
            await until(lambda: desk.store.left[method] == 0)  # type: ignore[attr-defined]
        assert len(stored(good)) == 1
        assert standings(good).sources[0].failures == 0
        assert lines(said, logging.ERROR) == ["store unusable, waiting"]
        told = lines(said)
        assert told.index("store unusable, waiting") < len(told)


async def test_a_store_that_recovers_is_told_of(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    async with open_desk(tmp_path) as good:
        desk = replace(good, store=Moody(good.store, "commit"))  # type: ignore[arg-type]
        async with polling_due(desk, source(page(post("Acme lost it"))), look=timedelta(milliseconds=5)):
            await until(lambda: "store usable again" in lines(said))
        assert lines(said) == ["store unusable, waiting", "heard", "store usable again"]


@pytest.mark.parametrize(
    ("is_stream", "begins"), [(False, NOW - DAY), (True, NOW - STREAM_BACKFILL)], ids=["polled", "stream"]
)
async def test_a_first_poll_looks_back_so_far(tmp_path: Path, is_stream: bool, begins: datetime) -> None:
    connector = Played(acts=[page(mark="")], is_stream=is_stream)
    async with open_desk(tmp_path) as desk, polling_due(desk, source(connector=connector)):
        await until(lambda: connector.asked)
        assert connector.asked[0] == Cursor(since=begins)


async def once(desk: Desk, *sources: Source, **options: Any) -> list[Round]:
    known = await enlist(desk, *sources)
    return await poll_once(desk, known, "me", **({"backfill": DAY, "listen": HOUR} | options))


async def test_a_round_polls_everything_due_or_not(tmp_path: Path) -> None:
    of = source(page(post("Acme lost it"), mark="here"))
    async with open_desk(tmp_path) as desk:
        rounds = [(await once(desk, of))[0] for _ in range(2)]
        assert [one.tally.mentions for one in rounds] == [1, 0]
        assert of.connector.asked[1].mark == "here"  # type: ignore[attr-defined]


async def test_a_round_since_reads_anew_from_there(tmp_path: Path) -> None:
    of = source(page(post("Acme lost it"), mark="here"))
    async with open_desk(tmp_path) as desk:
        await once(desk, of)
        await once(desk, of, since=NOW - 7 * DAY)
        assert of.connector.asked[1] == Cursor(since=NOW - 7 * DAY)  # type: ignore[attr-defined]


async def test_a_round_listens_to_a_stream_for_a_while(tmp_path: Path) -> None:
    stream = Played(acts=[page(post("Acme lost it"), mark="here"), asyncio.Event()], is_stream=True)
    async with open_desk(tmp_path) as desk:
        (ended,) = await once(desk, source(connector=stream), listen=timedelta(milliseconds=50))
        assert ended.outcome is not None
        assert (ended.outcome.error, ended.tally.mentions) == (None, 1)


@pytest.mark.parametrize(
    ("behind", "looks"),
    [((), 1), ((HOUR, timedelta(0)), 2), ((HOUR,), 2), ((3 * HOUR, 2 * HOUR), 3)],
    ids=["silent", "caught up", "brings no more", "goes on"],
)
def test_a_round_since_listens_on_while_a_stream_brings_what_was_missed(
    behind: Sequence[timedelta], looks: int
) -> None:
    enough, due = asyncio.Event(), list[Any]()
    heard = Ear(HandClock(), enough, due.append).before(lambda _: None)
    looked = 0
    while due:
        if looked < len(behind):
            heard(Tally(found=1, newest=NOW - behind[looked]))
        due.pop()()
        looked += 1
    assert (looked, enough.is_set()) == (looks, True)


async def test_a_round_leaves_a_source_to_the_process_that_holds_it(tmp_path: Path) -> None:
    of = source(page(post("Acme lost it")))
    async with open_desk(tmp_path) as desk:
        await claimed(desk, of, owner="another")
        (ended,) = await once(desk, of)
        assert ended == Round(source="social", tally=Tally(), outcome=None, is_elsewhere=True)
        assert of.connector.asked == []  # type: ignore[attr-defined]


async def test_a_round_tells_of_each_page_and_of_each_end(tmp_path: Path) -> None:
    told: list[object] = []
    async with open_desk(tmp_path) as desk:
        of = source(page(post("Acme one", id="1")), page(post("Acme two", id="2"), mark="2"))
        (ended,) = await once(desk, of, told=lambda _, news: told.append(news))
        brought = Tally(found=1, mentions=1, oldest=NOW - 10 * MINUTE, newest=NOW - 10 * MINUTE)
        assert told == [brought, brought, ended]


async def test_a_round_that_is_stopped_cuts_its_polls_short(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        desk.stop.set()
        (ended,) = await once(desk, source(asyncio.Event()))
        assert ended.outcome is None


def test_a_lease_outlasts_several_beats() -> None:
    from monitor.daemon import BEAT

    assert polling.LEASE >= 3 * BEAT
