"""The query language: what is read, what is refused, and that a query survives being printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.query import QueryError, parse
from monitor.tree import And, Node, Not, Or, Query, Term, both, either, is_exclusion, without


def text(of: str, **fields: bool) -> Term:
    return Term(text=of, **fields)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("luna", text("luna"), id="word"),
        pytest.param("luna roja", And(parts=(text("luna"), text("roja"))), id="juxtaposition"),
        pytest.param("luna AND roja", And(parts=(text("luna"), text("roja"))), id="and"),
        pytest.param("luna OR roja", Or(parts=(text("luna"), text("roja"))), id="or"),
        pytest.param("luna|roja", Or(parts=(text("luna"), text("roja"))), id="bar"),
        pytest.param("a b OR c", Or(parts=(And(parts=(text("a"), text("b"))), text("c"))), id="and before or"),
        pytest.param("a (b OR c)", And(parts=(text("a"), Or(parts=(text("b"), text("c"))))), id="parentheses"),
        pytest.param("luna -sol", And(parts=(text("luna"), Not(term=text("sol")))), id="minus"),
        pytest.param("luna NOT sol", And(parts=(text("luna"), Not(term=text("sol")))), id="not"),
        pytest.param("luna –sol", And(parts=(text("luna"), Not(term=text("sol")))), id="en dash"),
        pytest.param(
            "luna -(sol OR mar)",
            And(parts=(text("luna"), Not(term=text("sol")), Not(term=text("mar")))),
            id="excluded group",
        ),
        pytest.param("NOT NOT luna", text("luna"), id="twice not"),
        pytest.param("((luna))", text("luna"), id="needless parentheses"),
        pytest.param("luna luna", text("luna"), id="said twice"),
        pytest.param('"luna  roja"', text("luna roja"), id="phrase"),
        pytest.param("“luna roja”", text("luna roja"), id="curly quotes"),
        pytest.param("«luna roja»", text("luna roja"), id="guillemets"),
        pytest.param('"OR"', text("OR"), id="quoted operator"),
        pytest.param("luna or roja", And(parts=(text("luna"), text("or"), text("roja"))), id="lower-case or"),
        pytest.param("@luna", Term(text="@luna", kind="handle"), id="handle"),
        pytest.param(
            "@luna@mastodon.social", Term(text="@luna@mastodon.social", kind="handle"), id="handle on a server"
        ),
        pytest.param("#luna", Term(text="#luna", kind="tag"), id="tag"),
        pytest.param("#luna*", Term(text="#luna", kind="tag", prefix=True), id="tag prefix"),
        pytest.param("luna.es", Term(text="luna.es", kind="domain"), id="domain"),
        pytest.param("https://www.luna.es/", Term(text="luna.es", kind="domain"), id="address of a site"),
        pytest.param('"luna.es"', text("luna.es"), id="quoted domain is text"),
        pytest.param("luna*", text("luna", prefix=True), id="prefix"),
        pytest.param("=Luna", text("Luna", exact=True), id="exact"),
        pytest.param('="Luna Roja"', text("Luna Roja", exact=True), id="exact phrase"),
        pytest.param("=Luna*", text("Luna", exact=True, prefix=True), id="exact prefix"),
        pytest.param("H&M", text("H&M"), id="ampersand"),
        pytest.param("C++", text("C++"), id="plus"),
        pytest.param("coca-cola", text("coca-cola"), id="hyphen inside"),
        pytest.param("L’Oréal", text("L'Oréal"), id="curly apostrophe"),
        pytest.param("🌙", text("🌙"), id="emoji"),
        pytest.param("ルナ", text("ルナ"), id="japanese"),
    ],
)
def test_a_query_is_read(written: str, read: Node) -> None:
    assert parse(written).root == read


@pytest.mark.parametrize(
    ("written", "position", "says"),
    [
        pytest.param("", 0, "is empty", id="empty"),
        pytest.param(" \n", 2, "is empty", id="blank"),
        pytest.param("(luna", 0, "not closed", id="unclosed parenthesis"),
        pytest.param("a (b (c)", 2, "not closed", id="outer parenthesis unclosed"),
        pytest.param("luna (", 5, "not closed", id="parenthesis at the end"),
        pytest.param("luna)", 4, "closes nothing", id="stray parenthesis"),
        pytest.param(")", 0, "closes nothing", id="only a closing parenthesis"),
        pytest.param("luna ()", 6, "empty", id="empty parentheses"),
        pytest.param("luna OR", 5, "OR needs a word after", id="dangling or"),
        pytest.param("luna |", 5, "OR needs a word after", id="dangling bar"),
        pytest.param("OR luna", 0, "OR needs a word before", id="leading or"),
        pytest.param("a (OR b)", 3, "OR needs a word before", id="or leading a group"),
        pytest.param("a AND OR b", 2, "AND needs a word after", id="two operators"),
        pytest.param("luna NOT", 5, "NOT needs a word after", id="dangling not"),
        pytest.param("luna - sol", 5, "must touch", id="minus apart"),
        pytest.param('luna "roja', 5, "quote is not closed", id="unclosed quote"),
        pytest.param('luna ="roja', 5, "quote is not closed", id="unclosed exact quote"),
        pytest.param("-luna", 0, "none of its words", id="only an exclusion"),
        pytest.param("-luna -sol", 0, "none of its words", id="only exclusions"),
        pytest.param("luna OR -sol", 0, "none of its words", id="or with an exclusion"),
        pytest.param("sol lu*", 4, "at least 3 letters", id="short prefix"),
        pytest.param("*", 0, "at least 3 letters", id="only a star"),
        pytest.param("lu*na", 0, "end of a word", id="star inside"),
        pytest.param("luna, roja", 0, "commas", id="comma"),
        pytest.param("lang:es luna", 0, "lang: is not understood", id="field"),
        pytest.param("https://luna.es/bolsos", 0, "domain alone", id="page address"),
        pytest.param("a =", 2, "no letter", id="equals alone"),
        pytest.param("!!!", 0, "no letter", id="punctuation"),
        pytest.param('""', 0, "no letter", id="empty phrase"),
        pytest.param("@", 0, "not a handle", id="at alone"),
        pytest.param("#", 0, "not a tag", id="hash alone"),
        pytest.param("=@luna", 0, "words and phrases", id="exact handle"),
        pytest.param("(" * 40 + "a" + ")" * 40, 30, "levels deep", id="too deep"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_at_its_place(written: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as refused:
        parse(written)
    assert refused.value.position == position


@pytest.mark.parametrize(
    ("written", "pointed"),
    [
        pytest.param("luna (roja", "  luna (roja\n       ^", id="plain"),
        pytest.param("ルナ )", "  ルナ )\n       ^", id="wide characters take two columns"),
        pytest.param("luna\n)", "  luna )\n       ^", id="a line break is shown as a space"),
        pytest.param("x" * 100 + " )", "  " + "x" * 59 + " )\n  " + " " * 60 + "^", id="a long query is cut"),
    ],
)
def test_the_error_points_with_a_caret(written: str, pointed: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(written)
    assert str(refused.value).split("\n", 1)[1] == pointed


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        pytest.param("( luna AND roja )|sol", "luna roja OR sol", id="spaces and operators"),
        pytest.param("NOT (a OR b) c", "-a -b c", id="negation moves inwards"),
        pytest.param("“Luna Roja”", '"Luna Roja"', id="quotes"),
        pytest.param("=Luna", "=Luna", id="exact"),
        pytest.param("mango (ropa OR tienda) -fruta", "mango (ropa OR tienda) -fruta", id="already canonical"),
    ],
)
def test_a_query_prints_in_one_way(written: str, printed: str) -> None:
    assert str(parse(written)) == printed


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        pytest.param('luna OR "Luna Roja" OR @luna', ("luna", "Luna Roja", "@luna"), id="each alternative"),
        pytest.param("mango (ropa OR tienda)", ("mango",), id="the fewest that every match needs"),
        pytest.param("luna zapatos", ("luna",), id="the first of equals"),
        pytest.param("=Luna OR luna OR LUNA", ("Luna",), id="without capitals and accents each once"),
        pytest.param("camis* -luna", ("camis",), id="no star, nothing excluded"),
    ],
)
def test_the_terms_are_what_to_ask_a_network_for(written: str, terms: tuple[str, ...]) -> None:
    assert parse(written).terms == terms


@pytest.mark.parametrize(
    ("written", "doubts"),
    [
        pytest.param("luna or roja", 1, id="lower-case operator"),
        pytest.param("x", 1, id="one letter"),
        pytest.param("=X OR luna", 0, id="exact letter"),
        pytest.param("x twitter -y", 1, id="what is excluded may be short"),
        pytest.param("月", 0, id="one ideograph is a word"),
    ],
)
def test_what_is_hardly_meant_is_doubted(written: str, doubts: int) -> None:
    assert len(parse(written).doubts) == doubts


WORDS = st.sampled_from(
    [
        "luna",
        "Luna Roja",
        "OR",
        "mañana",
        "H&M",
        "C++",
        "lang:es",
        "-x",
        "=y",
        "luna.es",
        "@a b",
        "#t",
        "a*",
        "l'or",
        "ルナ",
    ]
)
TERMS = st.one_of(
    st.builds(Term, text=WORDS, exact=st.booleans()),
    st.builds(Term, text=st.sampled_from(["luna", "Mañana", "l'oréal"]), exact=st.booleans(), prefix=st.just(True)),
    st.builds(Term, text=st.sampled_from(["@luna", "@luna@a.social"]), kind=st.just("handle"), prefix=st.booleans()),
    st.builds(Term, text=st.just("#luna"), kind=st.just("tag"), prefix=st.booleans()),
    st.builds(Term, text=st.just("luna.es"), kind=st.just("domain")),
)
NODES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds(without, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: both(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: either(*parts)),
    ),
    max_leaves=8,
)


@given(NODES.filter(lambda node: not is_exclusion(node)))
def test_any_tree_is_read_back_as_printed(node: Node) -> None:
    assert parse(str(node)) == Query(root=node)


@given(
    st.text(alphabet=st.one_of(st.sampled_from(' ()|"“-=*@#.,&ORANDT\n\u00ad\u200b™‐'), st.characters()), max_size=30)
)
def test_any_text_is_read_or_refused_and_survives_printing(written: str) -> None:
    try:
        query = parse(written)
    except QueryError:
        return
    assert parse(str(query)) == query
    assert query.terms


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("luna", ("luna",), id="one word"),
        pytest.param("luna OR luna.es OR @luna", ("luna", "luna.es", "@luna"), id="alternatives"),
        pytest.param("banco luna", (), id="a word that it wants beside the name"),
        pytest.param("luna.es OR (luna bolso) OR lunat*", ("luna.es",), id="only what names alone"),
        pytest.param("luna -eclipse", (), id="what it excludes"),
    ],
)
def test_what_names_a_brand_by_itself(text: str, names: tuple[str, ...]) -> None:
    assert parse(text).names == names
