"""What a query had better say, by a history in which Luna is a bag maker to some and the moon to the others."""

from collections.abc import Iterable
from typing import Any

import pytest

from monitor.query import parse
from monitor.suggest import Advice, Proposal, amended, suggest
from monitor.tree import Term
from monitor.types import Label, Record
from monitor.typical import Group, telling, terms, typical
from tests.builders import NOW, brand, mention

BAGS = (
    "El bolso de Luna llegó con la cremallera rota",
    "Tres semanas esperando el pedido de Luna y nadie contesta",
    "Me encanta la mochila nueva de Luna, la llevo a todas partes",
    "¿Luna hace envíos a Canarias? No lo veo en la web",
    "Luna me cobró dos veces el mismo bolso",
    "Los bolsos de Luna se descosen a la segunda semana",
    "La dependienta de Luna en Sevilla, un encanto",
    "Devolví la cartera de Luna y sigo sin el reembolso",
    "Luna ha subido los precios otra vez",
    "Mi Luna roja tiene ya cinco años y está como nueva",
    "The strap of my Luna bag snapped on the metro",
    "Luna's customer service answered within the hour, impressed",
)
MOONS = (
    "Esta noche la luna llena se verá enorme, no os la perdáis",
    "El eclipse de luna empieza a las diez, preparad el telescopio",
    "Luna llena sobre el mar, qué maravilla de foto",
    "Mañana hay eclipse y la luna se pondrá roja",
    "La NASA quiere volver a la luna antes de 2030",
    "Bajo la luna llena los lobos aúllan",
    "Cómo fotografiar la luna con un telescopio barato",
    "El eclipse de luna visto desde Canarias",
    "La luna llena de agosto se llama luna de esturión",
    "Con el telescopio nuevo vi los cráteres de la luna",
    "Full moon tonight, la luna llena no me deja dormir",
    "La misión de la NASA orbita la luna desde el lunes",
)
LUNA = brand("Luna", query="luna OR luna.example", handles=("@luna",))


def heard(number: int, text: str, *, told: bool | None = None, hidden: bool = False, **fields: Any) -> Record:
    """A mention of Luna that is a story of its own, by somebody else each time; `told` is what a person said of it."""
    label = Label(
        relevant=told,
        sentiment=None,
        by="ana",
        at=NOW,
        said=0.5,
        said_sentiment="neutral",
        said_negative=0.1,
        model="t",
    )
    own = {"brand": "Luna", "author": f"u{number}", "id": str(number), "hidden": hidden} | fields
    return Record(number=number, mention=mention(text, **own), label=None if told is None else label)


def judged(bags: Iterable[str] = BAGS, moons: Iterable[str] = MOONS) -> list[Record]:
    """The history as the model sees it: bags shown, moons hidden."""
    shown = [heard(number, text) for number, text in enumerate(bags, 1)]
    return shown + [heard(number, text, hidden=True) for number, text in enumerate(moons, 101)]


def advice(history: list[Record], **fields: Any) -> Advice:
    return suggest(fields.pop("of", LUNA), lambda: iter(history), **fields)


def found(history: list[Record], **fields: Any) -> dict[str, Proposal]:
    return {str(proposal): proposal for proposal in advice(history, **fields).proposals}


# What to leave out


def test_words_of_what_is_hidden_are_proposed_to_be_left_out() -> None:
    proposals = found(judged(BAGS * 3, MOONS * 3))
    assert {"-llena", "-eclipse", "-nasa"} <= proposals.keys()
    assert not {"-luna", "-bolso", "-semanas"} & proposals.keys()


def test_a_proposal_says_what_it_would_have_dropped() -> None:
    first = advice(judged()).proposals[0]
    assert (str(first), first.effect.hidden, first.effect.shown, first.effect.mentions) == ("-llena", 5, 0, 5)


def test_proposals_do_not_count_what_those_before_them_drop() -> None:
    proposals = advice(judged()).proposals
    assert sum(one.effect.mentions for one in proposals if one.leaves_out) <= len(MOONS)


def test_what_people_said_is_enough_without_a_model() -> None:
    said = [heard(number, text, told=False) for number, text in enumerate(MOONS, 1)]
    proposals = found(said + [heard(number, text) for number, text in enumerate(BAGS, 101)])
    assert proposals["-llena"].effect.irrelevant == 5


def test_a_person_is_believed_rather_than_the_model() -> None:
    wrong = [heard(number, text, told=True) for number, text in enumerate(MOONS, 101)]
    shown = [heard(number, text) for number, text in enumerate(BAGS, 1)]
    assert not any(proposal.leaves_out for proposal in advice(shown + wrong).proposals)


def test_losing_what_a_person_marked_relevant_is_told_and_not_done() -> None:
    many = [heard(200 + number, f"{text} eclipse", hidden=True) for number, text in enumerate(MOONS * 5)]
    advised = advice([*judged(), *many, heard(7, "La colección Eclipse de Luna", told=True)])
    eclipse = next(one for one in advised.proposals if str(one) == "-eclipse")
    assert (eclipse.effect.relevant, eclipse.is_safe) == ((7,), False)
    assert "eclipse" not in str(advised.query)


def test_a_word_that_stands_in_as_much_that_is_shown_is_not_proposed() -> None:
    proposals = found(
        judged([f"{text}, vista en Canarias" for text in BAGS], [f"{text} en Canarias" for text in MOONS])
    )
    assert "-canarias" not in proposals


def test_copies_of_one_story_prove_no_more_than_one() -> None:
    copies = [heard(200 + copy, "luna tatuaje", hidden=True, story="one") for copy in range(50)]
    shown = [heard(number, text) for number, text in enumerate(BAGS, 1)]
    assert "-tatuaje" not in found(shown + copies)


def test_what_the_query_leaves_out_already_is_not_proposed_again() -> None:
    assert "-eclipse" not in found(judged(), of=brand("Luna", query="luna -eclipse"))


def test_no_more_is_proposed_than_was_asked_for() -> None:
    assert len(advice(judged(), limit=1).proposals) == 1


@pytest.mark.parametrize("history", [[], judged(moons=())], ids=["nothing stored", "nothing hidden or marked"])
def test_without_anything_to_go_by_nothing_is_proposed(history: list[Record]) -> None:
    assert advice(history).proposals == ()


def test_advice_says_how_many_mentions_it_rests_on() -> None:
    rests = advice([*judged(), heard(7, "Luna", told=True), heard(8, "luna", told=False)]).found
    assert (rests.mentions, rests.relevant, rests.irrelevant, rests.hidden, rests.shown) == (26, (7,), 1, 12, 12)


# What to add


def tagged(word: str, moons: int = 0, **fields: Any) -> list[Record]:
    """The history with a word more in half of what is shown, and in so many of the moons."""
    bags = [f"{text} {word}" if number % 2 else text for number, text in enumerate(BAGS)]
    return judged(bags, [f"{text} {word}" if number < moons else text for number, text in enumerate(MOONS)])


@pytest.mark.parametrize("word", ["#LunaSevilla", "@luna_ayuda", "#bolsosluna", "lunabags"])
def test_another_name_for_the_brand_is_proposed(word: str) -> None:
    assert word.lower() in found(tagged(word))


@pytest.mark.parametrize("word", ["#luna", "@luna", "luna.example"])
def test_a_name_that_the_query_knows_is_not_proposed(word: str) -> None:
    assert word not in found(tagged(word))


def test_a_name_that_the_others_use_too_is_not_proposed() -> None:
    assert "#superluna" not in found(tagged("#superluna", moons=6))


def test_a_tag_that_one_author_uses_is_not_proposed() -> None:
    history = [heard(number, f"{text} #lunateam", author="fan") for number, text in enumerate(BAGS)]
    assert "#lunateam" not in found(history)


def test_a_site_of_its_own_that_posts_link_to_is_proposed() -> None:
    link = ("https://www.luna-shop.example/sale",)
    history = [heard(number, text, links=link) for number, text in enumerate(BAGS, 1)]
    assert "luna-shop.example" in found(history)


def test_a_gain_is_counted_among_what_is_stored_for_other_brands() -> None:
    others = [heard(300 + n, f"Sol responde mejor que #LunaSevilla {n}", brand="Sol") for n in range(4)]
    proposals = found([*tagged("#LunaSevilla"), *others, heard(400, "Luna y Sol #LunaSevilla", brand="Sol")])
    assert proposals["#lunasevilla"].effect.gained == 4


# The query


@pytest.mark.parametrize(
    ("query", "after"),
    [
        ("luna", "(luna OR #lunaroja) -eclipse"),
        ('luna OR "la luna"', '(luna OR "la luna" OR #lunaroja) -eclipse'),
        ("luna bolso -llena", "(luna bolso OR #lunaroja) -llena -eclipse"),
        ("(luna OR lunita) -llena -nasa", "(luna OR lunita OR #lunaroja) -llena -nasa -eclipse"),
    ],
)
def test_proposals_are_followed_within_the_query_that_there_is(query: str, after: str) -> None:
    effect = advice([]).found
    proposals = [
        Proposal(term=Term(text="eclipse"), leaves_out=True, effect=effect),
        Proposal(term=Term(text="#lunaroja", kind="tag"), leaves_out=False, effect=effect),
    ]
    assert amended(parse(query), proposals) == parse(after)


def test_the_advised_query_can_be_read_again() -> None:
    query = advice(tagged("#LunaSevilla")).query
    assert parse(str(query)) == query


# Words


def test_a_word_seen_twice_never_beats_one_seen_two_hundred_times() -> None:
    here, there = Group(), Group()
    for number in range(200):
        here.add({"often"} | ({"twice"} if number < 2 else set()))
        there.add({"else"})
    ranked = typical(here, there)
    assert ranked["often"] > ranked["twice"] > 0


def test_phrases_are_made_of_words_that_say_something() -> None:
    assert list(terms("La luna llena y el #Eclipse de 2027")) == ["luna", "llena", "#eclipse", "luna llena"]


def test_words_that_every_site_has_tell_nothing() -> None:
    words = {"bolso": 5, "cookies": 50, "para": 90, "taller": 3, "luna": 40, "2024": 9}
    assert telling(words, {"taller": 30, "zapato": 9}, frozenset({"luna"}), 5) == ["bolso", "taller"]
