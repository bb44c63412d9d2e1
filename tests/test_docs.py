"""What the documents say is so: links lead somewhere, commands exist, options are all told, and the example runs."""

import importlib.util
import inspect
import re
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest
import typer

from connectors.base import Answer, Connector, Cursor
from connectors.post import Author, Engagement, Post
from connectors.registry import CONNECTORS
from monitor.cli import UsageError, app
from monitor.config.decode import Option, options
from monitor.config.durations import written
from monitor.config.hints import describe
from monitor.config.write import literal
from tests.fakes_http import FakeHttp, read

ROOT = Path(__file__).parents[1]
HIDDEN = {"node_modules", "build", "dist"}

_FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_COMMAND = re.compile(r"(?:\$ |\.venv/bin/)*oido(?: |$)")
_SHELLS = ("", "bash", "console", "sh")


def documents() -> list[str]:
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(str(path) for path in found if not any(part in HIDDEN or part[0] == "." for part in path.parts))


@cache
def text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(document: str) -> str:
    """The document without its blocks of code."""
    return _FENCED.sub("", text(document))


# Links


def links() -> list[tuple[str, str]]:
    every = [(document, link) for document in documents() for link in _LINK.findall(_CODE.sub("", prose(document)))]
    return [(document, link) for document, link in every if not urlsplit(link).scheme]


@pytest.mark.parametrize(("document", "link"), links())
def test_a_link_leads_somewhere(document, link):
    path, _, anchor = unquote(link).partition("#")
    target = (ROOT / document).parent / path if path else ROOT / document
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def anchors(target: Path) -> set[str]:
    """The headings of a document, as GitHub names them in links."""
    headings = _HEADING.findall(_FENCED.sub("", target.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# Commands


def commands() -> list[str]:
    """Every `oido …` of the documents, each once: lines of shell blocks, and code within sentences."""
    found: dict[str, None] = {}
    for document in documents():
        blocks = [block for language, block in _FENCED.findall(text(document)) if language in _SHELLS]
        for line in [*"\n".join(blocks).splitlines(), *_CODE.findall(prose(document))]:
            for command in simple(line):
                found[command] = None
    return sorted(found)


def simple(line: str) -> Iterator[str]:
    """The calls of oido in a line of shell, without their redirections."""
    if not _COMMAND.match(line):
        return
    words = shlex.shlex(line.removeprefix("$ "), posix=False, punctuation_chars=";&|<>")
    words.commenters, words.whitespace_split = "#", True
    call: list[str] = []
    for word in [*words, ";"]:
        if word[0] not in ";&|<>":
            call.append(word)
            continue
        if call and call[0].endswith("oido"):
            yield " ".join(["oido", *call[1:]])
        call = []


@pytest.mark.parametrize("command", commands())
def test_a_command_exists_with_these_options(command):
    understand(shlex.split(command)[1:])


@pytest.mark.parametrize(
    "command", ["listen", "inbox --loud", "source ad URL", "reply --text Gracias", "mentions --since"]
)
def test_a_command_that_cannot_be_given_is_noticed(command):
    with pytest.raises(UsageError):
        understand(command.split())


def understand(words: list[str]) -> None:
    """Parse a command line down to its last command, and run nothing. Raises click's usage errors."""
    group = typer.main.get_command(app)
    context = group.make_context("oido", list(words)) if words else None
    while context and (rest := [*context._protected_args, *context.args]) and hasattr(context.command, "commands"):
        name, command, rest = context.command.resolve_command(context, rest)
        if not rest:
            return  # just its name, as sentences mention it
        context = command.make_context(name, rest, parent=context)


# Connectors


@cache
def pages() -> dict[str, str]:
    """The pages of docs/networks by the connectors that their titles name in code."""
    found = [text(str(path.relative_to(ROOT))) for path in sorted((ROOT / "docs" / "networks").glob("*.md"))]
    return {name: page for page in found for name in _CODE.findall(page.partition("\n")[0])}


def rows(page: str) -> dict[str, list[str]]:
    """The rows of a page's table of options: name to type, default and meaning."""
    lines = re.findall(r"^\| `(\w+)` \|(.+)\|$", page, flags=re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in lines}


def told() -> list[tuple[type[Connector], Option]]:
    return [(connector, option) for connector in CONNECTORS.values() for option in options(connector)]


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_has_a_page_in_both_languages(name):
    page, _, spanish = pages()[name].partition("## En español")
    assert len(page) > 500
    assert len(spanish) > 100


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connectors_page_is_listed(name):
    assert f"(networks/{name}.md)" in text("docs/connectors.md")


@pytest.mark.parametrize(("connector", "option"), told(), ids=lambda value: getattr(value, "name", None))
def test_an_option_is_told_with_its_type_and_default(connector, option):
    kind = describe(option.type) + (", a secret" if option.is_secret else "")
    default = "required" if option.is_required else f"`{literal(option.default)}`"
    assert rows(pages()[connector.name])[option.name][:2] == [kind, default]


@pytest.mark.parametrize("name", CONNECTORS)
def test_no_option_is_told_that_there_is_not(name):
    known = {option.name for option in options(CONNECTORS[name])} | {"every"}
    assert rows(pages()[name]).keys() <= known


@pytest.mark.parametrize("name", CONNECTORS)
def test_how_often_a_network_is_asked_is_told(name):
    connector = CONNECTORS[name]
    assert rows(pages()[name])["every"][1] == f'`"{written(connector.every)}"`'
    assert f"{connector.pace:g} s between two requests" in pages()[name]


# The connector of docs/writing-a-connector.md

NEWEST = [
    {
        "short_id": "k3xq1a",
        "short_id_url": "https://lobste.rs/s/k3xq1a",
        "created_at": "2026-11-02T05:40:00.000-06:00",
        "title": "Acme open-sources its r&uuml;st compiler",
        "url": "https://acme.example/blog/compiler",
        "score": 12,
        "flags": 0,
        "comment_count": 3,
        "description": "",
        "description_plain": "",
        "comments_url": "https://lobste.rs/s/k3xq1a/acme_open_sources",
        "submitter_user": "ana",
        "user_is_author": False,
        "tags": ["compilers"],
    },
    {
        "short_id": "z9wv2b",
        "created_at": "2026-11-02T05:10:00.000-06:00",
        "title": "Ask: who has moved away from Acme?",
        "url": "",
        "score": None,
        "description": '<p>We did, see <a href="https://bo.example/acme">here</a>.</p>\n',
        "comments_url": "https://lobste.rs/s/z9wv2b/ask",
        "submitter_user": "",
        "tags": ["ask"],
    },
]
"""What https://lobste.rs/newest.json answers, in its shape and with contents of our own."""

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def lobsters(tmp_path, monkeypatch) -> ModuleType:
    [block] = [block for _, block in _FENCED.findall(text("docs/writing-a-connector.md")) if "class Lobsters(" in block]
    path = tmp_path / "lobsters.py"
    path.write_text(block, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("lobsters", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "lobsters", module)
    spec.loader.exec_module(module)
    return module


async def test_the_example_reads_an_answer_of_its_network(lobsters):
    http = FakeHttp({"/newest.json": [NEWEST]})
    [page], error = await read(lobsters.Lobsters().fetch(http, ("Acme",), Cursor(since=SINCE)))
    assert error is None
    assert page.posts == (
        Post(
            network="lobsters",
            id="k3xq1a",
            url="https://lobste.rs/s/k3xq1a/acme_open_sources",
            title="Acme open-sources its rüst compiler",
            text="",
            author=Author(handle="ana"),
            published_at=datetime(2026, 11, 2, 11, 40, tzinfo=UTC),
            engagement=Engagement(likes=12, comments=3),
            links=("https://acme.example/blog/compiler",),
        ),
        Post(
            network="lobsters",
            id="z9wv2b",
            url="https://lobste.rs/s/z9wv2b/ask",
            title="Ask: who has moved away from Acme?",
            text="We did, see here.",
            published_at=datetime(2026, 11, 2, 11, 10, tzinfo=UTC),
            links=("https://bo.example/acme",),
        ),
    )


async def test_the_example_brings_nothing_when_nothing_has_changed(lobsters):
    unchanged = Answer(url="https://lobste.rs/newest.json", status=304, headers={}, body=b"", unchanged=True)
    http = FakeHttp({"/newest.json": [unchanged]})
    assert await read(lobsters.Lobsters().fetch(http, (), Cursor(since=SINCE))) == ([], None)


def test_the_example_may_be_configured(lobsters):
    assert [option.name for option in options(lobsters.Lobsters)] == ["base"]
    assert lobsters.Lobsters().check() == ()


def test_the_example_is_as_long_as_a_connector_should_be(lobsters):
    assert len(inspect.getsource(lobsters).splitlines()) <= 90


# The change log


def test_the_change_log_says_what_comes_next():
    coming = text("CHANGELOG.md").partition("## [Unreleased]")[2].partition("\n## ")[0]
    assert "\n- " in coming
