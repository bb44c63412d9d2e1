"""One value of a configuration changed, every other byte as it was."""

import pytest

from monitor.config.change import changed

TWO = 'a = 1\n\n[[brand]]\nname = "Luna"\n{}\n[[brand]]\nname = "Sol" # query = "x"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("query = 'luna'", 'query = "lunita"'),
        ('  query="luna \\" #"   # ours', '  query="lunita"   # ours'),
    ],
)
def test_a_value_is_replaced_and_the_comment_behind_it_stays(before: str, after: str) -> None:
    assert changed(TWO.format(before), "brand", 1, "query", "lunita") == TWO.format(after)


def test_a_value_that_is_not_there_comes_first_in_its_table() -> None:
    after = TWO.format("").replace('name = "Sol"', 'query = "sol"\nname = "Sol"')
    assert changed(TWO.format(""), "brand", 2, "query", "sol") == after


def test_lines_end_as_they_did() -> None:
    text = '[[brand]]\r\nquery = "a"\r\n'
    assert changed(text, "brand", 1, "query", "b") == '[[brand]]\r\nquery = "b"\r\n'
    assert changed('[[brand]]\r\nname = "A"', "brand", 1, "query", "b") == '[[brand]]\r\nquery = "b"\r\nname = "A"'


@pytest.mark.parametrize(
    "text",
    [
        'brand = [{ name = "Luna", query = "a" }]\n',
        '[[brand]]\nquery = """\na"""\n',
        '[[brand]]\nnote = """\nquery = "x"\n"""\n"query" = "a"\n',
    ],
    ids=["inline", "of several lines", "in a text of several lines"],
)
def test_what_stands_otherwise_is_left_to_an_editor(text: str) -> None:
    with pytest.raises(LookupError):
        changed(text, "brand", 1, "query", "b")
