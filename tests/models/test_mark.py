"""The brand's name as the models read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.mark import BRAND, mark, read


@pytest.mark.parametrize(
    ("text", "names", "marked"),
    [
        pytest.param("Luna is slow", ["Luna"], "@brand is slow", id="a word"),
        pytest.param("LÚNA es lenta", ["luna"], "@brand es lenta", id="capitals and accents aside"),
        pytest.param("gracias @luna", ["luna"], "gracias @brand", id="an account"),
        pytest.param("#Luna", ["luna"], "@brand", id="a tag"),
        pytest.param("u/luna answers", ["luna"], "@brand answers", id="a reddit account"),
        pytest.param("lunar, aluna", ["luna"], "lunar, aluna", id="not within words"),
        pytest.param("Luna Verde o Luna", ["luna", "luna verde"], "@brand o @brand", id="the longest first"),
        pytest.param("luna.es no carga", ["luna", "luna.es"], "@brand no carga", id="a site"),
        pytest.param("C++ is fine (A+B)", ["c++"], "@brand is fine (A+B)", id="signs are themselves"),
        pytest.param("a b", ["a"], "a b", id="a single letter names nobody"),
        pytest.param("Luna", [], "Luna", id="no names"),
    ],
)
def test_a_brand_is_marked(text: str, names: list[str], marked: str) -> None:
    assert mark(text, names) == marked


def test_accounts_and_links_become_one_word_each() -> None:
    text = "@ana@mastodon.social y @luna &amp; co https://luna.es/x?y=1"
    assert read(text, ["luna"]) == "@user y @brand & co http"


@pytest.mark.parametrize("text", ["Zara.Estoy harto", "Zara-like", "ZARA's bag", "zara.es"])
def test_what_is_glued_to_the_name_does_not_hide_it(text: str) -> None:
    assert read(text, ["Zara"]).startswith(BRAND)


@given(st.text(), st.lists(st.text(max_size=12), max_size=4))
def test_any_text_can_be_read(text: str, names: list[str]) -> None:
    assert "\n" not in read(text, names)


@given(st.text(alphabet="aábcß İ ﬁ@#.", max_size=30))
def test_what_is_not_named_stays_as_it_was(text: str) -> None:
    assert BRAND in text or mark(text, ["zzz"]) == text
