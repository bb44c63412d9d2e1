"""The stream of Bluesky over real connections: packed and plain, from one host to the next, and nothing lost."""

import json
import logging
import subprocess
import sys
from datetime import timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Malformed, Refused, Unavailable
from connectors.streams import jetstream, tail
from connectors.streams.bluesky import Bluesky
from connectors.streams.dictionary import CAP, LARGEST, MAGIC, dictionary, zstd
from connectors.streams.packing import PLAIN
from tests.fakes_http import FakeHttp, read
from tests.fakes_jetstream import EVENTS, MICROS, NOON, POSTS, Host, event, pack, second_version, serving, trained

FIRST, SECOND = trained(), trained(3000)
MINUTE = 60_000_000
TOLD = [event(second) for second in range(100, 112)]


@pytest.fixture(autouse=True)
def _log(caplog):
    caplog.set_level(logging.INFO, logger="oido")


async def listen(visit, hosts, since=NOON, connector=None, **options):
    """The pages until no host goes on, and the error at the end."""
    async with serving(*hosts) as urls:
        bluesky = connector or Bluesky(hosts=urls, **{"compress": True} | options)
        return await read(bluesky.fetch(visit, (), Cursor(since=since)))


def keys(pages):
    """The keys of the posts, each once, in the order in which they came."""
    return list(dict.fromkeys(post.id.rpartition("/")[2] for page in pages for post in page.posts))


def expected(told):
    return [each["commit"]["rkey"] for each in told]


def reasons(caplog):
    return [(record.message, record.facts.get("reason", "")) for record in caplog.records if hasattr(record, "facts")]


# What is packed


async def test_a_host_of_the_second_version_packs_with_the_dictionary_that_it_hands_out(visit):
    host = Host(TOLD, handed_out=FIRST)
    pages, _ = await listen(visit, [host])
    assert keys(pages) == expected(TOLD)
    asked = host.handshakes[0]
    assert asked.path == f"/xrpc/{EVENTS}"
    assert dict(asked.query) == {
        "kinds": "commit",
        "collections": POSTS,
        "zstdDictionary": str(zstd.ZstdDict(FIRST).dict_id),
        "cursor": str(MICROS - MINUTE),
    }


async def test_what_comes_packed_is_what_comes_plain(visit):
    told = [*TOLD, event(120, operation="delete")]
    packed, _ = await listen(visit, [Host(told, handed_out=FIRST)])
    plain, _ = await listen(visit, [Host(told)], compress=False)
    assert [(page.posts, page.deleted, page.mark) for page in packed] == [
        (page.posts, page.deleted, page.mark) for page in plain
    ]


async def test_no_host_is_asked_for_a_dictionary_unless_it_is_wanted(visit):
    host = Host(TOLD, handed_out=FIRST)
    await listen(visit, [host], compress=False)
    assert [(request.path, request.query.get("compress")) for request in host.asked[:1]] == [("/subscribe", None)]


async def test_a_dictionary_in_a_file_unpacks_the_first_version(visit, tmp_path):
    (tmp_path / "words").write_bytes(FIRST)
    host = Host(TOLD, packs_with=FIRST)
    pages, _ = await listen(visit, [host], dictionary=str(tmp_path / "words"))
    assert keys(pages) == expected(TOLD)
    assert (host.asked[0].path, host.asked[0].query["compress"]) == ("/subscribe", "true")


async def test_a_dictionary_at_an_address_unpacks_the_first_version(visit, site):
    pages, _ = await listen(visit, [Host(TOLD, packs_with=FIRST)], dictionary=site.put("/words", FIRST))
    assert keys(pages) == expected(TOLD)


async def test_messages_that_come_unpacked_all_the_same_are_understood(visit):
    pages, _ = await listen(visit, [Host(TOLD, handed_out=FIRST, texts=5)])
    assert keys(pages) == expected(TOLD)


async def test_which_dictionary_it_is_is_told_once(visit, caplog):
    host = Host(TOLD, handed_out=FIRST)
    async with serving(host) as urls:
        bluesky = Bluesky(hosts=urls, compress=True)
        for _ in range(2):
            await listen(visit, [], connector=bluesky)
    told = [record.facts for record in caplog.records if record.message == "dictionary"]
    assert [facts["id"] for facts in told] == [zstd.ZstdDict(FIRST).dict_id]
    assert len(told[0]["sha256"]) == 64


# What is not


async def test_a_host_that_has_no_dictionary_is_asked_for_plain_messages(visit, caplog):
    host = Host(TOLD)
    pages, _ = await listen(visit, [host])
    assert keys(pages) == expected(TOLD)
    assert [request.path for request in host.asked[:2]] == [
        "/xrpc/network.bsky.jetstream.getZstdDictionary",
        "/subscribe",
    ]
    assert "not packed any more" in caplog.messages


async def test_a_host_that_refuses_to_pack_is_asked_without_it_at_once(visit):
    host, other = Host(TOLD, handed_out=FIRST, accepts=False), Host([])
    pages, _ = await listen(visit, [host, other])
    assert keys(pages) == expected(TOLD)
    first, second = host.handshakes[:2]
    assert (first.path, second.path) == (f"/xrpc/{EVENTS}", "/subscribe")
    assert first.query["cursor"] == second.query["cursor"]


async def test_a_host_that_refused_to_pack_is_not_asked_again(visit):
    host = Host(TOLD, handed_out=FIRST, accepts=False)
    async with serving(host) as urls:
        bluesky = Bluesky(hosts=urls, compress=True)
        for _ in range(2):
            await listen(visit, [], connector=bluesky)
    assert [request.path for request in host.handshakes].count(f"/xrpc/{EVENTS}") == 1


async def test_another_dictionary_than_ours_is_named_and_nothing_is_lost(visit, caplog, tmp_path):
    (tmp_path / "words").write_bytes(SECOND)
    theirs, ours = zstd.ZstdDict(FIRST).dict_id, zstd.ZstdDict(SECOND).dict_id
    pages, _ = await listen(visit, [Host(TOLD, packs_with=FIRST)], dictionary=str(tmp_path / "words"))
    assert keys(pages) == expected(TOLD)
    (reason,) = (why for what, why in reasons(caplog) if what == "not packed any more")
    assert f"messages are packed with dictionary {theirs}, and ours is {ours}" in reason


@pytest.mark.parametrize("content", [b"<html>", MAGIC + b"\x01" * 100], ids=["a page", "damaged"])
async def test_what_a_host_hands_out_and_is_no_dictionary_is_not_used(content, visit, caplog):
    pages, _ = await listen(visit, [Host(TOLD, handed_out=content)])
    assert keys(pages) == expected(TOLD)
    assert "not packed any more" in caplog.messages


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"hello", "no Zstandard dictionary")], ids=["missing", "none"]
)
async def test_a_file_that_is_no_dictionary_is_told_to_a_person(content, why, visit, tmp_path):
    if content is not None:
        (tmp_path / "words").write_bytes(content)
    _, error = await listen(visit, [Host(TOLD)], dictionary=str(tmp_path / "words"))
    assert isinstance(error, Refused)
    assert str(error).startswith("dictionary: ")
    assert why in str(error)


async def test_an_address_that_does_not_answer_costs_the_compression_only_this_time():
    named = "https://words.example/zdict"
    table = {"/zdict": [Unavailable("503"), FIRST], "/subscribe": [[json.dumps(TOLD[0]).encode()], []]}
    http = FakeHttp(table)
    bluesky = Bluesky(hosts=("ws://one.example",), compress=True, dictionary=named)
    pages, _ = await read(bluesky.fetch(http, (), Cursor(since=NOON)))
    assert keys(pages) == expected(TOLD[:1])
    assert [query.get("compress") for query in http.queries("/subscribe")] == [None, "true"]


def test_packed_messages_that_nobody_asked_for_are_an_error():
    with pytest.raises(Malformed, match="not asked for"):
        PLAIN.unpack(pack(b"{}", FIRST))


# From host to host


@pytest.mark.parametrize("after", [True, False], ids=["then packed", "then plain"])
@pytest.mark.parametrize("before", [True, False], ids=["packed", "plain"])
async def test_when_a_host_dies_in_mid_stream_the_next_goes_on_a_minute_further_back(before, after, visit):
    told = [event(second) for second in range(100, 500, 5)]
    first = Host(told, handed_out=FIRST if before else b"", dies_after=30)
    second = Host(told, handed_out=SECOND if after else b"")
    pages, error = await listen(visit, [first, second])
    assert keys(pages) == expected(told)
    newest = next(int(page.mark) for page in pages if page.posts and page.posts[-1].id.endswith("/key245"))
    assert int(second.handshakes[0].query["cursor"]) == newest - MINUTE
    assert isinstance(error, Unavailable)


async def test_a_host_that_takes_the_connection_and_tells_nothing_is_left(visit):
    silent, other = Host([], is_silent=True), Host(TOLD)
    async with serving(silent, other) as urls:
        async for page in tail.pages(visit, urls, MICROS, quiet=0.01):
            if page.posts:
                break
    assert keys([page]) == expected(TOLD)


async def test_the_error_of_a_host_is_the_reason(visit):
    words = b'{"$type":"error","error":"ConsumerTooSlow","message":"read faster"}'
    _, error = await listen(visit, [Host([], handed_out=FIRST, last_words=words)])
    assert "ConsumerTooSlow read faster" in str(error)


# The second version


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_both_versions_tell_the_same(operation):
    one = event(3, operation=operation)
    first, second = json.dumps(one).encode(), json.dumps(second_version(one)).encode()
    assert jetstream.page([second], 0, read=jetstream.told) == jetstream.page([first], 0)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"hello",
        b"[]",
        b"\xff",
        b'{"$type":"message","payload":{"$type":"#info","name":"OutdatedCursor"}}',
        b'{"$type":"new"}',
        b'{"$type":"message","payload":{"did":"did:plc:a","time":"noon","operation":"create","collection":"x"}}',
        b'{"$type":"message","payload":{"did":"did:plc:a","time":"2026-11-01T12:00:00","operation":"create","collection":"x"}}',
    ],
    ids=["nothing", "words", "a list", "not UTF-8", "advice", "another kind", "no time", "no zone"],
)
def test_what_is_no_event_of_the_second_version_is_passed_over(message):
    assert jetstream.told(message) is None


# The dictionary


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no Zstandard dictionary"),
        (b"<html>blocked</html>", "no Zstandard dictionary"),
        (MAGIC, "damaged"),
        (MAGIC + bytes(100), "damaged"),
        (FIRST[:40], "damaged"),
        (MAGIC + bytes(LARGEST), "larger than"),
    ],
    ids=["nothing", "a page", "its first letters", "zeros", "the beginning of one", "too large"],
)
def test_what_is_no_dictionary_is_malformed(content, why):
    with pytest.raises(Malformed, match=f"^there: .*{why}"):
        dictionary(content, "there")


def bomb(size):
    """A frame of zeros that knows our dictionary and unpacks to `size` bytes."""
    return zstd.compress(bytes(size), zstd_dict=zstd.ZstdDict(FIRST))


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (pack(b"{}" * 50, FIRST)[:-4], "not one whole frame"),
        (pack(b"{}", FIRST) * 2, "not one whole frame"),
        (b"", "not one whole frame"),
        (b"hello, hello", "damaged"),
        (pack(b"{}", FIRST)[:12] + b"\xff" * 20, "damaged"),
        (pack(b'{"did":"did:plc:ana"}', SECOND), "packed with dictionary"),
        (bomb(CAP + 1), "unpacks to more than"),
    ],
    ids=["cut short", "two frames", "nothing", "words", "garbled", "another dictionary", "too large"],
)
def test_a_frame_that_cannot_be_unpacked_is_malformed(frame, why):
    with pytest.raises(Malformed, match=why):
        dictionary(FIRST, "there").unpack(frame)


def test_a_frame_that_claims_a_gigabyte_is_not_unpacked_to_its_end():
    """A header of 13 bytes: magic number, one segment, the size in eight bytes; then blocks of 128 KB of one letter."""
    claim = 1 << 30
    header = b"\x28\xb5\x2f\xfd" + b"\xe0" + claim.to_bytes(8, "little")
    block = ((128 << 10) << 3 | 1 << 1).to_bytes(3, "little") + b"a"
    with pytest.raises(Malformed, match=r"too much memory|more than"):
        dictionary(FIRST, "there").unpack(header + block * 8192)


def test_those_who_do_not_compress_do_not_load_the_library():
    program = (
        "import sys, connectors.streams.bluesky; print({'backports.zstd', 'compression.zstd'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


async def test_a_key_in_the_address_of_a_dictionary_is_told_to_nobody():
    bluesky = Bluesky(hosts=("ws://one.example",), compress=True, dictionary="https://words.example/zdict?key=sesame")
    _, error = await read(bluesky.fetch(FakeHttp({"/zdict": [b"none"]}), (), Cursor(since=NOON)))
    assert "no Zstandard dictionary" in str(error)
    assert "sesame" not in str(error)


def test_a_dictionary_without_compression_is_named():
    assert [problem.partition(":")[0] for problem in Bluesky(dictionary="words").check()] == ["dictionary"]


# What others recorded


@pytest.mark.parametrize(
    ("name", "id", "hands_it_out"),
    [("legacy_subscribe", 1612007021, False), ("subscribe_events", 20260811, True)],
    ids=["of the first version", "of the second"],
)
async def test_events_of_the_real_network_come_through_its_own_dictionary(name, id, hands_it_out, recorded, visit):
    folder = recorded / "bluesky_jetstream"
    (path,) = folder.glob(f"*{name}*.zdict")
    (golden,) = folder.glob("*golden_v1.jsonl")
    lines = [json.loads(line) for line in golden.read_text().splitlines()]
    told = [line for line in lines if line["kind"] == "commit"]
    words = path.read_bytes()
    host = Host(told, handed_out=words if hands_it_out else b"", packs_with=words)
    pages, _ = await listen(
        visit, [host], since=NOON - timedelta(days=365), dictionary="" if hands_it_out else str(path)
    )
    assert dictionary(words, "there").id == id
    texts = [each["commit"]["record"]["text"] for each in told if each["commit"]["collection"] == POSTS]
    assert [post.text for post in pages[0].posts] == texts
    assert "zstdDictionary" in host.handshakes[0].query or "compress" in host.handshakes[0].query
