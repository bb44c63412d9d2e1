"""What clicks teach of sentiment, and when they had better not."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models import prior
from models.clicks import LEAST, Click, Taste, adapt
from models.labelled import SENTIMENTS
from models.proof import order, prove, silence
from models.stamp import moved, name, shipped
from models.verdict import Sentiment, Verdict

Odds = tuple[float, float, float]


def verdict(odds: Odds = (0.3, 0.4, 0.3), **fields: Any) -> Verdict:
    defaults: dict[str, Any] = {"intent": "other", "language": "es", "model": "screen-2"}
    return Verdict(
        sentiment=SENTIMENTS[odds.index(max(odds))],
        negative=odds[0],
        neutral=odds[1],
        positive=odds[2],
        **(defaults | fields),
    )


def heard(count: int, seed: int = 0, **fields: Any) -> list[Verdict]:
    """Verdicts of a judge that is fairly sure of most."""
    rng = np.random.default_rng(seed)
    odds = rng.dirichlet([0.7, 0.7, 0.7], count).clip(0.01)
    return [verdict(tuple((row / row.sum()).tolist()), **fields) for row in odds]  # type: ignore[arg-type]


def click(of: Verdict, said: Sentiment) -> Click:
    return Click(
        negative=of.negative,
        neutral=of.neutral,
        positive=of.positive,
        sentiment=said,
        language=of.language,
        embedding=of.embedding,
    )


def clicked(of: Sequence[Verdict], person: Callable[[Verdict, random.Random], Sentiment]) -> list[Click]:
    rng = random.Random(7)
    return [click(each, person(each, rng)) for each in of]


def as_judged(of: Verdict, rng: random.Random) -> Sentiment:
    """A person of whom the judge is right as often as it says."""
    return rng.choices(SENTIMENTS, (of.negative, of.neutral, of.positive))[0]


def stern(of: Verdict, rng: random.Random) -> Sentiment:
    """A person to whom negatives are four times as likely as the judge says."""
    return rng.choices(SENTIMENTS, (4 * of.negative, of.neutral, of.positive))[0]


def at_random(of: Verdict, rng: random.Random) -> Sentiment:
    return rng.choice(SENTIMENTS)


def upside_down(of: Verdict, rng: random.Random) -> Sentiment:
    return rng.choices(SENTIMENTS, (of.positive, of.neutral, of.negative))[0]


def loss(taste: Taste, clicks: Sequence[Click], verdicts: Sequence[Verdict]) -> float:
    """Log-loss of the verdicts, as this taste has them, in nats."""
    told = taste.apply(verdicts)
    return -float(
        np.mean([np.log(getattr(one, each.sentiment)) for one, each in zip(told, clicks, strict=True)], dtype=float)
    )


def test_without_clicks_a_verdict_is_the_shipped_one() -> None:
    verdicts = heard(3)
    assert adapt([]).apply(verdicts) == verdicts


def test_few_clicks_change_nothing() -> None:
    taste = adapt(clicked(heard(LEAST - 1), stern), heard(500, 1))
    assert (taste.active, taste.why, taste.clicks) == (False, "few", LEAST - 1)


def test_a_person_who_is_sterner_is_followed() -> None:
    taste = adapt(clicked(heard(300), stern), heard(300, 1))
    assert (taste.active, taste.why) == (True, "better")
    assert taste.apply([verdict((0.4, 0.5, 0.1))])[0].sentiment == "negative"


def test_what_was_learned_foretells_others_better() -> None:
    taste, unseen = adapt(clicked(heard(300), stern), heard(300, 1)), heard(500, 2)
    truth = clicked(unseen, stern)
    assert loss(taste, truth, unseen) < loss(Taste(), truth, unseen) - 0.05


@pytest.mark.parametrize(
    ("person", "why"),
    [
        pytest.param(as_judged, "worse", id="who agrees with the judge"),
        pytest.param(at_random, "astray", id="who clicks at random"),
        pytest.param(upside_down, "astray", id="who takes negative for positive"),
    ],
)
def test_nothing_is_learned_from_a_person(person: Callable[[Verdict, random.Random], Sentiment], why: str) -> None:
    taste = adapt(clicked(heard(300), person), heard(300, 1))
    assert (taste.active, taste.why) == (False, why)
    assert taste.apply(heard(5)) == heard(5)


def test_clicks_that_only_say_the_same_do_not_tell_whether_they_follow() -> None:
    taste = adapt([click(each, "neutral") for each in heard(100)], heard(300, 1))
    assert (taste.active, taste.why) == (False, "silent")


def test_corrections_alone_do_not_turn_the_judge_round() -> None:
    everything = heard(900)
    said = clicked(everything, as_judged)
    wrong = [each for each, of in zip(said, everything, strict=True) if each.sentiment != of.sentiment]
    left = [of for each, of in zip(said, everything, strict=True) if each.sentiment == of.sentiment]
    taste = adapt(wrong, left)
    told = taste.apply(heard(300, 3))
    assert taste.agreeing == 0
    assert np.mean([one.sentiment == of.sentiment for one, of in zip(told, heard(300, 3), strict=True)]) > 0.9


def test_a_language_that_is_judged_too_mildly_is_corrected_more_than_the_others() -> None:
    clicks = clicked(heard(200, 4, language="es"), as_judged) + clicked(heard(200, 5, language="ca"), stern)
    random.Random(1).shuffle(clicks)
    taste = adapt(clicks, heard(200, 6) + heard(200, 7, language="ca"))
    spanish, catalan = taste.apply([verdict((0.3, 0.4, 0.3)), verdict((0.3, 0.4, 0.3), language="ca")])
    assert taste.active
    assert catalan.negative > spanish.negative + 0.05


def test_what_people_say_of_a_kind_of_text_is_learned_from_where_it_stands() -> None:
    here, there = place(1), place(2)
    ours = heard(200, 8, embedding=here)
    clicks = clicked(ours, stern) + clicked(heard(200, 9, embedding=there), as_judged)
    random.Random(1).shuffle(clicks)
    taste = adapt(clicks, heard(200, 10, embedding=here) + heard(200, 11, embedding=there))
    near, far = taste.apply([verdict(embedding=here), verdict(embedding=there)])
    assert taste.active
    assert near.negative > far.negative + 0.1


def place(seed: int) -> bytes:
    vector = np.random.default_rng(seed).standard_normal(384)
    return (vector / np.linalg.norm(vector) * 127).round().astype(np.int8).tobytes()


def test_an_embedding_of_another_size_says_nothing() -> None:
    taste = adapt(clicked(heard(300), stern), heard(300, 1))
    plain, odd = taste.apply([verdict(), verdict(embedding=b"\x01\x02")])
    assert plain.negative == odd.negative


def test_two_thousand_clicks_are_learned_in_well_under_a_second() -> None:
    verdicts = [replace(each, embedding=place(number)) for number, each in enumerate(heard(2_000))]
    clicks = clicked(verdicts, stern)
    start = time.process_time()
    adapt(clicks, verdicts)
    assert time.process_time() - start < 1.0  # 0.2 s by itself; the machine that tests may be busy


# What is so frequent here


def test_the_shares_of_an_account_are_told_from_its_verdicts() -> None:
    rng = np.random.default_rng(1)
    truth = rng.choice(3, 2_000, p=(0.1, 0.3, 0.6))
    likely = np.exp(rng.normal(0, 1, (2_000, 3)) + 2 * np.eye(3)[truth])
    shares = prior.estimate(likely / likely.sum(axis=1, keepdims=True))
    assert shares == pytest.approx((0.1, 0.3, 0.6), abs=0.08)


def test_few_verdicts_tell_no_shares() -> None:
    assert prior.estimate(np.full((prior.LEAST - 1, 3), (0.9, 0.05, 0.05))) == pytest.approx(prior.BASE)


def test_shares_as_they_were_expected_move_nothing() -> None:
    assert prior.shift(np.array(prior.BASE)) == pytest.approx((0, 0, 0))


# Whether it deserves to be used


def test_who_clicks_everything_leaves_no_silence_that_counts() -> None:
    odds = np.tile((0.7, 0.2, 0.1), (10, 1))
    assert silence(odds, np.array([0] * 7 + [1] * 3), odds) == pytest.approx(0)


def test_two_corrections_of_a_judge_right_two_times_in_three_stand_for_four_left_alone() -> None:
    odds = np.tile((2 / 3, 1 / 6, 1 / 6), (2, 1))
    assert silence(odds, np.array([1, 1]), np.tile((2 / 3, 1 / 6, 1 / 6), (50, 1))) == pytest.approx(4)


def test_no_more_silence_counts_than_there_is() -> None:
    odds = np.tile((0.9, 0.05, 0.05), (20, 1))
    assert silence(odds, np.full(20, 1), odds[:3]) == 3


def test_the_order_of_clicks_is_compared_among_mentions_called_the_same() -> None:
    tones = np.linspace(0.4, 0.9, 30)
    odds = np.column_stack([tones, (1 - tones) / 2, (1 - tones) / 2])
    right, wrong = (tones < 0.6).astype(np.int64), (tones > 0.6).astype(np.int64)
    follows, opposes = order(odds, right), order(odds, wrong)
    assert follows is not None
    assert opposes is not None
    assert follows > 3
    assert opposes < -3


def test_what_is_overturned_where_nobody_clicked_counts_against_a_correction() -> None:
    theirs, ours, said = np.tile((0.2, 0.5, 0.3), (40, 1)), np.tile((0.5, 0.3, 0.2), (40, 1)), np.zeros(40, dtype=int)
    assert prove((ours, theirs, said), (ours, theirs), 0).gain > prove((ours, theirs, said), (ours, theirs), 2).gain


def test_a_correction_that_would_miss_complaints_does_not_hold() -> None:
    theirs, ours = np.tile((0.4, 0.3, 0.3), (90, 1)), np.tile((0.34, 0.60, 0.06), (90, 1))
    proof = prove((ours, theirs, np.array([0, 1, 1] * 30)), (ours[:0], theirs[:0]), 0)
    assert proof.gain > 0
    assert not proof.holds


# The stamp


def test_what_the_shipped_judge_said_can_be_told_again() -> None:
    before = verdict((0.2, 0.5, 0.3))
    again = shipped(moved(before, (0.9, -0.25, 0.0)))
    assert (again.negative, again.neutral, again.positive) == pytest.approx((0.2, 0.5, 0.3))
    assert (again.sentiment, again.model) == ("neutral", "screen-2")


def test_a_verdict_that_was_not_moved_is_the_shipped_one() -> None:
    assert shipped(verdict()) == verdict()


def test_a_moved_verdict_names_the_model_and_what_clicks_added() -> None:
    after = moved(verdict(), (0.5, 0.0, -0.25))
    assert after.model == "screen-2+clicks(+0.500 +0.000 -0.250)"
    assert name(after.model) == "screen-2"


def test_probabilities_sum_to_one_after_a_move() -> None:
    after = moved(verdict((0.0, 0.0, 1.0)), (3.0, 0.0, 0.0))
    assert after.negative + after.neutral + after.positive == pytest.approx(1)
    assert min(after.negative, after.neutral, after.positive) >= 0
