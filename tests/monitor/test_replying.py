"""Answering on a network: once, within its rules, and only what is sure is told as sure."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.base import Http, Sent
from connectors.errors import Malformed, RateLimited, Refused, Unavailable, Unreached
from connectors.post import Post
from monitor.errors import StoreError, Unsent, Unsure
from monitor.replying import Pen, length, publish, speaker
from monitor.types import Record, Reply, Source, State, Ticket
from tests.builders import NOW, post

from .desk import Played, open_desk, page, polled, source, stored

SENT = Sent(id="99", url="https://social.example/99")


@dataclass(frozen=True, kw_only=True)
class Speaking(Played):
    """A network that publishes answers, or fails to."""

    longest: ClassVar[int] = 20

    ends: list[Sent | Exception] = field(default_factory=lambda: [SENT])
    said: list[tuple[str, str, str]] = field(default_factory=list)

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        self.said.append((to.id, text, key))
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if isinstance(end, Exception):
            raise end
        return end


class Knowing(Speaking):
    """One that knows an answer again."""

    repeatable = timedelta(hours=1)


@dataclass(kw_only=True)
class Counter:
    """A pen, a mention to answer, and who answers."""

    pen: Pen
    source: Source
    record: Record
    path: Path

    async def say(self, text: str = "Lo sentimos", **fields: Any) -> Ticket:
        return await publish(self.pen, self.source, self.record, text, "ana", **fields)

    @property
    def said(self) -> list[tuple[str, str, str]]:
        assert isinstance(self.source.connector, Speaking)
        return self.source.connector.said

    @property
    def replies(self) -> tuple[Reply, ...]:
        return self.pen.drafts.dossier(1).replies  # type: ignore[attr-defined, no-any-return]


@asynccontextmanager
async def counter(folder: Path, *ends: Sent | Exception, kind: type[Speaking] = Speaking) -> AsyncIterator[Counter]:
    async with open_desk(folder) as desk:
        of = source(connector=kind(acts=[page(post())], ends=list(ends) or [SENT]))
        await polled(desk, of)
        pen = Pen(
            drafts=desk.store,  # type: ignore[arg-type]
            budgets=desk.budgets,
            on_store=desk.on_store,
            client=desk.client,
            clock=desk.clock,
        )
        (record,) = stored(desk)
        yield Counter(pen=pen, source=of, record=record, path=folder)


async def test_an_answer_is_published_and_answers_the_alert(tmp_path: Path) -> None:
    async with counter(tmp_path) as at:
        ticket = await at.say()
        assert [(to, text) for to, text, _ in at.said] == [("1", "Lo sentimos")]
        assert (ticket.state, ticket.first_response) == (State.REPLIED, timedelta(minutes=10))
        assert at.replies == (Reply(by="ana", at=NOW, text="Lo sentimos", url=SENT.url),)


async def test_the_same_command_again_says_nothing_twice(tmp_path: Path) -> None:
    async with counter(tmp_path) as at:
        await at.say()
        with pytest.raises(Unsent, match="said already"):
            await at.say()
        assert len(at.said) == 1


async def test_a_network_that_knows_it_again_is_told_once_more_under_the_same_key(tmp_path: Path) -> None:
    async with counter(tmp_path, Unavailable("cut off"), SENT, kind=Knowing) as at:
        with pytest.raises(Unsure, match="give the same command again: the network knows this answer"):
            await at.say()
        await at.say()
        (_, _, first), (_, _, second) = at.said
        assert first == second
        assert len(at.replies) == 1


@pytest.mark.parametrize("error", [Unavailable("cut off"), Malformed("html")], ids=["no answer", "no sense in it"])
async def test_what_may_have_been_published_is_looked_for_by_a_person(tmp_path: Path, error: Exception) -> None:
    async with counter(tmp_path, error, SENT) as at:
        with pytest.raises(Unsure, match=r"look at https://social\.example/1: if it stands there, note it with"):
            await at.say()
        with pytest.raises(Unsure, match="--force sends it again"):
            await at.say()
        assert len(at.said) == 1
        await at.say(force=True)
        assert len(at.said) == 2


@pytest.mark.parametrize(
    "error",
    [Refused("only friends may answer"), RateLimited("429", timedelta(minutes=5)), Unreached("no route")],
    ids=["rules", "too many", "not reached"],
)
async def test_what_was_not_published_for_sure_may_simply_be_tried_again(tmp_path: Path, error: Exception) -> None:
    async with counter(tmp_path, error, SENT) as at:
        with pytest.raises(Unsent, match=f"not published: {error}") as told:
            await at.say()
        assert not isinstance(told.value, Unsure)
        assert (await at.say()).state is State.REPLIED


async def test_when_to_try_again_is_told(tmp_path: Path) -> None:
    async with counter(tmp_path, RateLimited("429", timedelta(minutes=5))) as at:
        with pytest.raises(Unsent, match="try again in 5 min"):
            await at.say()


@pytest.mark.parametrize("text", ["x" * 21, " \n"], ids=["too long", "empty"])
async def test_what_no_network_would_take_is_not_handed_over(tmp_path: Path, text: str) -> None:
    async with counter(tmp_path) as at:
        with pytest.raises(Unsent, match=r"has 21 characters, and social takes 20: make it 1 shorter|nothing to say"):
            await at.say(text)
        assert at.said == []


async def test_what_was_published_and_could_not_be_noted_is_told_with_its_place(tmp_path: Path) -> None:
    async with counter(tmp_path) as at:
        drafts = at.pen.drafts

        class Full:
            def draft(self, *values: Any, **more: Any) -> Any:
                return drafts.draft(*values, **more)

            def sent(self, *values: Any) -> Ticket:
                raise StoreError("the disk is full")

            def unsent(self, draft: Any) -> None:
                drafts.unsent(draft)

        at.pen = Pen(
            drafts=Full(),
            budgets=at.pen.budgets,
            on_store=at.pen.on_store,
            client=at.pen.client,
            clock=at.pen.clock,
        )
        with pytest.raises(Unsure, match=r"it was published, at https://social\.example/99"):
            await at.say()


@pytest.mark.parametrize(
    ("text", "long"),
    [("año", 3), ("an\u0303o", 3), ("👨‍👩‍👧‍👦!", 2), ("👍🏽", 1), ("❤️", 1), ("", 0)],
    ids=["an accent", "an accent of its own", "a family", "a colour", "a heart in red", "nothing"],
)
def test_characters_are_counted_as_people_count_them(text: str, long: int) -> None:
    assert length(text) == long


async def test_who_heard_it_answers_else_another_of_its_network_or_whoever_is_named(tmp_path: Path) -> None:
    async with counter(tmp_path) as at:
        deaf = source(name="deaf", connector=Played(acts=[]))
        other = source(name="other", connector=Speaking(acts=[]))
        assert speaker([other, at.source], at.record) is at.source
        assert speaker([deaf, other], at.record) is other
        assert speaker([at.source, other], at.record, "other") is other


async def test_a_mention_that_nobody_can_answer_is_answered_where_it_stands(tmp_path: Path) -> None:
    async with counter(tmp_path) as at:
        deaf = source(name="deaf", connector=Played(acts=[]))
        for named in (None, "deaf"):
            with pytest.raises(Unsent, match="nothing in the configuration can answer on mastodon"):
                speaker([deaf], at.record, named)
        with pytest.raises(Unsent, match="there is no source 'nobody'; there are: deaf"):
            speaker([deaf], at.record, "nobody")


async def test_nothing_is_noted_for_an_answer_that_was_too_long(tmp_path: Path) -> None:
    async with counter(tmp_path) as at:
        with pytest.raises(Unsent):
            await at.say("x" * 21)
        assert (await at.say()).state is State.REPLIED
