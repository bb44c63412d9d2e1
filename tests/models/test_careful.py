"""The careful tier: what it says, and what it refuses to load."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from models.careful import SHIPPED, Careful
from models.encoder import Encoder, sealed
from models.errors import BadWeights
from models.mark import BRAND
from models.pieces import BEGIN, END, LONGEST, Tokenizer
from models.verdict import Verdict

MODEL = ("careful.json", "careful.onnx", "careful.model")


@pytest.fixture(scope="module")
def careful() -> Careful:
    return Careful.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in MODEL:
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def one(careful: Careful, text: str, *names: str) -> Verdict:
    return careful.judge([text], names=[names])[0]


@pytest.mark.parametrize(
    ("text", "sentiment", "intent", "topic"),
    [
        pytest.param("Luna me ha cobrado dos veces lo mismo", "negative", "complaint", "payment", id="es"),
        pytest.param("Third week waiting for my Luna parcel.", "negative", "complaint", "delivery", id="en"),
        pytest.param("¿Luna envía a Canarias?", "neutral", "question", "delivery", id="a calm question"),
        pytest.param("Cinco años con el bolso de Luna y como nuevo", "positive", "praise", "quality", id="praise"),
        pytest.param(
            "Great job Luna, my parcel tours the country again", "negative", "complaint", "delivery", id="irony"
        ),
    ],
)
def test_a_pass_tells_sentiment_intent_and_topic(
    careful: Careful, text: str, sentiment: str, intent: str, topic: str
) -> None:
    told = one(careful, text, "Luna")
    assert (told.sentiment, told.intent) == (sentiment, intent)
    assert topic in told.topics


def test_a_name_with_a_tone_of_its_own_weighs_nothing(careful: Careful) -> None:
    fatal, plain = (one(careful, f"Compro en {name} todos los martes", name) for name in ("Fatal", "Prisma"))
    assert fatal.negative == pytest.approx(plain.negative)


def test_a_verdict_is_whole(careful: Careful) -> None:
    told = one(careful, "Where is the parcel that I ordered from Luna yesterday?", "Luna")
    assert told.negative + told.neutral + told.positive == pytest.approx(1)
    assert (len(told.embedding), told.model, told.language) == (384, "careful-4", "en")


@pytest.mark.parametrize("text", ["", " ", "\0", "😡" * 400, "a" * 5_000, "ñ\ud800", "مرحبا", "\n\t"])
def test_strange_texts_get_a_whole_verdict(careful: Careful, text: str) -> None:
    told = one(careful, text, "Luna")
    assert told.negative + told.neutral + told.positive == pytest.approx(1)
    assert told.topics


def test_a_text_is_judged_alike_alone_and_among_many(careful: Careful) -> None:
    texts = ["Luna tarda", "I love how Luna wraps things, it is a small joy each time it comes", "¿abre Luna hoy?"]
    together = careful.judge(texts * 11)
    alone = [one(careful, text).negative for text in texts]
    # Activations are rounded to eight bits by batch.
    assert [each.negative for each in together[:3]] == pytest.approx(alone, abs=0.06)


def test_the_words_that_decided_are_found_by_leaving_them_out(careful: Careful) -> None:
    reasons = careful.explain("Luna manda cosas bonitas pero el paquete llegó roto", ["Luna"])
    weights = {reason.word: reason.weight for reason in reasons}
    assert weights["roto"] > 0
    assert BRAND not in weights


@pytest.mark.parametrize(
    "text", ["Luna, un desastre", "«Luna»: un desastre", "Un desastre (Luna)", "Luna's un desastre"]
)
def test_the_brand_is_no_reason_whatever_stands_around_it(careful: Careful, text: str) -> None:
    words = [reason.word for reason in careful.explain(text, ["Luna"])]
    assert "desastre" in words
    assert not any(BRAND in word for word in words)


def test_no_texts_get_no_verdicts(careful: Careful) -> None:
    assert careful.judge([]) == []


def test_of_a_long_text_the_part_about_the_brand_is_read(careful: Careful) -> None:
    tokenizer = careful.encoder.tokenizer
    (row,) = tokenizer.rows(["palabras " * 300 + f"{BRAND} tarda"])
    assert (len(row), row[0], row[-1]) == (LONGEST, BEGIN, END)
    assert tokenizer.processor.encode("tarda")[-1] in row


@pytest.mark.parametrize("name", MODEL)
def test_a_missing_file_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadWeights, match=name):
        Encoder.load(folder)


@pytest.mark.parametrize("name", MODEL)
def test_a_damaged_file_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content[:-3] if name == "careful.json" else content)
    with pytest.raises(BadWeights, match=name):
        Encoder.load(folder)


@pytest.mark.parametrize("name", ["name", "hidden", "sha256", "calibration", "seal"])
def test_facts_that_leave_something_out_are_refused(folder: Path, name: str) -> None:
    facts = json.loads((folder / "careful.json").read_text())
    del facts[name]
    (folder / "careful.json").write_text(json.dumps(facts))
    with pytest.raises(BadWeights, match=rf"careful\.json: damaged, {name}"):
        Encoder.load(folder)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"tone": 3}, {"both": {"weights": [[0.1]], "bias": [0.1]}}, {"topics": {"slope": "flat"}}],
    ids=["empty", "no table", "another shape", "no numbers"],
)
def test_a_calibration_that_is_damaged_is_refused(folder: Path, wrong: dict[str, object]) -> None:
    facts = json.loads((folder / "careful.json").read_text())
    facts["calibration"] = {**facts["calibration"], **wrong} if wrong else {}
    (folder / "careful.json").write_text(json.dumps(sealed(facts)))
    with pytest.raises(BadWeights, match=r"careful\.json: damaged, calibration"):
        Careful.load(folder)


def test_one_digit_that_changed_is_noticed(folder: Path) -> None:
    facts = json.loads((folder / "careful.json").read_text())
    facts["calibration"]["topics"]["least"] += 0.1
    (folder / "careful.json").write_text(json.dumps(facts))
    with pytest.raises(BadWeights, match=r"careful\.json: damaged, it is not as it was written"):
        Encoder.load(folder)


def test_a_graph_that_this_runtime_cannot_use_is_refused(folder: Path) -> None:
    graph = b"from another time"
    (folder / "careful.onnx").write_bytes(graph)
    facts = json.loads((folder / "careful.json").read_text())
    facts["sha256"]["onnx"] = hashlib.sha256(graph).hexdigest()
    (folder / "careful.json").write_text(json.dumps(sealed(facts)))
    with pytest.raises(BadWeights, match="cannot use the encoder"):
        Encoder.load(folder)


def test_a_model_of_another_format_is_refused(folder: Path) -> None:
    facts = json.loads((folder / "careful.json").read_text())
    (folder / "careful.json").write_text(json.dumps(facts | {"format": "other-1"}))
    with pytest.raises(BadWeights, match="another version"):
        Encoder.load(folder)


def test_a_foreign_tokenizer_is_refused() -> None:
    with pytest.raises(BadWeights, match="tokenizer"):
        Tokenizer.of(b"not a model")
