"""What every connector keeps to, whatever its network sends: tried with the answers in `tests/data/NAME`.

Beside each answer lies the posts that it becomes (`NAME.expected.json`); what is unknown is left out there.
"""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Cursor, Page, Secret
from connectors.post import Post
from connectors.registry import CONNECTORS
from tests.fakes_http import read
from tests.plays import Play

DATA = Path(__file__).parents[1] / "data"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


PLAYS: Mapping[str, Callable[[bytes], Play]] = {name: import_module(f"tests.plays.{name}").play for name in CONNECTORS}
ANSWERS = {
    file: file.read_bytes()
    for name in PLAYS
    for file in sorted((DATA / name).iterdir())
    if not file.name.endswith(".expected.json")
}
every_answer = pytest.mark.parametrize("file", ANSWERS, ids=[f"{file.parent.name}/{file.stem}" for file in ANSWERS])
NETWORKS = {name: name for name in PLAYS} | {"feed": "web"}
every_connector = pytest.mark.parametrize("kind", CONNECTORS.values(), ids=CONNECTORS)


async def poll(file: Path, answer: bytes | None = None, mark: str = "") -> list[Page]:
    """The pages that come when the network answers with `file`, or with `answer` in its stead."""
    connector, http = PLAYS[file.parent.name](ANSWERS[file] if answer is None else answer)
    pages, error = await read(connector.fetch(http, ("zumaque",), Cursor(since=SINCE, mark=mark)))
    assert error is None or connector.streams or answer is not None, error
    return pages


def posts_of(pages: Sequence[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def expected(file: Path) -> object:
    return json.loads(file.with_name(f"{file.stem}.expected.json").read_text())


def brief(value: object) -> object:
    """`value` as JSON has it, without what is unknown."""
    if isinstance(value, dict):
        parts = {key: brief(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part not in (None, {}, [])}
    return [brief(each) for each in value] if isinstance(value, list) else value


# Posts


@every_answer
async def test_an_answer_becomes_the_posts_beside_it(file):
    found = json.loads(msgspec.json.encode(posts_of(await poll(file))))
    assert brief(found) == expected(file)


def assert_is_whole(post: Post, network: str) -> None:
    assert post.network == network
    assert post.id
    assert post.id == post.id.strip()
    for moment in (post.published_at, post.edited_at):
        assert moment is None or moment.utcoffset() == timedelta(0)
    for text in (post.title, post.language, post.in_reply_to, post.url):
        assert text is None or text.strip()
    for address in filter(None, (post.url, *post.links, post.author and post.author.url)):
        assert address.startswith(("http://", "https://"))
    counts = dataclasses.astuple(post.engagement) + ((post.author.followers,) if post.author else ())
    assert all(count is None or count >= 0 for count in counts)
    assert post.author is None or post.author.handle
    assert not set("\x00\x1b\u202e") & set(f"{post.text}{post.title}{post.author and post.author.name}")


@every_answer
async def test_posts_are_whole(file):
    for post in posts_of(await poll(file)):
        assert_is_whole(post, NETWORKS[file.parent.name])


@every_answer
async def test_a_poll_repeated_brings_the_same_ids(file):
    assert [post.id for post in posts_of(await poll(file))] == [post.id for post in posts_of(await poll(file))]


@every_answer
async def test_a_poll_goes_on_from_the_mark_of_the_last(file):
    mark = (await poll(file))[-1].mark
    assert mark
    again = await poll(file, mark=mark)
    assert not again or again[-1].mark == mark


@every_answer
@pytest.mark.parametrize("mark", ["nonsense", "{}", "[1]", "-1", "٣"], ids=repr)
async def test_a_mark_that_another_made_is_survived(file, mark):
    assert posts_of(await poll(file, mark=mark))


# Answers that are not as promised


Place = tuple[Any, ...]
ODD = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        "x",
        "\x00\x1b[2J",
        "[removed]",
        "9999-12-31T23:59:59Z",
        [],
        [None],
        {},
        {"x": 1},
    ]
)


def places(value: object, here: Place = ()) -> list[Place]:
    """The way to every part of a JSON document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here] + [place for key, part in parts for place in places(part, (*here, key))]


def change(document: Any, place: Place, odd: object) -> None:
    """Put `odd` at `place`, or leave the part out for "-"."""
    for key in place[:-1]:
        document = document[key]
    if odd == "-":
        del document[place[-1]]
    else:
        document[place[-1]] = odd


@st.composite
def broken(draw: st.DrawFn, source: bytes) -> bytes:
    """`source` with one to four of its parts left out or replaced, or with a piece of its bytes missing."""
    if source.startswith(b"<") or draw(st.integers(0, 9)) == 0:
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(source))] * 2)))
        return source[:start] + source[end:]
    lines = [json.loads(line) for line in ([source] if b"\n " in source else source.splitlines())]
    for _ in range(draw(st.integers(1, 4))):
        document = draw(st.sampled_from(lines))
        if somewhere := places(document)[1:]:
            change(document, draw(st.sampled_from(somewhere)), deepcopy(draw(ODD)))
    return b"\n".join(json.dumps(line, ensure_ascii=False).encode() for line in lines)


@every_answer
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_sent_the_error_is_ours_and_the_posts_are_whole(file, data):
    answer = data.draw(broken(ANSWERS[file]))
    for post in posts_of(await poll(file, answer)):
        assert_is_whole(post, NETWORKS[file.parent.name])


@every_answer
@pytest.mark.parametrize("answer", [b"", b"<!doctype html>", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 5000], ids=repr)
async def test_an_answer_that_is_something_else_brings_no_posts(file, answer):
    assert not posts_of(await poll(file, answer))


# Options


@every_connector
def test_the_registry_knows_a_connector_by_its_name(kind):
    assert CONNECTORS[kind.name] is kind


@every_connector
def test_a_connector_has_answers_to_be_tried_with(kind):
    assert kind.name in PLAYS
    assert any(file.parent.name == kind.name for file in ANSWERS)


@every_connector
def test_a_connector_is_a_value(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen


@every_connector
def test_secrets_are_not_printed(kind):
    hints = get_type_hints(kind, include_extras=True)
    secret = {field for field in dataclasses.fields(kind) if hints[field.name] == Secret}
    assert not [field.name for field in secret if field.repr]
    assert not [field.name for field in set(dataclasses.fields(kind)) - secret if _sounds_secret(field.name)]


def _sounds_secret(name: str) -> bool:
    return any(word in name for word in ("token", "password", "secret"))


@every_connector
def test_options_are_of_types_that_the_configuration_checks(kind):
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        kinds = get_args(hints[field.name]) or (hints[field.name],)
        assert not field.init or all(_is_simple(kind) for kind in kinds), field.name


def _is_simple(kind: object) -> bool:
    return kind in (str, int, float, bool, timedelta, Ellipsis, type(None)) or isinstance(kind, str)


def test_to_list_the_connectors_takes_no_client():
    code = "import sys, connectors.registry; print({'aiohttp', 'yarl'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
