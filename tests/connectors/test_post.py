"""What a post says as a whole."""

import pytest

from tests.builders import post


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        (None, "Acme is broken."),
        ("0", "0.\nAcme is broken."),
        ("Again?", "Again?\nAcme is broken."),
    ],
)
def test_a_title_is_a_sentence_of_its_own(title: str | None, whole: str) -> None:
    assert post(title=title, text="Acme is broken.").whole == whole
