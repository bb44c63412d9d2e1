"""`oido brand`: one more to watch, what its pages tell of it, and what its query had better say."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.config import Config, load
from monitor.store.reader import Reader
from tests.builders import mention
from tests.monitor.test_suggest import BAGS, MOONS

from .stock import House, empty

HEAD = 'language = "{language}"  # mine\n\n[[brand]]\nname = "Luna"  # the first\n'
TAIL = '\n[network]\nallow = ["127.0.0.1"]\n\n[models]\ntier = "screen"\n'
HOME = "<html><body><p>Sol vende sombreros de paja, sombreros de fieltro y sombreros de fiesta.</p></body></html>"
MENU = '<a href="/nosotros">Nosotros</a> <a href="/perdido">Productos</a>'
PAGES = {"/": HOME, "/menu": HOME + MENU, "/nosotros": "<html><p>Hechos en Elche desde 1920.</p></html>"}


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = PAGES.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A brand's site, on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(tmp_path: Path) -> House:
    return configured(tmp_path)


def configured(folder: Path, language: str = "en") -> House:
    house = empty(folder)
    house.config.write_text(HEAD.format(language=language) + TAIL)
    return house


def config(house: House) -> Config:
    return load(house.config, environ={})


def kept(house: House, brand: str) -> str | None:
    with Reader.open(house.database) as store:
        found = store.profile(brand)
    return found[0] if found else None


# oido brand add


def test_a_brand_is_added_and_every_other_byte_stays(desk: House, site: str) -> None:
    result = desk.oido("brand", "add", "Sol", "--site", site, "--handle", "@sol", "--wiki", "es:Nadie")
    assert result.exit_code == 0, result.stderr
    table = f'\n[[brand]]\nname = "Sol"\nquery = "Sol"\nsite = "{site}"\nhandles = ["@sol"]\nwiki = ["es:Nadie"]\n'
    assert desk.config.read_text() == HEAD.format(language="en") + table + TAIL


def test_the_pages_read_and_the_words_that_tell_it_apart_are_shown(desk: House, site: str) -> None:
    shown = desk.oido("brand", "add", "Sol", "--site", f"{site}/menu").stderr.splitlines()
    assert [line.split()[0] for line in shown] == ["✓", "✓", "✗", "What"]
    assert f"{site}/nosotros 27 characters" in shown[1]
    assert "/perdido: 404" in shown[2]
    assert "What tells it apart best: sombreros, " in shown[3]


def test_the_profile_of_an_added_brand_is_kept(desk: House, site: str) -> None:
    desk.oido("brand", "add", "Sol", "--site", site)
    assert json.loads(kept(desk, "Sol") or "")["words"]["sombreros"] == 3


def test_a_brand_whose_site_cannot_be_read_is_added_all_the_same(desk: House) -> None:
    result = desk.oido("brand", "add", "Sol", "--site", "http://10.0.0.1/")
    assert (result.exit_code, config(desk).brands[1].site) == (0, "http://10.0.0.1/")
    assert "not an address on the public internet" in result.stderr
    assert "To try again: oido brand profile Sol --refresh" in result.stderr
    assert kept(desk, "Sol") is None


def test_a_brand_may_have_nothing_but_a_name(desk: House) -> None:
    result = desk.oido("brand", "add", "Sol", "--competitor", "--query", "sol -playa")
    added = config(desk).brands[1]
    assert (added.competitor, str(added.query), result.exit_code) == (True, "sol -playa", 0)
    assert "neither a website nor a page in Wikipedia" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["luna"], 1, "has a brand 'Luna' already"),
        (["Sol", "--site", "sol"], 2, "'sol' is not a website"),
        (["Sol", "--query", "sol ("], 2, "this parenthesis is not closed"),
        (["***"], 2, "there is no letter, digit or symbol to look for"),
        ([" ", "--query", "sol"], 3, "brand[2].name: empty"),
        ([], 2, "Missing argument 'NAME'"),
    ],
)
def test_when_something_is_wrong_nothing_is_written(desk: House, words: list[str], code: int, said: str) -> None:
    before = desk.config.read_text()
    result = desk.oido("brand", "add", *words)
    assert (result.exit_code, desk.config.read_text()) == (code, before)
    assert said in result.stderr


def test_a_dry_run_shows_what_would_be_and_keeps_nothing(desk: House, site: str) -> None:
    before = desk.config.read_text()
    result = desk.oido("brand", "add", "Sol", "--site", site, "--dry-run")
    assert result.stdout == f'[[brand]]\nname = "Sol"\nquery = "Sol"\nsite = "{site}"\n'
    assert "sombreros" in result.stderr
    assert (desk.config.read_text(), kept(desk, "Sol")) == (before, None)


def test_a_person_is_told_in_their_language(tmp_path: Path, site: str) -> None:
    shown = configured(tmp_path, "es").oido("brand", "add", "Sol", "--site", site)
    assert "✓ Sol añadida a" in shown.stdout
    assert "Lo que más la distingue: sombreros" in shown.stderr


# oido brand profile


def test_a_profile_is_shown(desk: House, site: str) -> None:
    desk.oido("brand", "add", "Sol", "--site", site)
    shown = desk.oido("brand", "profile", "sol").stdout.splitlines()
    assert shown[0] == "Sol"
    assert shown[-1].split()[:2] == ["telling", "sombreros,"]


def test_a_profile_is_shown_as_json(desk: House, site: str) -> None:
    desk.oido("brand", "add", "Sol", "--site", site)
    row = json.loads(desk.oido("brand", "profile", "Sol", "--json").stdout)
    assert (row["host"], row["rivals"], row["telling"][0]) == ("127.0.0.1", ["Luna"], "sombreros")


def test_a_brand_without_a_profile_is_told_how_to_get_one(desk: House) -> None:
    result = desk.oido("brand", "profile", "Luna")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "oido brand profile Luna --refresh" in result.stderr


def test_a_profile_that_cannot_be_renewed_stays(desk: House, site: str) -> None:
    desk.oido("brand", "add", "Sol", "--site", site)
    before = kept(desk, "Sol")
    desk.config.write_text(desk.config.read_text().replace(site, "http://10.0.0.1/"))
    result = desk.oido("brand", "profile", "Sol", "--refresh")
    assert (result.exit_code, kept(desk, "Sol")) == (1, before)


def test_a_damaged_profile_is_told_in_one_line(desk: House) -> None:
    with desk.store() as store:
        store.keep_profile("Luna", "{", [], desk.now)
    result = desk.oido("brand", "profile", "Luna")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "oido brand profile Luna --refresh" in result.stderr


def test_a_brand_that_is_not_there_is_told_with_those_that_are(desk: House) -> None:
    assert "there is no brand 'x'; there are: Luna" in desk.oido("brand", "profile", "x").stderr


# oido brand suggest


@pytest.fixture
def noisy(desk: House) -> House:
    """A Luna that makes bags, and a moon that the model has hidden."""
    shown = [mention(text, id=f"b{at}", author=f"b{at}", brand="Luna") for at, text in enumerate(BAGS)]
    moon = [mention(text, id=f"m{at}", author=f"m{at}", brand="Luna", hidden=True) for at, text in enumerate(MOONS * 3)]
    desk.hear(*shown, *moon)
    return desk


def test_proposals_are_rows_in_a_pipe(noisy: House) -> None:
    result = noisy.oido("brand", "suggest", "Luna")
    assert result.stdout.splitlines()[0] == "-llena\t15\t0\t0\t15\t0\t\t"
    assert "48 mentions read" in result.stderr
    assert "oido query check 'Luna -llena" in result.stderr


def test_what_proposals_rest_on_is_read_without_a_broken_word(noisy: House) -> None:
    told = noisy.oido("brand", "suggest", "Luna").stderr.splitlines()[:3]
    assert [line.split()[0] for line in told] == ["Luna:", "Marked", "The"]
    assert max(map(len, told)) < 80


def test_what_a_proposal_would_lose_is_told(noisy: House) -> None:
    with noisy.store() as store:
        store.label([13], "ana", noisy.now, relevant=True)
    proposals = json.loads(noisy.oido("brand", "suggest", "Luna", "--json").stdout)["proposals"]
    assert all(13 not in each["numbers"] or not each["safe"] for each in proposals)


def test_what_people_marked_counts(noisy: House) -> None:
    with noisy.store() as store:
        store.label([13, 14], "ana", noisy.now, relevant=False)
    told = json.loads(noisy.oido("brand", "suggest", "Luna", "--json").stdout)
    assert (told["irrelevant"], told["hidden"], told["proposals"][0]["irrelevant"]) == (2, 34, 1)


def test_the_query_is_written_when_a_person_agrees(noisy: House) -> None:
    before = noisy.config.read_text()
    assert noisy.oido("brand", "suggest", "Luna", "-L", "1", "--write", stdin="n\n").exit_code == 1
    assert noisy.config.read_text() == before
    assert noisy.oido("brand", "suggest", "Luna", "-L", "1", "--write", stdin="y\n").exit_code == 0
    assert noisy.config.read_text() == before.replace("[[brand]]\n", '[[brand]]\nquery = "Luna -llena"\n')


def test_the_query_that_is_there_is_replaced(noisy: House) -> None:
    noisy.config.write_text(noisy.config.read_text().replace("[[brand]]", "[[brand]]\nquery = 'luna'  # ours"))
    noisy.oido("brand", "suggest", "Luna", "-L", "1", "--write", "--yes")
    assert 'query = "luna -llena"  # ours\n' in noisy.config.read_text()


def test_nothing_to_propose_is_told_and_why(desk: House) -> None:
    result = desk.oido("brand", "suggest", "Luna")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "oido label ID --irrelevant" in result.stderr
