"""Which brands a post names: every operator, every script, own accounts, and a slow evaluator that must agree."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.post import Author, Post
from monitor.bulk import Folder
from monitor.fold import fold, tidy
from monitor.match import PAGE, Matcher
from monitor.query import QueryError, parse
from monitor.tree import And, Node, Not, Or, Term
from monitor.types import Brand
from tests.builders import post


def brand(query: str, name: str = "Luna", handles: tuple[str, ...] = ()) -> Brand:
    return Brand(name=name, query=parse(query), handles=handles)


def names(brands: Brand | list[Brand], of: Post | str) -> list[str]:
    matcher = Matcher(brands if isinstance(brands, list) else [brands])
    [found] = matcher.match([of if isinstance(of, Post) else post(of)])
    return [brand.name for brand in found]


@pytest.mark.parametrize(
    ("query", "text", "is_named"),
    [
        pytest.param("luna", "Me encanta LUNA", True, id="capitals do not count"),
        pytest.param("mañana", "hasta manana", True, id="ñ folds to n"),
        pytest.param("manana", "hasta man\u0303ana", True, id="combining tilde"),
        pytest.param("=mañana", "hasta manana", False, id="exact ñ"),
        pytest.param("=mañana", "hasta man\u0303ana", True, id="exact ñ, decomposed"),
        pytest.param("=Luna", "la luna", False, id="exact capital absent"),
        pytest.param("=Luna", "la luna de Luna", True, id="exact capital present"),
        pytest.param("=Luna", "Lunares, Lunar", False, id="exact is a whole word"),
        pytest.param('="Luna Roja"', "de Luna\n  Roja.", True, id="exact phrase across a line break"),
        pytest.param('="Luna Roja"', "de Luna roja", False, id="exact phrase in other capitals"),
        pytest.param("luna", "lunar", False, id="longer word"),
        pytest.param("luna", "mediluna", False, id="end of a word"),
        pytest.param("luna", "luna2", False, id="digit joins"),
        pytest.param("luna", "luna_x", False, id="underscore joins"),
        pytest.param("luna", "media-luna", True, id="hyphen parts"),
        pytest.param("luna", "Luna's", True, id="apostrophe parts"),
        pytest.param("luna", "l’luna", True, id="curly apostrophe parts"),
        pytest.param("luna", "#luna", True, id="a tag holds the word"),
        pytest.param("luna", "@luna", True, id="a handle holds the word"),
        pytest.param("luna", "https://shop.example/luna/bolsos", True, id="an address in the text holds the word"),
        pytest.param("luna", "Luna™ y más", True, id="trademark sign"),
        pytest.param("luna", "lu\u00adna", True, id="soft hyphen"),
        pytest.param("luna", "𝐋𝐮𝐧𝐚 es genial", True, id="mathematical letters"),
        pytest.param("luna", "ＬＵＮＡ", True, id="full width"),
        pytest.param("luna", "luna🌙", True, id="emoji parts"),
        pytest.param("luna", "luna\u0301", True, id="mark after the word"),
        pytest.param("luna", "Lunaの新作", True, id="japanese around"),
        pytest.param("ルナ", "新作のルナです", True, id="japanese inside a sentence"),
        pytest.param("ハハ", "ババ", False, id="voicing marks count"),
        pytest.param("月", "月曜日", True, id="ideograph"),
        pytest.param("กา", "กา่", False, id="thai mark on the last letter"),
        pytest.param("루나", "루나 신발", True, id="hangul"),
        pytest.param("루나", "루난", False, id="hangul final consonant"),
        pytest.param("루나*", "루나는", True, id="hangul with a particle"),
        pytest.param("лента", "ЛЕНТА!", True, id="cyrillic"),
        pytest.param("λόγος", "ΛΟΓΟΣ", True, id="greek final sigma"),
        pytest.param("strasse", "die Straße", True, id="sharp s"),
        pytest.param("straße", "STRASSE", True, id="sharp s in the query"),
        pytest.param("luna", "ßßßßﬁﬁİİ luna ßßß", True, id="offsets after characters that grow"),
        pytest.param("luna", "ßßßßﬁﬁİİ lunaß", False, id="boundary after characters that grow"),
        pytest.param("istanbul", "İSTANBUL", True, id="dotted capital i"),
        pytest.param("sostrene", "Søstrene", True, id="o with stroke"),
        pytest.param('"luna roja"', "una Luna   roja.", True, id="phrase over spaces"),
        pytest.param('"luna roja"', "luna, roja", False, id="phrase with a comma between"),
        pytest.param("H&M", "en H&M hoy", True, id="ampersand"),
        pytest.param("C++", "aprendo c++.", True, id="plus"),
        pytest.param("luna roja", "roja la luna", True, id="and in any order"),
        pytest.param("luna roja", "la luna", False, id="and needs both"),
        pytest.param("luna OR roja", "muy roja", True, id="or"),
        pytest.param("luna -eclipse", "eclipse de luna", False, id="excluded"),
        pytest.param("luna -eclipse", "eclipses de luna", True, id="only the whole word excludes"),
        pytest.param("luna -(eclipse mar)", "luna y eclipse", True, id="excluded only together"),
        pytest.param("luna -(eclipse mar)", "luna, mar y eclipse", False, id="excluded together"),
        pytest.param("(luna -mar) OR sol", "luna, mar y sol", True, id="exclusion in one alternative"),
        pytest.param("luna*", "lunares", True, id="prefix"),
        pytest.param("luna*", "luna", True, id="prefix alone"),
        pytest.param("luna*", "mediluna", False, id="prefix begins the word"),
        pytest.param("=Luna*", "Lunares", True, id="exact prefix"),
        pytest.param("=Luna*", "lunares", False, id="exact prefix in other capitals"),
        pytest.param("#luna", "ven a #Luna", True, id="tag"),
        pytest.param("#luna", "luna", False, id="tag needs its sign"),
        pytest.param("#luna", "#lunaroja", False, id="longer tag"),
        pytest.param("#luna*", "#lunaroja", True, id="tag prefix"),
        pytest.param("#luna", "x#luna", False, id="tag inside a word"),
        pytest.param("@luna", "gracias @Luna!", True, id="handle"),
        pytest.param("@luna", "ana@luna.es", False, id="address of a mailbox is no handle"),
        pytest.param("@luna", "gracias @luna.", True, id="full stop after a handle"),
        pytest.param("@luna", "@luna.tienda", False, id="longer handle with a dot"),
        pytest.param("@luna", "@luna-tienda", False, id="longer handle with a hyphen"),
        pytest.param("@luna", "@luna@mastodon.social", True, id="handle on any server"),
        pytest.param("@luna", "@luna.bsky.social", True, id="handle on bluesky's server"),
        pytest.param("@luna@mastodon.social", "@luna@other.example", False, id="handle on another server"),
        pytest.param("@luna", "¿qué dice u/luna?", True, id="reddit's way of writing"),
        pytest.param("luna.es", "mira luna.es/bolsos", True, id="domain in the text"),
        pytest.param("luna.es", "mira https://www.luna.es", True, id="subdomain in the text"),
        pytest.param("luna.es", "escribe a info@luna.es", True, id="mail address of the domain"),
        pytest.param("luna.es", "media-luna.es", False, id="longer name"),
        pytest.param("luna.es", "luna.es.example", False, id="domain inside another"),
        pytest.param("luna.es", "luna.es-ofertas.example", False, id="look-alike"),
        pytest.param("luna.es", "luna.esto", False, id="longer last label"),
        pytest.param("luna.es", "en luna.es.", True, id="domain before a full stop"),
    ],
)
def test_a_query_matches_what_people_mean_by_it(query: str, text: str, is_named: bool) -> None:
    assert names(brand(query), text) == (["Luna"] if is_named else [])


@pytest.mark.parametrize(
    ("query", "link", "is_named"),
    [
        pytest.param("luna.es", "https://luna.es/x", True, id="host"),
        pytest.param("luna.es", "https://shop.luna.es", True, id="subdomain"),
        pytest.param("luna.es", "https://evil.example/luna.es", False, id="path"),
        pytest.param("luna.es", "https://user:pw@luna.es:8080/", True, id="port and user"),
        pytest.param("luna.es", "luna.es/x", True, id="no scheme"),
        pytest.param("luna.es", "http://[broken", False, id="not an address"),
        pytest.param("mañana.es", "https://xn--maana-pta.es/", True, id="punycode"),
        pytest.param("luna", "https://luna.es/luna", False, id="a word is not looked for in links"),
        pytest.param("@luna@a.example", "https://a.example/@Luna/123", True, id="page of a handle"),
        pytest.param("@luna", "https://a.example/@luna", True, id="page of a handle anywhere"),
        pytest.param("@luna@a.example", "https://b.example/@luna", False, id="page on another server"),
    ],
)
def test_links_count_for_domains_and_handles(query: str, link: str, is_named: bool) -> None:
    assert names(brand(query), post("mira esto", links=(link,))) == (["Luna"] if is_named else [])


def test_the_title_counts() -> None:
    assert names(brand("luna"), post("nada", title="Luna abre tienda")) == ["Luna"]


def test_a_phrase_does_not_run_from_title_to_text() -> None:
    assert names(brand('"luna roja"'), post("roja", title="luna")) == []


def test_words_of_one_query_may_stand_in_title_and_text() -> None:
    assert names(brand("luna roja"), post("roja", title="luna")) == ["Luna"]


def test_one_post_may_name_several_brands_in_the_order_given() -> None:
    brands = [brand("sol", "Sol"), brand("luna", "Luna"), brand("mar", "Mar")]
    assert names(brands, "luna y sol") == ["Sol", "Luna"]


def test_each_post_of_a_page_gets_its_own_answer() -> None:
    page = [post("luna"), post("nada"), post("sol")]
    found = Matcher([brand("luna", "Luna"), brand("sol", "Sol")]).match(page)
    assert [[brand.name for brand in brands] for brands in found] == [["Luna"], [], ["Sol"]]


def test_what_is_all_about_a_brand_need_not_name_it() -> None:
    page = [post("vaya desastre"), post("luna sin sol"), post("gracias", author=Author(handle="lunashop"))]
    brands = [brand("luna", "Luna", handles=("@lunashop",)), brand("sol", "Sol")]
    found = Matcher(brands).match(page, about="Luna")
    assert [[brand.name for brand in named] for named in found] == [["Luna"], ["Luna", "Sol"], []]


def test_no_brands_name_nothing() -> None:
    assert Matcher([]).match([post("luna")]) == [()]


def test_overlapping_literals_are_all_found() -> None:
    brands = [brand('"luna roja"', "A"), brand('"roja de madrid"', "B"), brand("roja", "C")]
    assert names(brands, "la luna roja de Madrid") == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("handle", "text", "is_named"),
    [
        pytest.param("luna_shop", "hola @luna_shop", True, id="bare"),
        pytest.param("@luna_shop", "hola @luna_shop", True, id="with at"),
        pytest.param("luna@a.example", "hola @luna@a.example", True, id="with server"),
        pytest.param("luna@a.example", "hola @luna", False, id="its server is part of the name"),
        pytest.param("luna.bsky.social", "hola @luna.bsky.social", True, id="bluesky"),
        pytest.param("u/luna_shop", "hola u/luna_shop", True, id="reddit"),
        pytest.param("", "hola @ana", False, id="empty handle names nobody"),
    ],
)
def test_naming_a_handle_names_the_brand(handle: str, text: str, is_named: bool) -> None:
    assert names(brand("=LunaShop", handles=(handle,)), text) == (["Luna"] if is_named else [])


def test_what_the_query_excludes_outweighs_a_handle() -> None:
    assert names(brand("luna -eclipse", handles=("lunashop",)), "@lunashop y el eclipse") == []


def test_what_one_alternative_excludes_does_not_outweigh_a_handle() -> None:
    assert names(brand("(luna -eclipse) OR sol", handles=("lunashop",)), "@lunashop y el eclipse") == ["Luna"]


@pytest.mark.parametrize(
    ("own", "author", "url", "is_own"),
    [
        pytest.param("luna", "luna", None, True, id="same"),
        pytest.param("@Luna", "luna", None, True, id="at and capitals"),
        pytest.param("luna", "luna@a.example", None, True, id="author on a server"),
        pytest.param("luna@a.example", "luna@a.example", None, True, id="same server"),
        pytest.param("luna@a.example", "luna@b.example", None, False, id="another server"),
        pytest.param("luna@a.example", "luna", None, True, id="author's server unknown"),
        pytest.param("luna@a.example", "luna", "https://www.a.example/@luna", True, id="author's page is there"),
        pytest.param("luna@a.example", "luna", "https://reddit.example/u/luna", False, id="author's page is elsewhere"),
        pytest.param("luna", "luna.bsky.social", None, True, id="bluesky's own server"),
        pytest.param("luna.bsky.social", "luna.bsky.social", None, True, id="bluesky"),
        pytest.param("luna", "lunar", None, False, id="another name"),
        pytest.param("u/luna", "luna", None, True, id="reddit"),
    ],
)
def test_what_a_brand_writes_itself_is_no_mention(own: str, author: str, url: str | None, is_own: bool) -> None:
    written = post("En Luna abrimos hoy", author=Author(handle=author, url=url))
    assert names(brand("luna", handles=(own,)), written) == ([] if is_own else ["Luna"])


def test_what_a_brand_writes_may_mention_another() -> None:
    brands = [brand("luna", "Luna", ("luna",)), brand("sol", "Sol")]
    assert names(brands, post("luna y sol", author=Author(handle="luna"))) == ["Sol"]


def test_the_terms_of_all_brands_stand_once_in_their_order() -> None:
    assert Matcher([brand("luna OR sol"), brand("Sol OR mar", "B")]).terms == ("luna", "sol", "mar")


def test_the_fingerprint_does_not_depend_on_the_order_or_spelling() -> None:
    one, other = brand("luna OR sol"), brand("mar", "B")
    assert Matcher([one, other]).fingerprint == Matcher([other, brand("luna|sol")]).fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(brand("luna OR mar"), id="query"),
        pytest.param(brand("luna", "Lune"), id="name"),
        pytest.param(brand("luna", handles=("luna",)), id="handles"),
    ],
)
def test_the_fingerprint_changes_with_what_decides(changed: Brand) -> None:
    assert Matcher([changed]).fingerprint != Matcher([brand("luna")]).fingerprint


# What a person would write without caring for speed: one regular expression per literal, tried on every post.

ALONE, ACUTE = "ルナ月", "\u0301"


def holds(node: Node, written: Post) -> bool:
    match node:
        case Term():
            return holds_term(node, written)
        case Not(term=term):
            return not holds_term(term, written)
        case And(parts=parts):
            return all(holds(part, written) for part in parts)
        case Or(parts=parts):
            return any(holds(part, written) for part in parts)


def holds_term(term: Term, written: Post) -> bool:
    change = tidy if term.exact else fold
    literal = re.escape(change(term.text))
    letter = rf"(?:[^\W{ALONE}]|{ACUTE})"
    left = rf"(?<!{letter})" if term.text[0] not in ALONE else ""
    right = "" if term.prefix else rf"(?!{ACUTE})" if term.text[-1] in ALONE else rf"(?!{letter})"
    spellings = [left + literal + right]
    if term.kind == "handle":
        spellings = [rf"{left}(?:{literal}|u/{literal[1:]}){right}(?:(?=\.bsky\.social)|(?![.-]{letter}))"]
    if term.kind == "domain":
        spellings = [rf"(?<!-){left}{literal}{right}(?![.-]{letter})"]
    return any(
        re.search(spelling, change(part)) for spelling in spellings for part in (written.title or "", written.text)
    )


LITERALS = st.sampled_from(
    [
        *("luna", "roja", "mañana", "straße", "una", "ルナ", "ル", "=Luna", "=ROJA", "=mañana", "=ß", "lun*", "luna*"),
        *("=Lun*", '"luna roja"', '="Luna Roja"', "@luna", "#luna", "#luna*", "luna.es"),
    ]
)
QUERIES = st.lists(st.tuples(st.sampled_from(["", "OR ", "-", "AND "]), LITERALS), min_size=1, max_size=4).map(
    lambda parts: "luna " + " ".join(operator + literal for operator, literal in parts)
)
PIECES = st.sampled_from(
    [
        *(
            "luna",
            "Luna",
            "LUNA",
            "roja",
            "Roja",
            "mañana",
            "man\u0303ana",
            "manana",
            "straße",
            "STRASSE",
            "ルナ",
            "月",
        ),
        *(" ", " ", " ", "\n", "r", "_", "-", "'", ".", ".es", "@", "#", "u/", ".bsky.social"),
        *("ß", "ﬁ", "İ", "™", "🌙", "\u0301", "\u00ad", "\ud800"),
    ]
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@given(st.lists(QUERIES, min_size=1, max_size=4), st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_the_matcher_agrees_with_a_slow_evaluator(queries: list[str], texts: list[tuple[str, str]]) -> None:
    brands = [brand(query, f"B{index}") for index, query in enumerate(queries) if not _is_refused(query)]
    page = [post(text, title=title) for title, text in texts]
    expected = [tuple(brand for brand in brands if holds(brand.query.root, written)) for written in page]
    assert Matcher(brands).match(page) == expected


def _is_refused(query: str) -> bool:
    try:
        parse(query)
    except QueryError:
        return True
    return False


@given(st.text(alphabet=st.characters(exclude_categories=())), st.text(alphabet=st.characters(exclude_categories=())))
def test_no_text_is_too_odd(text: str, link: str) -> None:
    odd = post(text, title=link, author=Author(handle=text, url=link), links=(text, link))
    Matcher([brand("luna OR luna.es OR =Luna", handles=("luna@a.example",))]).match([odd])


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


ODD = st.one_of(
    PIECES, st.sampled_from(["ｶﾞ", "か\u3099", "각", "\u1100\u1161", "½", "…", "\x00", "\U0010ffff", "ไม่", "है"])
)


@given(st.lists(st.one_of(st.lists(ODD).map("".join), st.text(alphabet=st.characters(exclude_categories=())))))
def test_folding_a_page_is_folding_each_text(texts: list[str]) -> None:
    assert Folder().fold(texts) == [fold(text) for text in texts]


def test_a_page_of_any_length_is_answered_post_by_post() -> None:
    page = [post("luna" if number % 7 == 0 else "nada") for number in range(2 * PAGE + 1)]
    assert [bool(found) for found in Matcher([brand("luna")]).match(page)] == [n % 7 == 0 for n in range(len(page))]
