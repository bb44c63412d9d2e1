"""`oido reply --send`, all the way to a server on loopback."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from .stock import House, stocked

STATUS = {
    "id": "77",
    "uri": "https://two.example/users/maria/statuses/1",
    "url": "https://social.example/@us/99",
    "content": "<p>Hola</p>",
    "account": {"acct": "maria@social.example"},
}


class Server(BaseHTTPRequestHandler):
    """A server that speaks the Mastodon API, finds any post, and takes answers unless it is closed."""

    said: ClassVar[list[Any]] = []
    is_closed: ClassVar[bool] = False

    def do_GET(self) -> None:
        self._answer({"statuses": [STATUS]})

    def do_POST(self) -> None:
        draft = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if Server.is_closed:
            self._answer({"error": "Only followers may answer"}, status=422)
        else:
            Server.said.append((draft["status"], self.headers["Idempotency-Key"], self.headers["Authorization"]))
            self._answer(STATUS)

    def _answer(self, value: object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def place() -> Iterator[str]:
    """Where the server listens."""
    Server.said, Server.is_closed = [], False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield "127.0.0.1:{}".format(*server.server_address[1:])
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def social(tmp_path: Path, place: str) -> House:
    """A stocked house whose source has an account on that server."""
    house = stocked(tmp_path, "en")
    source = (
        f'[[source]]\nname = "social"\nconnector = "mastodon"\ninstance = "http://{place}"\ntoken = "Pa55-phrase"\n'
    )
    rest = f'[[brand]]\nname = "Acme"\n{source}[network]\nallow = ["{place}"]\n'
    house.config.write_text(f"{house.config.read_text(encoding='utf-8')}{rest}", encoding="utf-8")
    return house


def test_an_answer_is_sent_and_noted(social: House) -> None:
    result = social.oido("reply", "1", "--send", "--text", "Lo sentimos", "--by", "Ana")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "#1: published at https://social.example/@us/99, answered by Ana, first response in "
    )
    ((said, key, authorization),) = Server.said
    assert (said, len(key), authorization) == ("@maria@social.example Lo sentimos", 32, "Bearer Pa55-phrase")
    with social.store() as store:
        (reply,) = store.dossier(1).replies
    assert (reply.text, reply.url) == ("Lo sentimos", "https://social.example/@us/99")


def test_the_same_command_again_sends_nothing(social: House) -> None:
    words = ("reply", "1", "--send", "--text", "Lo sentimos")
    social.oido(*words)
    again = social.oido(*words)
    assert (again.exit_code, len(Server.said)) == (1, 1)
    assert (
        again.stderr
        == "oido: this was said already, at https://social.example/@us/99; use --force to say it once more\n"
    )


def test_nothing_is_sent_unless_asked_for(social: House) -> None:
    assert social.oido("reply", "1", "--text", "Lo sentimos").exit_code == 0
    assert Server.said == []


def test_the_networks_rules_are_told_and_nothing_is_noted(social: House) -> None:
    Server.is_closed = True
    result = social.oido("reply", "1", "--send", "--text", "Lo sentimos")
    assert (result.exit_code, "(it says: Only followers may answer)" in result.stderr) == (1, True)
    with social.store() as store:
        assert store.dossier(1).replies == ()


def test_a_text_that_is_too_long_is_not_sent(social: House) -> None:
    result = social.oido("reply", "1", "--send", "--text", "x" * 501)
    assert result.stderr == "oido: the text has 501 characters, and social takes 500: make it 1 shorter\n"
    assert (result.exit_code, Server.said) == (1, [])


@pytest.mark.parametrize(
    "words",
    [
        ("--send",),
        ("--send", "--text", "x", "--url", "https://x.example"),
        ("--text", "x", "--force"),
        ("--text", "x", "--source", "social"),
    ],
    ids=["no text", "a link", "force alone", "source alone"],
)
def test_what_makes_no_sense_together_is_a_usage_error(social: House, words: tuple[str, ...]) -> None:
    assert (social.oido("reply", "1", *words).exit_code, Server.said) == (2, [])


def test_a_network_without_a_way_in_is_told(tmp_path: Path) -> None:
    house = stocked(tmp_path, "en")
    house.config.write_text('language = "en"\n[[brand]]\nname = "Acme"\n', encoding="utf-8")
    result = house.oido("reply", "1", "--send", "--text", "Lo sentimos")
    assert (result.exit_code, "nothing in the configuration can answer on mastodon" in result.stderr) == (1, True)


def test_a_mention_that_is_not_there_is_one_line(social: House) -> None:
    result = social.oido("reply", "77", "--send", "--text", "x")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
