"""From text to hashed features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.features import BITS, FLAGS, LANGUAGES, PLACES, extract, own
from models.tokens import LIMIT, tokenise

TEXTS = st.lists(st.text(st.characters(), max_size=200), max_size=6)


def tokens(text: str) -> list[str]:
    return tokenise([text])[0]


def flag(text: str, name: str) -> float:
    return float(extract([text]).flags[0, FLAGS.index(name)])


def words(text: str) -> set[int]:
    return set(extract([text]).words.index.tolist())


@given(TEXTS)
def test_any_text_has_features_in_the_table_in_order_of_text(texts: list[str]) -> None:
    page = extract(texts)
    assert page.texts == len(texts)
    assert page.flags.shape == (len(texts), len(FLAGS))
    for block in (page.characters, page.words, page.cues, own(page, np.zeros(len(texts), dtype=np.int64))):
        assert np.all((block.index >= 0) & (block.index < PLACES))
        assert np.all(np.diff(block.text) >= 0)
        assert np.array_equal(page.token_text[block.token], block.text)


@given(TEXTS)
def test_a_text_has_the_same_features_alone_and_among_others(texts: list[str]) -> None:
    page = extract(texts)
    for place, text in enumerate(texts):
        alone = extract([text])
        for together, single in ((page.characters, alone.characters), (page.words, alone.words)):
            assert np.array_equal(together.index[together.text == place], single.index)
        assert np.array_equal(page.flags[place], alone.flags[0])


def test_the_hash_never_changes() -> None:
    # The shipped weights know features by these numbers: another hash would be nonsense, silently.
    page = extract(["Nunca más, ¡qué vergüenza! 😡"])
    assert page.words.index[:4].tolist() == [1169929, 1333290, 1779868, 1251470]
    assert page.characters.index[:4].tolist() == [642259, 870086, 731964, 299501]


def test_characters_and_words_take_their_own_halves_of_the_table() -> None:
    page = extract(["the parcel never came"])
    assert page.characters.index.max() < 1 << BITS <= page.words.index.min()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mira https://t.co/Xy?a=1 esto", ["mira", "esto"]),
        ("#NuncaMas con #acme", ["Nunca", "Mas", "con", "acme"]),
        ("R&amp;D &lt;3", ["R", "D", "<3"]),
        ("no llegó!!! :( 😡👍🏽", ["no", "llegó", "!!!", ":(", "😡", "👍"]),
        ("@tienda don't", ["@tienda", "don't"]),
        ("dos\nlíneas\x00\x85y más", ["dos", "líneas", "y", "más"]),
        ("\ud800", ["\ud800"]),
        ("  \t ", []),
    ],
    ids=["address", "hashtag", "escapes", "emoji", "handle", "controls", "surrogate", "blank"],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("Envío", "ENVIO"), ("sooo", "soooooo"), ("@acme hola", "@luna hola"), ("12 euros", "97 euros")],
    ids=["case and accents", "stretching", "handles", "digits"],
)
def test_two_spellings_are_one_word(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_a_word_after_a_negation_is_another_word() -> None:
    assert not words("me gusta") <= words("no me gusta")


def test_a_stop_ends_a_negation() -> None:
    assert words("gusta") <= words("no, gusta")


def test_a_language_has_its_own_words() -> None:
    page = extract(["burro", "burro"])
    spoken = own(page, np.array([LANGUAGES.index("es"), LANGUAGES.index("it")]))
    assert spoken.index[0] != spoken.index[1]


def test_an_unknown_language_has_none() -> None:
    assert own(extract(["burro"]), np.array([-1])).index.size == 0


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    long = "lento " * LIMIT
    assert words(long) == words(long + " fantástico")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("¿Hacéis envíos?", "asks"),
        ("NUNCA más", "shouts"),
        ("laaaargo", "stretches"),
        ("¡ya! ya!", "exclaims"),
        ("Tercer correo", "again"),
        ("dritte Mail", "again"),
        ("Todavía espero", "waiting"),
        ("Thanks", "thanks"),
        ("🙃", "mock"),
    ],
)
def test_a_text_is_flagged(text: str, name: str) -> None:
    assert flag(text, name) > 0 == flag("azul", name)


@pytest.mark.parametrize(
    ("plain", "negated", "cue"),
    [
        ("llegó con un rasguño", "llegó sin un rasguño", "broken"),
        ("es genial", "no es genial", "praise"),
        ("two scratches", "zero scratches", "broken"),
    ],
)
def test_a_negated_cue_is_another_cue(plain: str, negated: str, cue: str) -> None:
    assert (flag(plain, cue) > 0, flag(plain, f"no {cue}")) == (True, 0)
    assert (flag(negated, cue), flag(negated, f"no {cue}") > 0) == (0, True)
