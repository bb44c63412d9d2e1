"""Markup becomes text that people can read and a terminal can show, in linear time."""

import time
from datetime import UTC, datetime

import pytest

from connectors.text import clean, links, markdown, plain, redact, when


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hola &amp; adi&oacute;s</p><p>uno<br>dos</p>", "Hola & adiós\n\nuno\ndos"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("  a \n\t b&nbsp;c ", "a b c"),
        ("<script>if (a < b) { x() }</script>y<style>p{}</style>z", "yz"),
        ("a<!-- <p>b</p> -- > -->c", "ac"),
        ("<![CDATA[a]]>b", "ab"),
        ("x < y and 3 <4 <3", "x < y and 3 <4 <3"),
        ('<a title="a > b < c" href=x>l</a>', "l"),
        ("I <b said", "I <b said"),
        ("&lt;b&gt; &#233; &#xE9; &bogus; &", "<b> é é &bogus; &"),
        ("&#999999999999;x", "\ufffdx"),
        ('<img class="wp-smiley" alt="😀"><img alt="logo">', "😀"),
        ("<td>a</td><td>b</td>", "a b"),
        ("<P>A</P><BR/>B", "A\n\nB"),
        ("<SCRIPT>x</script >y", "y"),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(markup, text):
    assert plain(markup) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Title\n\nsome **bold** and *thin* ~~gone~~ `code`", "Title\n\nsome bold and thin gone code"),
        ("[a link](https://a.example/x) ![alt](https://b.example/y.png)", "a link alt"),
        ("> quoted\n\nanswer", "quoted\n\nanswer"),
        ("&gt; quoted &amp; answered", "quoted & answered"),
        ("snake_case stays, 2 * 3 too, \\*so\\* do escapes", "snake_case stays, 2 * 3 too, *so* do escapes"),
        (">!hidden!<", "hidden"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("```\ncode\n```", "code"),
    ],
)
def test_markdown_becomes_plain_text(source, text):
    assert markdown(source) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x1b[31mc\x07", "ab[31mc"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("Ac\u00adme\u200b\ufeff", "Acme"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("👩\u200d👩\u200d👧 fine", "👩\u200d👩\u200d👧 fine"),
        ("x\x9b31m", "x31m"),
    ],
)
def test_clean_text_cannot_drive_a_terminal(text, cleaned):
    assert clean(text) == cleaned


def test_long_text_is_cut():
    assert clean("x" * 50_000) == "x" * 19_999 + "…"


def test_links_are_found_once_and_in_order():
    markup = (
        '<a class=x href="https://a.example/?x=1&amp;y=2">x</a> see https://b.example/é. <img src="https://c.example/">'
    )
    assert links(markup + markup + '<a href="javascript:alert(1)">') == (
        "https://a.example/?x=1&y=2",
        "https://b.example/é",
    )


EXPECTED = datetime(2021, 9, 6, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 06 Sep 2021 10:00:00 GMT",
        "6 Sep 2021 12:00 +0200",
        "2021-09-06T10:00:00Z",
        "2021-09-06T10:00:00.000+0000",
        "2021-09-06T12:00:00+02:00",
        "2021-09-06 10:00:00 UTC",
        "2021-09-06 10:00:00",
        "20210906T100000Z",
        "1630922400",
        1630922400,
        1630922400.0,
        1630922400000,
    ],
)
def test_dates_in_any_dress_are_the_same(value):
    assert when(value) == EXPECTED


@pytest.mark.parametrize(
    "value",
    [
        None, "", "soon", "0000-00-00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", 0, -1, 1e300, True,
        "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 06 Sep 2021 10:00:00 +99999999", "1970-01-01", float("nan"), "9" * 5000,
        "Mon, 99 Sep 2021 10:00:00 GMT", "2021-13-45T99:99:99Z", float("inf"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(value):
    assert when(value) is None


def test_a_date_beyond_the_day_after_tomorrow_is_none():
    now = datetime(2026, 11, 2, tzinfo=UTC)
    assert when("2026-11-03T23:00:00Z", now=now) is not None
    assert when("2026-11-05T00:00:00Z", now=now) is None


def test_queries_and_passwords_are_hidden():
    message = "https://ana:hush@a.example/x?feed=hush&user=ana#hush and https://b.example/y?hush: 404"
    assert redact(message) == "https://…@a.example/x?feed=…&user=…#… and https://b.example/y?… 404"


HOSTILE = {
    "comments": "<!--" * 250_000,
    "opens": "<" * 1_000_000,
    "tags": "<a " * 300_000,
    "quotes": "<a \"'" * 200_000,
    "hrefs": "<a href=" * 120_000,
    "references": "&#x" * 300_000,
    "digits": "&#" + "9" * 1_000_000,
    "deep": "<div>" * 200_000,
    "scripts": "<script>" * 120_000,
    "brackets": "[" * 1_000_000,
    "markdown": "[a](" * 250_000,
    "stars": "*" * 1_000_000,
    "rules": "- " * 500_000,
    "addresses": "https://" * 120_000,
    "lines": "<br> " * 200_000,
    "spaces": " \n" * 500_000,
}


@pytest.mark.parametrize("read", [plain, markdown, links, clean, redact], ids=lambda read: read.__name__)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_takes_linear_time(read, name):
    start = time.process_time()
    read(HOSTILE[name])
    assert time.process_time() - start < 6
