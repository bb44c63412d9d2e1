"""Which Mango is meant: the clothes or the fruit."""

import pickle
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import BadWeights
from models.profile import LENGTH, Profile
from models.relevance import LATEST, RELEVANT, SHIPPED, UNTOLD, Glimpse, Relevance

PAGES = (
    """Mango: moda para mujer y hombre. Nueva colección de otoño: vestidos, abrigos, camisas, pantalones, bolsos y
    zapatos. Tienda online de Mango con envío gratis a tu tienda y devoluciones en treinta días. Rebajas de Mango en
    vestidos de fiesta, jerséis de punto y chaquetas. Encuentra tu tienda Mango en Barcelona, Madrid o Valencia.""",
    """Mango is a Spanish fashion retailer founded in Barcelona. It designs and sells clothing, dresses, coats,
    jackets, shoes and accessories in its stores and online. The Mango store on Paseo de Gracia was the first. Mango
    Man is its menswear line; its runway collections are shown in Barcelona. Returns are free in any Mango store.""",
)
CLOTHES = (
    "El vestido de Mango que pedí llegó con la cremallera rota",
    "Las rebajas de Mango en abrigos y jerséis son una trampa",
    "Mango no me acepta la devolución en la tienda de Valencia",
    "Compré unos zapatos en Mango y se despegaron en dos días",
    "The coat I ordered from Mango never came to the store",
    "Mango dresses are lovely but returns take three weeks",
    "New Mango store in Madrid, the autumn collection is gorgeous",
    "Is the Mango jacket true to size? Ordering it online",
)
FRUIT = (
    "me comí un mango bien maduro con chile y limón",
    "receta de batido de mango con leche de coco",
    "el mango de la sartén quema, cuidado",
    "hoy toca helado de mango y maracuyá",
    "this mango is so ripe and sweet, peeling it now",
    "mango lassi with yoghurt and cardamom, so good",
    "the mango tree in my garden has fruit at last",
    "sliced mango with sticky rice for lunch",
)


@pytest.fixture(scope="module")
def relevance() -> Relevance:
    return Relevance.load()


def mango(**known: object) -> Profile:
    return Profile.build("Mango", **{"texts": PAGES, "host": "mango.com", **known})  # type: ignore[arg-type]


def posts(texts: Sequence[str]) -> list[Glimpse]:
    return [Glimpse(text=text) for text in texts]


def towards(direction: int) -> bytes:
    """An embedding that stands in a direction of its own."""
    vector = np.full(LENGTH, 5, dtype=np.int8)
    vector[direction::4] = 9
    return vector.tobytes()


def test_clothes_are_told_from_fruit_without_a_label(relevance: Relevance):
    clothes, fruit = (relevance.judge(posts(texts), mango()) for texts in (CLOTHES, FRUIT))
    ranked = [one > other for one in clothes for other in fruit]
    assert sum(ranked) / len(ranked) >= 0.85


def test_posts_about_the_clothes_are_shown_without_a_label(relevance: Relevance):
    assert min(relevance.judge(posts(CLOTHES), mango())) >= RELEVANT


def test_a_few_thumbs_hide_the_fruit_and_keep_the_clothes(relevance: Relevance):
    examples = [(glimpse, so) for texts, so in ((CLOTHES, True), (FRUIT, False)) for glimpse in posts(texts[::2])]
    lessons = relevance.learn(mango(), examples)
    clothes, fruit = (relevance.judge(posts(texts[1::2]), mango(), lessons) for texts in (CLOTHES, FRUIT))
    assert min(clothes) >= RELEVANT
    before = relevance.judge(posts(FRUIT[1::2]), mango())
    assert np.mean(fruit) < np.mean(before)


@pytest.mark.parametrize("count", [1, 3, 8])
def test_thumbs_down_alone_do_not_hide_everything(relevance: Relevance, count: int):
    lessons = relevance.learn(mango(), [(glimpse, False) for glimpse in posts(FRUIT[:count])])
    assert min(relevance.judge(posts(CLOTHES), mango(), lessons)) >= RELEVANT


def test_a_post_marked_irrelevant_sinks(relevance: Relevance):
    marked = posts(FRUIT[:1])
    lessons = relevance.learn(mango(), [(marked[0], False)])
    assert relevance.judge(marked, mango(), lessons) < relevance.judge(marked, mango())


def test_a_brand_that_nothing_is_known_of_is_shown(relevance: Relevance):
    assert relevance.judge(posts(FRUIT), None) == [UNTOLD] * len(FRUIT)


def test_a_name_alone_tells_something(relevance: Relevance):
    bare = Profile.build("Mango")
    written, meant = relevance.judge(posts(["I love mango juice", "I love Mango dresses"]), bare)
    assert written < meant


def test_a_brand_without_pages_hides_no_post_about_it(relevance: Relevance):
    assert min(relevance.judge(posts(CLOTHES), Profile.build("Mango"))) >= RELEVANT


def test_a_link_to_the_brands_own_site_counts(relevance: Relevance):
    plain = Glimpse(text="mira esto mango")
    linked = replace(plain, links=("https://shop.mango.com/es/vestido",))
    other = replace(plain, links=("https://notmango.com/",))
    without, own, foreign = relevance.judge([plain, linked, other], mango())
    assert own > max(without, foreign) + 0.1


def test_meaning_counts_when_it_is_known(relevance: Relevance):
    known = mango(embed=lambda texts: [towards(0) for _ in texts])
    near, far = (Glimpse(text="mango otra vez", embedding=towards(direction)) for direction in (0, 1))
    one, other = relevance.judge([near, far], known)
    assert one > other


def test_a_page_of_posts_is_judged_as_each_alone(relevance: Relevance):
    lessons = relevance.learn(mango(), [(glimpse, False) for glimpse in posts(FRUIT)])
    together = relevance.judge(posts(CLOTHES + FRUIT), mango(), lessons)
    alone = [relevance.judge([glimpse], mango(), lessons)[0] for glimpse in posts(CLOTHES + FRUIT)]
    assert together == pytest.approx(alone, abs=1e-4)


def test_the_order_of_thumbs_does_not_matter(relevance: Relevance):
    examples = [(glimpse, so) for texts, so in ((CLOTHES, True), (FRUIT, False)) for glimpse in posts(texts)]
    one, other = relevance.learn(mango(), examples), relevance.learn(mango(), examples[::-1])
    assert one.weights == pytest.approx(other.weights, abs=1e-3)


def test_no_thumbs_change_nothing(relevance: Relevance):
    lessons = relevance.learn(mango(), [])
    assert relevance.judge(posts(FRUIT), mango(), lessons) == relevance.judge(posts(FRUIT), mango())


def test_only_the_latest_thumbs_are_learned(relevance: Relevance):
    lessons = relevance.learn(mango(), [(Glimpse(text=f"mango {n}"), n % 2 == 0) for n in range(LATEST + 100)])
    assert lessons.examples == LATEST


@settings(deadline=None, max_examples=50)
@given(
    text=st.text(st.characters(), max_size=200),
    name=st.text(st.characters(), max_size=20),
    handle=st.none() | st.text(st.characters(), max_size=20),
    url=st.none() | st.text(st.characters(), max_size=40),
)
def test_any_post_and_name_get_a_probability(
    relevance: Relevance, text: str, name: str, handle: str | None, url: str | None
):
    glimpse = Glimpse(text=text, title=name, handle=handle, author_name=handle, url=url, links=(url or "",))
    profile = Profile.build(name, host=url, handles=[handle or ""], rivals=[name], texts=[text])
    lessons = relevance.learn(profile, [(glimpse, False)])
    for learned in (None, lessons):
        assert 0 <= relevance.judge([glimpse], profile, learned)[0] <= 1


def test_no_posts_get_no_probabilities(relevance: Relevance):
    assert relevance.judge([], mango()) == []


@pytest.mark.parametrize("length", [1, LENGTH - 1, LENGTH + 1], ids=["one byte", "short", "long"])
def test_a_foreign_embedding_is_done_without(relevance: Relevance, length: int):
    known = mango(embed=lambda texts: [towards(0) for _ in texts])
    plain = Glimpse(text="Mango abre tienda")
    assert relevance.judge([replace(plain, embedding=bytes(length))], known) == relevance.judge([plain], known)


def test_a_damaged_file_is_refused(tmp_path: Path):
    damaged = tmp_path / "relevance.npz"
    damaged.write_bytes(SHIPPED.read_bytes()[:-1_000])
    with pytest.raises(BadWeights):
        Relevance.load(damaged)


def test_a_pickle_is_not_recommended(tmp_path: Path):
    (tmp_path / "relevance.npz").write_bytes(pickle.dumps({"name": "mine"}))
    with pytest.raises(BadWeights, match=r"no archive of arrays\); install again"):
        Relevance.load(tmp_path / "relevance.npz")


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(BadWeights, match="no weights there"):
        Relevance.load(tmp_path / "relevance.npz")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", np.array(99)),
        ("traits", np.array(["luck"])),
        ("weights", np.zeros((1, 1))),
        ("bias", np.array([np.nan, 0, 0])),
        ("rarity", np.zeros(3, np.uint8)),
    ],
    ids=["format", "traits", "shape", "not finite", "rarity"],
)
def test_a_foreign_file_is_refused(tmp_path: Path, name: str, value: "np.typing.NDArray[np.generic]"):
    with np.load(SHIPPED) as kept:
        arrays = {**kept, name: value}
    np.savez(tmp_path / "foreign.npz", **arrays)
    with pytest.raises(BadWeights):
        Relevance.load(tmp_path / "foreign.npz")


def test_what_ships_is_small():
    assert SHIPPED.stat().st_size < 1_000_000


def test_a_label_that_the_prior_is_sure_against_hides_nothing_else(relevance: Relevance):
    # A whole Newton step overshot here, and turned every other post of the brand irrelevant.
    sure = [(glimpse, True) for glimpse in posts(CLOTHES)] + [(Glimpse(text=CLOTHES[0]), False)]
    assert min(relevance.judge(posts(CLOTHES[1:]), mango(), relevance.learn(mango(), sure))) >= RELEVANT


def test_thumbs_change_a_thousand_mentions_in_well_under_a_second(relevance: Relevance):
    mentions = [Glimpse(text=f"{text} {number}") for number, text in enumerate([*CLOTHES, *FRUIT] * 100)][:1_000]
    thumbs = [(glimpse, number % 2 == 0) for number, glimpse in enumerate(mentions[:200])]
    start = time.process_time()
    relevance.judge(mentions, mango(), relevance.learn(mango(), thumbs))
    assert time.process_time() - start < 1.0  # 0.2 s by itself; the machine that tests may be busy
