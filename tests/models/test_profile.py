"""What is known of a brand from its own pages."""

import json

import pytest

from models.errors import BadProfile
from models.profile import CHUNKS, LENGTH, Profile, squeezed

PAGES = (
    "Mango Moda abre tienda. La nueva colección de vestidos de Mango llega a la tienda de Barcelona.",
    "Mango is a fashion retailer from Barcelona. Visit a Mango store for dresses, coats and shoes.",
)


def brand(**known: object) -> Profile:
    return Profile.build("Mango", **{"texts": PAGES, **known})  # type: ignore[arg-type]


def test_the_words_of_the_pages_are_counted_without_capitals_and_accents():
    assert brand().words["barcelona"] == 2
    assert brand().words["coleccion"] == 1


def test_the_words_beside_the_name_are_counted():
    assert brand().after["store"] == 1
    assert brand().before["de"] == 1


def test_a_profile_survives_being_kept():
    built = brand(
        names=("Mango Outlet",),
        handles=("@mango",),
        host="https://shop.mango.com/es",
        rivals=("Zara",),
        embed=lambda texts: [bytes(LENGTH) for _ in texts],
    )
    assert Profile.from_json(built.to_json()) == built


def test_a_brand_without_pages_has_a_profile():
    assert Profile.build("Mango").names == ("Mango",)


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("mango.com", "mango.com"),
        ("https://www.Mango.com/es/", "mango.com"),
        ("http://mango.com:8080", "mango.com"),
        ("", None),
        (None, None),
    ],
)
def test_a_site_is_kept_as_its_host(host: str | None, kept: str | None):
    assert brand(host=host).host == kept


def test_a_long_page_does_not_crowd_out_a_short_one():
    asked: list[str] = []

    def embed(texts: object) -> list[bytes]:
        asked.extend(texts)  # type: ignore[call-overload]
        return [bytes(LENGTH) for _ in asked]

    built = brand(texts=("larga " * 10_000, "corta y buena"), embed=embed)
    assert "corta y buena" in asked
    assert len(built.chunks) == CHUNKS


def test_pages_that_nobody_can_embed_leave_no_pieces():
    assert brand(embed=lambda texts: [b"" for _ in texts]).chunks == ()


def test_a_name_is_squeezed_as_handles_spell_it():
    assert squeezed("AC/DC") == "acdc"


KEPT = json.loads(brand().to_json())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        json.dumps({**KEPT, "format": 99}),
        json.dumps({**KEPT, "names": "Mango"}),
        json.dumps({**KEPT, "name": 1}),
        json.dumps({**KEPT, "words": {"a": -1}}),
        json.dumps({**KEPT, "words": {"a": "b"}}),
        json.dumps({**KEPT, "chunks": ["AAAA"]}),
        json.dumps({**KEPT, "chunks": ["!"]}),
        json.dumps({**KEPT, "chunks": None}),
        json.dumps({name: value for name, value in KEPT.items() if name != "host"}),
    ],
    ids=[
        "empty",
        "list",
        "null",
        "cut",
        "deep",
        "format",
        "names",
        "name",
        "negative",
        "words",
        "short chunk",
        "no base64",
        "no chunks",
        "missing",
    ],
)
def test_a_damaged_profile_is_refused(text: str):
    with pytest.raises(BadProfile):
        Profile.from_json(text)
