"""What people type, as a question to FTS5."""

import sqlite3

import pytest

from monitor.cli.fulltext import sought


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("pedido roto", '"pedido" "roto"'),
        ('"pedido roto" Acme', '"pedido roto" "Acme"'),
        ("reemb*", '"reemb" *'),
        ('"no llega"*', '"no llega" *'),
        ('"never closed', '"never closed"'),
        ("a AND OR NOT b", '"a" "AND" "OR" "NOT" "b"'),
        ("*", ""),
        ("e-mail", '"e-mail"'),
        ("text:acme", '"text:acme"'),
        ("acme !!! 😡", '"acme"'),
    ],
)
def test_words_are_quoted(typed: str, question: str) -> None:
    if question:
        assert sought(typed) == question
    else:
        with pytest.raises(ValueError, match="no word"):
            sought(typed)


@pytest.mark.parametrize(
    "typed",
    [
        'a"b', '""', "^a", "a^b*", "NEAR(a b)", "a + b", "{text}: a", "a:b:c", "(", ")", "a)(", "--", "a;drop table x",
        "\0a", "*a*", "a**", 'a "*', "'", "%_", "-a", "a\nb", "ñandú", "退款", "\ud800a", "é" * 5000,
    ],
)  # fmt: skip
def test_nothing_that_is_typed_is_an_error_to_fts5(typed: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE words USING fts5 (title, text, tokenize = 'unicode61 remove_diacritics 2')")
    try:
        question = sought(typed)
    except ValueError:
        return
    question = question.encode("utf-8", "replace").decode()
    assert db.execute("SELECT * FROM words WHERE words MATCH ?", (question,)).fetchall() == []
    db.close()
