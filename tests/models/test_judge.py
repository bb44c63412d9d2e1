"""Both tiers behind one door."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from models.judge import PATIENCE, READ_AT_ONCE, Tiered
from models.verdict import Reason, Verdict


def verdict(negative: float, model: str = "screen") -> Verdict:
    return Verdict(
        sentiment="negative" if negative > 0.5 else "positive",
        negative=negative,
        neutral=0.0,
        positive=1 - negative,
        intent="other",
        language="en",
        model=model,
    )


class Screening:
    """Reads P(negative) off the text."""

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        return [verdict(float(text)) for text in texts]


@dataclass
class Rereading:
    """Reads again, `seconds` a page, and remembers what."""

    seconds: float = 0.0
    clock: float = 0.0
    pages: list[list[str]] = field(default_factory=list)

    def now(self) -> float:
        return self.clock

    def explain(self, text: str, names: Sequence[str] = ()) -> tuple[Reason, ...]:
        self.clock += self.seconds
        return (Reason(word=text, weight=1.0),)

    def again(
        self, verdicts: Sequence[Verdict], texts: Sequence[str], names: Sequence[Sequence[str]] | None = None
    ) -> list[Verdict]:
        self.clock += self.seconds
        self.pages.append(list(texts))
        return [replace(verdict, model="careful") for verdict in verdicts]


def tiered(reader: Rereading, waiting: int = 0) -> Tiered:
    return Tiered(screen=Screening(), reader=reader, waiting=lambda: waiting, now=reader.now)


def test_with_patience_everything_is_read_again_in_its_place() -> None:
    told = tiered(Rereading()).judge(["0.9", "0.1", "0.4"])
    assert [(one.negative, one.model) for one in told] == [(0.9, "careful"), (0.1, "careful"), (0.4, "careful")]


def test_what_the_screen_is_least_sure_of_is_read_first() -> None:
    reader = Rereading()
    tiered(reader).judge(["0.999", "0.01", "0.36"])
    assert reader.pages == [["0.36", "0.01", "0.999"]]


def test_when_patience_ends_the_rest_keeps_the_screens_verdict() -> None:
    reader = Rereading(seconds=PATIENCE)
    told = tiered(reader).judge(["0.3"] * READ_AT_ONCE * 3 + ["0.99"])
    assert [one.model for one in told].count("careful") == 2 * READ_AT_ONCE
    assert told[-1].model == "screen"


def test_those_who_wait_share_the_patience() -> None:
    reader = Rereading(seconds=PATIENCE / 4)
    tiered(reader, waiting=9).judge(["0.3"] * READ_AT_ONCE * 10)
    assert len(reader.pages) == 1


def test_what_may_alert_is_explained() -> None:
    told = tiered(Rereading()).judge(["0.9", "0.1"])
    assert [[reason.word for reason in one.reasons] for one in told] == [["0.9"], []]


@pytest.mark.parametrize("texts", [[], ["0.0"], ["1.0"]], ids=["none", "never", "surely"])
def test_the_ends_are_judged_too(texts: list[str]) -> None:
    assert len(tiered(Rereading()).judge(texts)) == len(texts)
