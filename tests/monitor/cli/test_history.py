"""The commands that search."""

import csv
import json

import pytest

from tests.builders import mention, verdict

from .stock import House
from .test_root import plainly


def numbers(output: str) -> list[str]:
    return [line.split("\t")[0] for line in output.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["3", "2", "1", "5", "4"]),
        (("refund",), ["3"]),
        (("llego", "ROTO"), ["1"]),
        (('"nadie responde"',), ["1"]),
        (('"responde nadie"',), []),
        (("envi*",), ["2"]),
        (("--brand", "Acme Pro"), ["3"]),
        (("--network", "Reddit"), ["2"]),
        (("--sentiment", "positive"), ["4"]),
        (("--author", "@kenji"), ["3"]),
        (("--source", "elsewhere"), []),
        (("--min-reach", "20000"), ["3"]),
        (("--since", "1h"), ["3", "2"]),
        (("--until", "1h"), ["1", "5", "4"]),
        (("--lang", "EN", "kettle"), ["4"]),
        (("-L", "2"), ["3", "2"]),
        (("-L", "0", "--since", "1h"), ["3", "2"]),
    ],
)
def test_a_search_finds_what_was_asked_for(house: House, words: tuple[str, ...], found: list[str]) -> None:
    assert numbers(house.oido("mentions", *words).stdout) == found


def test_nothing_found_is_exit_code_1_and_a_line_on_stderr(house: House) -> None:
    result = house.oido("mentions", "unicornio")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "No hay menciones así.\n")


@pytest.fixture
def half_hidden(new_house: House) -> House:
    """1 is shown; 2 and 3 are hidden, 3 is another brand's."""
    now = new_house.now
    new_house.hear(
        mention("I love Acme", id="1", relevance=0.9, seen_at=now, verdict=verdict(topics=("price", "quality"))),
        mention("acme of the mountain", id="2", relevance=0.05, hidden=True, seen_at=now),
        mention("luna llena", id="3", brand="Luna", relevance=0.1, hidden=True, seen_at=now),
    )
    return new_house


@pytest.mark.parametrize(
    ("words", "found"),
    [((), ["1"]), (("--hidden",), ["3", "2"]), (("--all",), ["3", "2", "1"]), (("--hidden", "--brand", "Luna"), ["3"])],
    ids=["shown", "hidden", "all", "hidden of a brand"],
)
def test_what_is_hidden_is_listed_when_asked_for(half_hidden: House, words: tuple[str, ...], found: list[str]) -> None:
    assert numbers(half_hidden.oido("mentions", *words).stdout) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "2 ocultas por no tratar de la marca: --hidden\n"),
        (("--brand", "Luna"), "No hay menciones así.\n1 oculta por no tratar de la marca: --hidden\n"),
        (("love",), ""),
        (("--all",), ""),
    ],
    ids=["all", "only hidden ones", "none", "shown already"],
)
def test_how_many_are_hidden_is_said_on_stderr(half_hidden: House, words: tuple[str, ...], said: str) -> None:
    assert half_hidden.oido("mentions", *words).stderr == said


def test_topics_relevance_and_sides_end_a_row(half_hidden: House) -> None:
    printed = half_hidden.oido("mentions", "--all", "--brand", "Acme").stdout
    assert [line.split("\t")[-3:] for line in printed.splitlines()] == [
        ["", "0.05", "yes"],
        ["price,quality", "0.9", "no"],
    ]


def test_on_a_terminal_how_relevant_it_is_stands_beside_what_is_hidden(half_hidden: House) -> None:
    with half_hidden.store() as store:
        store.label([3], "Ana", half_hidden.now, relevant=False)
    printed = plainly(half_hidden, "mentions", "--all")
    assert [word for word in ("relevancia", " 90 %", "(5 %)", "✗ Ana") if word not in printed] == []


def test_a_corrected_sentiment_is_nothing_that_the_model_is_sure_of(half_hidden: House) -> None:
    with half_hidden.store() as store:
        store.label([1], "Ana", half_hidden.now, sentiment="positive")
    (row,) = json.loads(half_hidden.oido("mentions", "--json").stdout)
    assert (row["sentiment"], row["confidence"], row["labelled_by"]) == ("positive", None, "Ana")
    assert "positiva ✓" in plainly(half_hidden, "mentions")


def test_that_there_is_more_is_said_on_stderr(house: House) -> None:
    result = house.oido("mentions", "-L", "2")
    assert (result.exit_code, result.stderr) == (0, "Solo 2; hay más: -L 0 lo da todo.\n")


@pytest.mark.parametrize("words", [('a"b',), ("NEAR(a b",), ("text:acme",), ("^a", "(*)", "AND"), ("ac-me*",)])
def test_no_word_is_an_error_to_the_database(house: House, words: tuple[str, ...]) -> None:
    result = house.oido("mentions", *words)
    assert result.exit_code == 1
    assert result.stderr == "No hay menciones así.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "soon"),
        ("--until", "2026-99"),
        ("--sentiment", "angry"),
        ("--min-reach", "many"),
        ("-L", "-1"),
        ("--json", "--csv"),
        ("--hidden", "--all"),
        ("***",),
    ],
)
def test_a_search_that_makes_no_sense_is_one_line_and_exit_code_2(house: House, words: tuple[str, ...]) -> None:
    result = house.oido("mentions", *words)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


def test_json_keys_are_those_of_csv(house: House) -> None:
    found = json.loads(house.oido("mentions", "--json").stdout)
    heading = next(csv.reader(house.oido("mentions", "--csv").stdout.splitlines()))
    assert list(found[0]) == heading == [
        "number", "published_at", "brand", "network", "source", "author", "author_name", "followers", "language",
        "sentiment", "confidence", "negative", "neutral", "positive", "intent", "level", "points", "reach", "likes",
        "shares", "comments", "views", "copies", "seen_at", "url", "title", "text", "topics", "relevance", "hidden",
        "labelled_by",
    ]  # fmt: skip


def test_json_of_nothing_is_an_empty_array(house: House) -> None:
    assert json.loads(house.oido("mentions", "unicornio", "--json").stdout) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=cmd|' /C calc'!A0"])
def test_a_formula_is_disarmed_in_csv(new_house: House, text: str) -> None:
    new_house.hear(mention(text, seen_at=new_house.now))
    (record,) = csv.DictReader(new_house.oido("mentions", "--csv").stdout.splitlines())
    assert record["text"].startswith("'")


def test_a_formula_is_left_alone_in_json(new_house: House) -> None:
    new_house.hear(mention("=1+1", seen_at=new_house.now))
    assert json.loads(new_house.oido("mentions", "--json").stdout)[0]["text"] == "=1+1"


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ("reach", ["kenji", "maria@social.example", "u/isla", "evil", "ana"]),
        ("engagement", ["maria@social.example", "kenji", "u/isla", "evil", "ana"]),
    ],
)
def test_authors_whose_value_is_unknown_come_last(house: House, by: str, found: list[str]) -> None:
    assert numbers(house.oido("authors", "--by", by).stdout) == found


def test_authors_of_one_brand_are_counted_alone(house: House) -> None:
    assert json.loads(house.oido("authors", "--brand", "Acme Pro", "--json").stdout)[0] | {"last_at": ""} == {
        "author": "kenji", "network": "mastodon", "name": None, "followers": 987_654, "engagement": None,
        "mentions": 1, "negative": 1, "last_at": "", "url": None,
    }  # fmt: skip


def test_nobody_is_exit_code_1(new_house: House) -> None:
    result = new_house.oido("authors")
    assert (result.exit_code, result.stderr) == (1, "No hay autores así.\n")
