"""Which posts are one story, and which only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.post import Post
from monitor.stories import story
from tests.builders import post

REPORT = "Luna cierra su tienda del centro tras veinte años y despide a cuarenta personas"
LONG = " ".join(f"palabra{number}" for number in range(30))


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(REPORT, id="the same"),
        pytest.param(REPORT.upper(), id="capitals"),
        pytest.param(REPORT.replace("ñ", "n"), id="accents"),
        pytest.param(f"{REPORT}: https://diario.example/luna?utm=x", id="address"),
        pytest.param(f"RT @ana: {REPORT}", id="shared by hand"),
        pytest.param(f"@ana @eva@social.example {REPORT}", id="handles"),
        pytest.param(f"{REPORT} vía @diario", id="credit"),
        pytest.param(f"{REPORT} #luna #cierre", id="tags at the end"),
        pytest.param(f"{REPORT}!!! 😡😡", id="punctuation and emoji"),
        pytest.param(REPORT.replace(" ", "\n\n"), id="line breaks"),
        pytest.param(REPORT.replace("Luna", "#Luna"), id="tag"),
    ],
)
def test_copies_are_one_story_on_any_network_by_anyone(copy: str) -> None:
    assert story(post(copy, network="bluesky", author="eva", id="9")) == story(post(REPORT))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(REPORT, REPORT.replace("cierra", "abre"), id="another word"),
        pytest.param(f"{REPORT} 2025", f"{REPORT} 2026", id="another number"),
        pytest.param(REPORT.replace("personas", "pers…"), REPORT, id="cut before the twentieth word"),
        pytest.param("新しい靴を買いました", "新しい鞄を買いました", id="japanese"),
    ],
)
def test_other_texts_are_other_stories(one: str, other: str) -> None:
    assert story(post(one)) != story(post(other))


@pytest.mark.parametrize("end", ["…", "...", " palab…", "… https://t.example/x"])
def test_a_copy_cut_short_after_twenty_words_joins_its_original(end: str) -> None:
    short = " ".join(LONG.split()[:22])
    assert story(post(short + end)) == story(post(LONG))


def test_a_title_repeated_in_the_text_counts_once() -> None:
    assert story(post(REPORT, title="Luna cierra su tienda")) == story(post(REPORT))


def test_the_title_is_part_of_the_text() -> None:
    assert story(post(REPORT, title="Última hora")) == story(post(f"Última hora. {REPORT}"))


def test_a_few_words_are_no_copy_of_anothers() -> None:
    assert story(post("Muy bien, gracias", author="ana")) != story(post("Muy bien, gracias", author="eva"))


def test_a_few_words_by_one_author_are_one_story() -> None:
    assert story(post("¡Muy mal, Luna!", id="1")) == story(post("muy mal luna", id="2"))


@pytest.mark.parametrize("text", ["Muy bien", "😡", ""])
def test_a_few_words_by_nobody_known_stand_alone(text: str) -> None:
    assert story(post(text, author=None, id="1")) != story(post(text, author=None, id="2"))


@given(st.text(alphabet=st.characters(exclude_categories=())), st.text(alphabet=st.characters(exclude_categories=())))
def test_no_text_is_too_odd_for_a_story(text: str, title: str) -> None:
    assert len(story(Post(network="x", id="1", url=None, text=text, title=title))) == 16
