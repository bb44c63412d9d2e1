"""`oido init`, `source`, `brand` and `query`: from nothing to a configuration that works, and changes of it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from monitor.cli import app
from monitor.config import Config, load

from .stock import empty
from .terminal import Terminal

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Courier</title>
<item><guid>1</guid><title>Luna opens</title><link>https://courier.example/1</link></item>
<item><guid>2</guid><title>Rain</title><link>https://courier.example/2</link></item>
</channel></rss>"""
PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/news.rss" title="Courier"></head></html>'
ANSWERS = {"/news.rss": FEED, "/": PAGE, "/hook": b""}


@dataclass(frozen=True)
class Desk:
    """A folder, empty at first, and the command line at work in it."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def oido(self, *words: str, stdin: str = "") -> Result:
        environ = {"LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "TZ": "Europe/Madrid"}
        command = ["--config", str(self.config), *words]
        return CliRunner().invoke(app, command, input=stdin, env=environ, prog_name="oido")

    def load(self) -> Config:
        return load(self.config, environ={})

    def write(self, text: str) -> str:
        self.config.write_text(text)
        return text


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = ANSWERS.get(self.path.partition("?")[0])
        self.send_response(200 if body is not None else 404)
        kind = "text/html" if body and body.startswith(b"<html") else "application/rss+xml"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body or b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A site on loopback with a page, the feed that it names, and a webhook."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def allowed(*sources: str) -> str:
    """A configuration whose network may ask this machine."""
    tables = "".join(f"\n[[source]]\n{source}\n" for source in sources)
    return f'language = "en"\n\n[[brand]]\nname = "Luna"\n{tables}\n[network]\nallow = ["127.0.0.1"]  # ours\n'


# oido init


def test_init_needs_only_a_brand(desk: Desk) -> None:
    assert desk.oido("init", "--yes", "--brand", "Luna Roja").exit_code == 0
    config = desk.load()
    assert (config.brands[0].name, config.language, config.timezone) == ("Luna Roja", "en", "Europe/Madrid")
    assert [notifier.kind for notifier in config.notifiers] == ["console"]
    assert not config.warnings


def test_init_writes_what_it_was_told(desk: Desk) -> None:
    desk.oido(
        *("init", "--no-input", "--brand", "Luna", "--handle", "@luna", "--handle", "@luna_es"),
        *("--language", "es", "--database", "data/luna.db"),
    )
    config = desk.load()
    assert config.language == "es"
    assert config.brands[0].handles == ("@luna", "@luna_es")
    assert config.database == desk.folder / "data" / "luna.db"
    assert "# Fuentes" in desk.config.read_text()


def test_init_goes_on_when_the_site_cannot_be_read(desk: Desk) -> None:
    result = desk.oido("init", "--yes", "--brand", "Luna", "--site", "http://127.0.0.1:9")
    assert "Could not look at http://127.0.0.1:9" in result.stderr
    assert desk.config.exists()


def test_init_keeps_a_notifiers_address_in_a_file_of_its_own(desk: Desk, site: str) -> None:
    result = desk.oido("init", "--yes", "--brand", "Luna", "--notify", f"{site}/hook?key=s3cret")
    assert "Said hello to webhook" in result.stderr
    assert "s3cret" not in desk.config.read_text() + result.output
    assert desk.load().notifiers[0].url == f"{site}/hook?key=s3cret"
    assert (desk.folder / "secrets" / "webhook-url").stat().st_mode & 0o777 == 0o600


def test_init_tells_when_the_hello_does_not_arrive_and_writes_all_the_same(desk: Desk, site: str) -> None:
    result = desk.oido("init", "--yes", "--brand", "Luna", "--notify", f"{site}/nowhere")
    assert "The hello did not reach webhook" in result.stderr
    assert f"edit {desk.folder / 'secrets' / 'webhook-url'}" in result.stderr
    assert desk.load().notifiers[0].kind == "webhook"


def test_init_gives_each_notifier_a_name_of_its_own(desk: Desk) -> None:
    desk.oido("init", "--yes", "--brand", "Luna", "--notify", "console", "--notify", "console")
    assert [notifier.name for notifier in desk.load().notifiers] == ["console", "console-2"]


# Apprise imports what Python 3.13 drops.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "'--brand': nobody can be asked here; give it"),
        (["--brand", "***"], "'--brand': there is no letter, digit or symbol to look for"),
        (["--brand", "Luna", "--language", "fr"], "'--language': 'fr' is not spoken here; es or en"),
        (["--brand", "Luna", "--site", "luna"], "'--site': 'luna' is not a website; write it as https://luna.es"),
        (["--brand", "Luna", "--site", "ftp://luna.es"], "'--site': 'ftp://luna.es' is not a website"),
        (
            ["--brand", "Luna", "--notify", "tgrm://x"],
            "'--notify': no service is called tgrm://; did you mean tgram://",
        ),
        (["--brand", "Luna", "--notify", "env:NOWHERE_TO_BE_SEEN"], "NOWHERE_TO_BE_SEEN is not set"),
    ],
)
def test_init_names_the_option_that_is_wrong_and_writes_nothing(desk: Desk, words: list[str], said: str) -> None:
    result = desk.oido("init", *words)
    assert (result.exit_code, list(desk.folder.iterdir())) == (2, [])
    assert said in result.stderr


def test_init_writes_into_a_folder_that_was_named(desk: Desk) -> None:
    Desk(desk.folder.parent).oido("--config", str(desk.folder), "init", "--yes", "--brand", "Luna")
    assert desk.config.exists()


def test_init_does_not_overwrite_unless_told(desk: Desk) -> None:
    before = desk.write("# mine\n")
    result = desk.oido("init", "--yes", "--brand", "Luna")
    assert (result.exit_code, desk.config.read_text()) == (2, before)
    assert desk.oido("init", "--yes", "--brand", "Luna", "--force").exit_code == 0
    assert desk.load().brands[0].name == "Luna"


def at_the_keyboard(desk: Desk, *words: str) -> Terminal:
    return Terminal("--config", str(desk.config), *words, environ={"LC_ALL": "es_ES.UTF-8"})


def test_init_asks_and_asks_again_until_an_answer_can_be_used(desk: Desk) -> None:
    terminal = at_the_keyboard(desk, "init")
    terminal.answer("es", "Luna", "", "@luna", "tgrm://x", "console")
    assert terminal.end() == 0, terminal.shown
    assert "did you mean tgram://" in terminal.shown
    assert "Qué marca vigilamos" in terminal.shown
    assert (desk.load().brands[0].handles, desk.load().language) == (("@luna",), "es")


def test_a_way_out_that_is_closed_is_asked_for_again(desk: Desk, site: str) -> None:
    terminal = at_the_keyboard(desk, "init", "--brand", "Luna", "--language", "es")
    terminal.answer("", "", f"{site}/nowhere?key=s3cretkey console", f"{site}/hook")
    assert terminal.end() == 0, terminal.shown
    assert "✗ El saludo no llegó a webhook" in terminal.shown
    notifiers = {notifier.name: notifier.url for notifier in desk.load().notifiers}
    assert notifiers == {"console": "", "webhook": f"{site}/hook"}


def test_no_error_of_a_service_shows_its_address(desk: Desk) -> None:
    token = "AAbbccddeeffgghhiijjkk"
    result = desk.oido("init", "--yes", "--brand", "Luna", "--notify", f"json://127.0.0.1:9/{token}")
    assert "did not reach json" in result.stderr
    assert token not in result.stderr


def test_a_person_is_answered_in_their_language(desk: Desk) -> None:
    terminal = at_the_keyboard(desk, "init", "--brand", "Luna", "--language", "es")
    terminal.answer("luna punto es", "", "", "")
    assert terminal.end() == 0, terminal.shown
    assert "'luna punto es' no es una web" in terminal.shown


def test_ctrl_c_at_a_question_writes_nothing(desk: Desk) -> None:
    terminal = at_the_keyboard(desk, "init")
    terminal.answer("es", "Luna")
    terminal.question()
    terminal.interrupt()
    assert (terminal.end(), list(desk.folder.iterdir())) == (130, [])


# oido source


def test_a_source_is_added_and_every_other_byte_stays(desk: Desk, site: str) -> None:
    before = desk.write(allowed())
    result = desk.oido("source", "add", f"{site}/news.rss", "--every", "15m")
    assert result.exit_code == 0, result.stderr
    addition = f'\n[[source]]\nname = "the-courier"\nconnector = "feed"\nurl = "{site}/news.rss"\nevery = "15m"\n'
    assert desk.config.read_text() == before + addition


@pytest.mark.parametrize("path", ["/news.rss", "/"])
def test_a_source_that_is_there_is_not_added_again(desk: Desk, site: str, path: str) -> None:
    before = desk.write(allowed(f'name = "press"\nconnector = "feed"\nurl = "{site}/news.rss"'))
    result = desk.oido("source", "add", f"{site}{path}")
    assert (result.exit_code, desk.config.read_text()) == (1, before)
    assert "has it already, as 'press'" in result.stderr


@pytest.mark.parametrize(
    ("address", "code"), [("/gone", 4), ("http://127.0.0.1:9/", 1)], ids=["refused", "unavailable"]
)
def test_a_source_that_cannot_be_read_is_not_added(desk: Desk, site: str, address: str, code: int) -> None:
    before = desk.write(allowed())
    result = desk.oido("source", "add", address if "://" in address else f"{site}{address}")
    assert (result.exit_code, desk.config.read_text()) == (code, before)
    assert "Nothing was added" in result.stderr
    assert "tried again by itself" not in result.stderr


def test_a_page_is_added_as_the_feed_that_it_names(desk: Desk, site: str) -> None:
    desk.write(allowed('connector = "hackernews"'))
    desk.oido("source", "add", site, "--name", "press", "--comments")
    added = desk.load().sources[1]
    assert (added.name, added.connector.url, added.connector.comments) == ("press", f"{site}/news.rss", True)


def test_an_added_source_does_not_take_the_name_of_another(desk: Desk, site: str) -> None:
    desk.write(allowed())
    desk.oido("source", "add", f"{site}/news.rss")
    desk.oido("source", "add", f"{site}/news.rss?more")
    assert [source.name for source in desk.load().sources] == ["the-courier", "the-courier-2"]


def test_a_key_in_a_pasted_address_goes_to_a_file(desk: Desk) -> None:
    desk.write(allowed())
    assert desk.oido("source", "add", "https://www.reddit.com/r/spain/.rss?feed=s3cret&user=ana").exit_code == 0
    assert "s3cret" not in desk.config.read_text()
    assert desk.load().sources[0].connector.feed == "s3cret"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["{site}/news.rss", "--every", "soon"], 2),
        (["{site}/news.rss", "--name", " "], 3),
        (["{site}/gone.xml"], 4),
    ],
)
def test_what_cannot_be_added_leaves_the_file_alone(desk: Desk, site: str, words: list[str], code: int) -> None:
    before = desk.write(allowed())
    result = desk.oido("source", "add", *(word.format(site=site) for word in words))
    assert (result.exit_code, desk.config.read_text()) == (code, before)
    assert result.stderr


def test_sources_are_listed_before_anything_was_read(desk: Desk) -> None:
    desk.write(allowed('connector = "hackernews"', 'connector = "bluesky"'))
    assert desk.oido("source", "list").output.splitlines() == [
        "hackernews\thackernews\t5m\twaiting\t\t\t\t\t\t",
        "bluesky\tbluesky\tstream\twaiting\t\t\t\t\t\t",
    ]


def test_sources_are_listed_with_how_they_stand(desk: Desk) -> None:
    house = empty(desk.folder)
    house.hear()
    house.fail("https://social.example/: 401")
    desk.write(allowed('name = "social"\nconnector = "hackernews"'))
    cells = desk.oido("source", "list").output.rstrip("\n").split("\t")
    assert cells[:4] == ["social", "hackernews", "5m", "down"]
    assert cells[8] == "https://social.example/: 401"


def test_sources_are_listed_with_what_they_may_use_up(desk: Desk) -> None:
    desk.write(allowed('connector = "youtube"\nkey = "k"'))
    (row,) = json.loads(desk.oido("source", "list", "--json").output)
    assert {each["name"]: (each["used"], each["unit"], each["window_seconds"]) for each in row["budgets"]} == {
        "search": (0, "searches", 86_400),
        "units": (0, "units", 86_400),
    }


def test_sources_are_listed_as_json(desk: Desk) -> None:
    desk.write(allowed('connector = "hackernews"\nevery = "1h30m"'))
    (row,) = json.loads(desk.oido("source", "list", "--json").output)
    assert (row["name"], row["every"], row["state"], row["mentions"]) == ("hackernews", "1h30m", "waiting", None)


def test_a_source_is_tried_and_nothing_is_stored(desk: Desk, site: str) -> None:
    desk.write(allowed(f'name = "press"\nconnector = "feed"\nurl = "{site}/news.rss"'))
    shown = desk.oido("source", "test", "press").output
    assert "names Luna" in shown
    assert "https://courier.example/2" in shown
    assert list(desk.folder.iterdir()) == [desk.config]


def test_a_source_is_tried_without_the_secrets_of_what_is_not_tried(desk: Desk, site: str) -> None:
    other = 'connector = "youtube"\nkey = "env:NOT_SET"'
    desk.write(allowed(f'name = "press"\nconnector = "feed"\nurl = "{site}/news.rss"', other))
    assert "names Luna" in desk.oido("source", "test", "press").output
    assert "NOT_SET is not set" in desk.oido("source", "test", "youtube").stderr


def test_an_address_is_tried_before_it_is_added(desk: Desk, site: str) -> None:
    desk.write(allowed())
    assert "Luna opens" in desk.oido("source", "test", "--url", site).output


def test_a_source_that_fails_says_who_must_act(desk: Desk, site: str) -> None:
    desk.write(allowed(f'connector = "feed"\nurl = "{site}/gone.rss"'))
    result = desk.oido("source", "test", "feed")
    assert result.exit_code == 4
    assert "You must act" in result.stderr


def test_a_source_that_is_not_there_is_told_with_those_that_are(desk: Desk) -> None:
    desk.write(allowed('connector = "hackernews"'))
    assert "there is no source 'x'; there are: hackernews" in desk.oido("source", "test", "x").stderr


def test_a_source_is_removed_printed_and_every_other_byte_stays(desk: Desk) -> None:
    desk.write(allowed('connector = "hackernews"', 'connector = "bluesky"'))
    result = desk.oido("source", "remove", "hackernews")
    assert result.stdout == '[[source]]\nconnector = "hackernews"\n'
    assert desk.config.read_text() == allowed('connector = "bluesky"')


def test_a_source_written_inline_is_left_to_an_editor(desk: Desk) -> None:
    before = desk.write('source = [{ connector = "hackernews" }]\n\n[[brand]]\nname = "Luna"\n')
    result = desk.oido("source", "remove", "hackernews")
    assert (result.exit_code, desk.config.read_text()) == (1, before)
    assert "take it out with an editor" in result.stderr


# oido brand, oido query


def test_brands_are_listed_with_their_queries(desk: Desk) -> None:
    desk.write('[[brand]]\nname = "Luna"\nhandles = ["@a", "@b"]\n\n[[brand]]\nname = "Sol"\ncompetitor = true\n')
    assert desk.oido("brand", "list").output.splitlines() == ["Luna\tLuna\t@a @b\t\tno", "Sol\tSol\t\t\tyes"]


def test_a_query_is_shown_as_it_is_understood(desk: Desk) -> None:
    assert desk.oido("query", "check", "luna | (lunita)").output.splitlines()[0] == "luna OR lunita"


@pytest.mark.parametrize(("text", "code", "said"), [("¡Luna!", 0, "This is a mention"), ("lunar", 1, "no mention")])
def test_a_query_is_tried_on_a_text(desk: Desk, text: str, code: int, said: str) -> None:
    result = desk.oido("query", "check", "luna", "--text", text)
    assert result.exit_code == code
    assert said in result.output


def test_a_bad_query_is_shown_with_a_caret(desk: Desk) -> None:
    result = desk.oido("query", "check", "luna (roja")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[1:] == ["  luna (roja", "       ^"]


def test_a_broken_configuration_is_told_with_exit_code_3(desk: Desk) -> None:
    desk.write('[[brand]]\nname = "Luna"\n\n[[source]]\nconnector = "hackernews"\nlimt = 3\n')
    result = desk.oido("source", "list")
    assert result.exit_code == 3
    assert "source[1].limt: unknown key; did you mean 'limit'? (line 6)" in result.stderr
