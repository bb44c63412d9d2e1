"""Near-duplicates and templates are found where they are planted, and what only looks like one is let be."""

from pathlib import Path

import pytest

from models.diversity import REPEATED, Post, main, post, search

APART = [
    "El sofá llegó con una pata de menos y el tornillo en otra caja",
    "Tres llamadas, dos correos y nadie sabe dónde está mi abono",
    "¿Abren los domingos en la tienda de Gracia?",
    "Mi abuela les compra el hilo desde antes de que yo naciera",
]
"""Posts that have nothing in common."""


def posts(*texts: str, brand: str = "", held_out: str = "") -> list[Post]:
    spread = [*APART, *texts]
    found = [post(text, where=f"a.tsv:{line}", brand=brand) for line, text in enumerate(spread, start=2)]
    return [*found, post(held_out, where="b.tsv:2", brand=brand, is_held_out=True)] if held_out else found


def told(found: list[Post]) -> list[str]:
    return [finding.what.split(",")[0] for finding in search(found)]


def test_posts_that_have_nothing_in_common_are_no_finding() -> None:
    assert told(posts()) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("El paquete de Luna lleva nueve días en Zaragoza", "El paquete de Luna lleva nueve días en Zaragoza"),
        ("El paquete lleva nueve días en Zaragoza", "EL PAQUETE LLEVA NUEVE DIAS EN ZARAGOZA!!"),
        ("El paquete lleva 9 días en Zaragoza", "El paquete lleva 4 días en Zaragoza 😡"),
        ("El paquete lleva nueve días parado en Zaragoza", "Mi paquete lleva ya nueve días parados en Zaragoza"),
        ("Parado en Zaragoza, el paquete, nueve días", "Nueve días el paquete parado en Zaragoza"),
        ("Nada mal, @luna", "nada mal"),
    ],
    ids=["same", "capitals and accents", "another number", "another ending", "another order", "two words"],
)
def test_a_post_told_twice_is_found(first: str, second: str) -> None:
    assert told(posts(first, second)) == ["near-duplicates"]


def test_a_template_filled_with_two_brands_is_found() -> None:
    spread = posts()
    for brand in ("Luna", "Casa Ombú"):
        spread.append(post(f"{brand} tarda siglos en mandar la factura del taller", brand=brand))
    assert told(spread) == ["near-duplicates"]


def test_the_same_text_with_another_brand_marked_is_a_comparison() -> None:
    text = "Luna tardó un mes; Sol, dos días y con una nota a mano"
    assert told([*posts(), post(text, brand="Luna"), post(text, brand="Sol")]) == []


def test_a_comparison_may_not_stand_on_both_sides() -> None:
    text = "Luna tardó un mes; Sol, dos días y con una nota a mano"
    spread = [*posts(), post(text, brand="Luna"), post(text, brand="Sol", is_held_out=True)]
    assert told(spread) == ["held-out post in training"]


def test_training_may_be_less_like_what_is_held_out_than_like_itself() -> None:
    first = "Día doce: el mapa sigue pintando la furgoneta en una rotonda de Getafe"
    second = "Día nueve. El mapa sigue pintando mi furgoneta en esa misma rotonda de Getafe, hijos de mi vida"
    assert told(posts(first, held_out=second)) == ["held-out post in training"]
    assert told(posts(first, second)) == []


@pytest.mark.parametrize("edge", ["open", "end"])
def test_an_opening_or_ending_that_too_many_share_is_a_template(edge: str) -> None:
    tails = ["verde", "azul marino", "roto", "sin tapa", "a medias", "tarde y mojado", "con otra talla"]
    same = "gracias por el regalo"
    planted = [f"{same} {tail}" if edge == "open" else f"{tail} {same}" for tail in tails[: REPEATED + 1]]
    found = [what for what in told(posts(*planted)) if what != "near-duplicates"]
    assert found == [f"{REPEATED + 1} posts {edge} alike: {same}"]


def test_the_command_names_file_and_line_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("text\tlang\nNada mal, la verdad\tes\nNada mal... la verdad!\tes\n", encoding="utf-8")
    assert main([str(path)]) == 1
    printed = capsys.readouterr().out
    assert f"{path}:2: Nada mal, la verdad" in printed
    assert f"{path}:3: Nada mal... la verdad!" in printed


def test_the_command_says_in_one_line_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.tsv")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
