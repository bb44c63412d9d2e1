"""Lists from strangers: what does not fit is left out, and when nothing does it is said."""

import msgspec
import pytest

from connectors.decode import address, count, readable
from connectors.errors import Malformed


class Dish(msgspec.Struct):
    name: str


def raws(*entries):
    return [msgspec.Raw(entry) for entry in entries]


def test_what_does_not_fit_is_left_out_and_logged(caplog):
    dishes = readable(raws(b'{"name":"tortilla"}', b'{"name":7}', b"null"), Dish, "https://bar.example/?key=s3cret")
    assert [dish.name for dish in dishes] == ["tortilla"]
    assert caplog.records[0].facts["entries"] == 2
    assert caplog.records[0].name.startswith("oido.")


def test_the_log_tells_no_secret(caplog):
    readable(raws(b'{"name":"tortilla"}', b"null"), Dish, "https://bar.example/?key=s3cret")
    assert "s3cret" not in str(caplog.records[0].__dict__)


def test_when_none_of_several_fits_the_network_has_changed():
    with pytest.raises(Malformed) as malformed:
        readable(raws(b'{"dish":1}', b'{"dish":2}'), Dish, "bar")
    assert malformed.value.sample == b'{"dish":1}'


def test_a_single_entry_that_does_not_fit_does_not_stop_the_source(caplog):
    assert readable(raws(b"{}"), Dish, "bar") == []
    assert caplog.messages == ["entries left out"]


def test_of_nothing_comes_nothing():
    assert readable([], Dish, "bar") == []


@pytest.mark.parametrize(("number", "known"), [(3, 3), (0, 0), (-1, None), (None, None)])
def test_a_count_below_zero_is_unknown(number, known):
    assert count(number) == known


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://acme.example/ñ", "https://acme.example/ñ"),
        ("https://acme.example/\u202ea", "https://acme.example/a"),
        ("javascript:alert(1)", None),
        ("//acme.example", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_one_that_a_person_may_follow(url, known):
    assert address(url) == known
