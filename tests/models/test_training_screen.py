"""Training on a little text of our own, and what is written and read back."""

from pathlib import Path

import numpy as np
import pytest

from models.errors import BadWeights
from models.features import FLAGS, extract, own
from models.labelled import Row
from models.linear import Weights, load, save
from models.screen import Screen
from models.training.examples import OURS, TWEETS, balance, gather, own_posts, trainable, two_sided
from models.training.screen import STEPS, Recipe, matrix, train

OPINIONS = {
    "negative": "complaint|llegó roto|nadie contesta|qué vergüenza|es una estafa|muy lento|never again|broken box",
    "neutral": "question|cuándo abre|hay talla|abre el lunes|dónde está|nueva tienda|open on monday|which size",
    "positive": "praise|me encanta|gracias por todo|perfecto|muy rápido|genial de verdad|love it|great service",
}
THINGS = ["el pedido", "la caja", "mi paquete", "esta web", "su tienda", "the shop", "the box", "my order"]


def rows() -> list[Row]:
    return [
        Row(
            text=f"{thing} {opinion}",
            sentiment=sentiment,  # type: ignore[arg-type]
            language="en" if thing.split()[0] in {"the", "my"} else "es",
            source=source,
            split="train",
            intent=opinions.split("|")[0] if source == OURS else None,  # type: ignore[arg-type]
        )
        for source in (TWEETS, OURS)
        for sentiment, opinions in OPINIONS.items()
        for opinion in opinions.split("|")[1:]
        for thing in THINGS
    ]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return train(rows(), Recipe(kept=2_000))


def test_training_twice_gives_the_same_weights_and_tells_each_step(weights: Weights) -> None:
    told: list[int] = []
    again = train(rows(), Recipe(kept=2_000), progress=told.append)
    assert told == list(range(1, STEPS + 1))
    assert np.array_equal(again.tone.weights, weights.tone.weights)
    assert np.array_equal(again.vocabulary.row, weights.vocabulary.row)


def test_what_was_learned_is_judged(weights: Weights) -> None:
    told = Screen(weights=weights).judge(["su caja: nadie contesta", "genial, me encanta", "which size, monday"])
    assert [one.sentiment for one in told] == ["negative", "positive", "neutral"]
    assert [one.intent for one in told] == ["complaint", "praise", "question"]


def test_judging_computes_what_training_computed(weights: Weights) -> None:
    some = rows()[::7]
    texts = gather(some)
    x = matrix(texts, weights.vocabulary)
    trained = x @ np.vstack([weights.tone.weights, weights.tone.flags]) + weights.tone.bias
    page = extract([row.text for row in some])
    blocks = (page.characters, page.words, own(page, texts.language))
    judged = weights.tone.score([weights.vocabulary.weigh(block, page.texts) for block in blocks], page.flags)
    assert np.allclose(trained, judged, atol=1e-4)


def test_a_file_judges_as_the_weights_that_were_saved(weights: Weights, tmp_path: Path) -> None:
    save(tmp_path / "screen.npz", weights)
    before, after = (
        [one.negative for one in Screen(weights=w).judge([row.text for row in rows()])]
        for w in (weights, load(tmp_path / "screen.npz"))
    )
    assert np.allclose(before, after, atol=0.03)


def test_the_benchmarks_validation_part_is_never_trained_on() -> None:
    held = Row(text="x", sentiment="neutral", language="es", source=TWEETS, split="val")
    assert trainable([held, *rows()]) == rows()


def test_classes_count_alike_within_a_source_and_language() -> None:
    texts = gather(rows()[:60])
    weighed = balance(texts, np.ones(len(texts), dtype=bool), lambda _: 1.0)
    spanish = texts.language == 0
    sums = np.bincount(texts.sentiment[spanish], weights=weighed[spanish])
    assert np.allclose(sums, sums[0])


def test_a_source_without_neutral_texts_knows_two_classes() -> None:
    poles = [Row(text="x", sentiment=tone, language="fr", source="films") for tone in ("negative", "positive")]
    known = two_sided(gather([*rows(), *poles]))
    assert known[-2:].all()
    assert not known[:-2].any()


def test_our_own_posts_carry_sentiment_intent_and_language() -> None:
    posts = own_posts()
    assert len(posts) > 2_500
    assert all(post.intent and post.language and post.source == OURS for post in posts)


def _truncated(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def _flipped(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + bytes(byte ^ 0xFF for byte in whole[middle : middle + 64]) + whole[middle + 64 :]


@pytest.mark.parametrize(
    "damage",
    [_truncated, _flipped, lambda _: b"", lambda _: b"not weights", lambda _: b"\x80\x04K\x01."],
    ids=["truncated", "flipped", "empty", "text", "pickle"],
)
def test_damaged_weights_are_refused(weights: Weights, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "screen.npz"
    save(path, weights)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadWeights, match=r"screen\.npz"):
        Screen.load(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", np.array(999)),
        ("format", np.array("x")),
        ("kept", np.zeros(4, dtype=np.uint8)),
        ("tone.heads", np.array(["up", "down"])),
        ("tone.scale", np.full(12, np.nan, dtype=np.float32)),
        ("language.flags", np.zeros((len(FLAGS) + 1, 7), dtype=np.float32)),
    ],
    ids=["newer", "no number", "other table", "other heads", "not finite", "other flags"],
)
def test_foreign_weights_are_refused(weights: Weights, tmp_path: Path, name: str, value: np.ndarray) -> None:  # type: ignore[type-arg]
    path = tmp_path / "screen.npz"
    save(path, weights)
    with np.load(path) as file:
        arrays = {one: file[one] for one in file.files}
    np.savez_compressed(path, **{**arrays, name: value})
    with pytest.raises(BadWeights, match=r"screen\.npz"):
        load(path)


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="no weights there"):
        Screen.load(tmp_path / "none.npz")
