"""What a configuration says, and what is wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import Connector
from monitor.alerting.policy import DUE, Policy
from monitor.config import load
from monitor.errors import Misconfigured
from monitor.types import Level

from .conftest import BRAND, Folder

OWN = '[[source]]\nconnector = "guestbook"\n'
SOURCE = '[[source]]\nconnector = "gazette"\nurl = "https://news.example"\n'


def test_a_brand_alone_is_a_configuration(folder: Folder) -> None:
    assert [brand.name for brand in folder.load(BRAND).brands] == ["Luna"]


def test_a_brand_without_a_query_is_called_by_its_name_as_a_phrase(folder: Folder) -> None:
    named = folder.load('[[brand]]\nname = "Luna Roja"').brands[0]
    asked = folder.load('[[brand]]\nname = "x"\nquery = \'"Luna Roja"\'').brands[0]
    assert named.query == asked.query


def test_quotes_in_a_brand_name_do_not_break_its_query(folder: Folder) -> None:
    assert folder.load("[[brand]]\nname = 'La \"Luna\"'").brands[0].name == 'La "Luna"'


def test_a_source_is_called_as_its_connector_and_polled_as_often_as_that_says(folder: Folder) -> None:
    source = folder.load(BRAND + SOURCE).sources[0]
    assert (source.name, source.every) == ("gazette", timedelta(minutes=7))


def test_a_source_may_be_all_about_a_brand(folder: Folder) -> None:
    assert folder.load(BRAND + SOURCE + 'about = "Luna"\n').sources[0].about == "Luna"
    assert folder.load(BRAND + SOURCE).sources[0].about == ""


def test_a_source_is_about_no_brand_that_there_is_not(folder: Folder) -> None:
    with pytest.raises(Misconfigured, match="there is no brand 'Lun'; did you mean 'Luna'"):
        folder.load(BRAND + SOURCE + 'about = "Lun"\n')


def test_what_is_said_on_ones_own_page_is_about_ones_only_brand(folder: Folder) -> None:
    rival = '[[brand]]\nname = "Sol"\ncompetitor = true\n'
    assert folder.load(BRAND + rival + OWN).sources[0].about == "Luna"


def test_of_two_own_brands_one_must_be_named(folder: Folder) -> None:
    with pytest.raises(Misconfigured, match="which brand is this the account of"):
        folder.load(BRAND + '[[brand]]\nname = "Sol"\n' + OWN)


@pytest.mark.parametrize(
    ("line", "option", "value"),
    [
        ("pages = 5", "pages", 5),
        ("weight = 1", "weight", 1.0),
        ("loud = true", "loud", True),
        ('mode = "weekly"', "mode", "weekly"),
        ('tags = ["a", "b"]', "tags", ("a", "b")),
        ('window = "1h30m"', "window", timedelta(minutes=90)),
        ('most = "none"', "most", None),
    ],
)
def test_an_option_takes_its_type(source: Callable[..., Connector], line: str, option: str, value: object) -> None:
    assert getattr(source(line), option) == value


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('pages = "5"', "source[1].pages: expected a whole number, got a text; write it without quotes (line 6)"),
        ("pages = true", "source[1].pages: expected a whole number, got true or false (line 6)"),
        ("pages = 0", "source[1].pages: below one; write 1 or more (line 6)"),
        ('loud = "yes"', "source[1].loud: expected true or false, got a text; write it without quotes (line 6)"),
        ('mode = "weekl"', "source[1].mode: 'weekl' is not known here; did you mean 'weekly'? (line 6)"),
        ('mode = "x"', 'source[1].mode: \'x\' is not known here; write one of "daily", "weekly" (line 6)'),
        ('tags = "a"', 'source[1].tags: expected a list, each a text, got a text; put it in brackets: ["a"] (line 6)'),
        ('tags = ["a", 2]', "source[1].tags[2]: expected a text, got a whole number; write it in quotes (line 6)"),
        (
            'window = "1 hora"',
            'source[1].window: \'1 hora\' is not a duration such as "90s", "10m", "6h" or "7d" (line 6)',
        ),
        ('every = "0s"', 'source[1].every: too often; write "1s" or longer (line 6)'),
        ("every = 10", 'source[1].every: expected a duration such as "90s", "10m", "6h" or "7d", got a whole'),
        ("pags = 5", "source[1].pags: unknown key; did you mean 'pages'? (line 6)"),
        ("_kept = 5", "source[1]._kept: unknown key"),
        ('name = " "', "source[1].name: empty; write what people call it (line 6)"),
        ("token = 5", "source[1].token: expected a text, got a whole number; write it in quotes (line 6)"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_told_with_place_hint_and_line(folder: Folder, line: str, problem: str) -> None:
    (said,) = folder.problems(f"{BRAND}{SOURCE}{line}\n")
    assert said.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", 'brand: there is no brand to watch; add a table [[brand]] with name = "…"'),
        ("[[brand]]\n", "brand[1].name: missing; it is a text (line 1)"),
        ('[[brand]]\nname = ""', "brand[1].name: empty; write what people call it (line 2)"),
        ('[brand]\nname = "x"', "brand: expected a list of tables; write [[brand]], with two brackets"),
        (f"{BRAND}{BRAND}", "brand[2].name: a second 'Luna'; give each brand a name of its own"),
        (f"{BRAND}{SOURCE}{SOURCE}", "source[2].name: a second 'gazette'; give each source a name of its own"),
        (f"{BRAND}[[source]]\nurl = 'x'", "source[1].connector: missing; known connectors: gazette, guestbook"),
        (f"{BRAND}[[source]]\nconnector = 'gazete'", "source[1].connector: there is no connector 'gazete'; did you"),
        (f"{BRAND}[[source]]\nconnector = 'gazette'", "source[1].url: missing; it is a text (line 3)"),
        (f"{BRAND}[[notifier]]\nkind = 'console'\nlevel = 'P0'", "notifier[1].level: 'P0' is not known here"),
        (f"{BRAND}[[notifier]]\nkind = 'webhook'", "notifier[1].url: missing; write where webhook sends to"),
        (
            f"{BRAND}[[notifier]]\nkind = 'apprise'\nurl = 'tgrm://x/y'",
            "notifier[1].url: no service is called tgrm://; did you mean tgram://?",
        ),
        (f"{BRAND}[[notifier]]\nkind = 'webhook'\nurl = 'x.es'", "notifier[1].url: not a web address; it begins with"),
        (f"{BRAND}[[notifier]]\nkind = 'console'\nbrands = ['Lun']", "notifier[1].brands[1]: there is no brand 'Lun'"),
        (f"language = 'fr'\n{BRAND}", "language: 'fr' is not spoken here; write \"es\" or \"en\" (line 1)"),
        (f"timezone = 'Europe/Madird'\n{BRAND}", "timezone: 'Europe/Madird' is not a time zone; did you mean"),
        (f"database = 5\n{BRAND}", "database: expected a text, got 5; write it in quotes (line 1)"),
        (f"lenguage = 'es'\n{BRAND}", "lenguage: unknown key; did you mean 'language'? (line 1)"),
        (f'contact = "a\\nb"\n{BRAND}', "contact: it is not one line; write an e-mail address or a web page (line 1)"),
        (f"{BRAND}[alerts]\nnegative = 35", "alerts.negative: not a probability; write one from 0 to 1 (line 4)"),
        (f"{BRAND}[alerts]\nreach = -1", "alerts.reach: below zero; write \"none\" to switch it off (line 4)"),
        (f"{BRAND}[alerts.due]\nP9 = '1h'", "alerts.due.P9: 'P9' is not known here"),
        (f"{BRAND}[alerts.due]\nP1 = '0s'", "alerts.due.P1: no time at all"),
        (f"{BRAND}[alerts]\ncompetitors = ['x']", "alerts.competitors: unknown key"),
        (f"alerts = 3\n{BRAND}", "alerts: expected a table; write [alerts] on a line of its own (line 1)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(folder: Folder, text: str, problem: str) -> None:
    (said,) = folder.problems(text)
    assert said.startswith(problem)


def test_all_problems_are_told_at_once(folder: Folder) -> None:
    text = (
        f"lenguage = 'es'\n[[brand]]\n{SOURCE}pags = 1\nloud = 1\n[[notifier]]\nkind = 'pigeon'\n[alerts]\nreach = 'x'"
    )
    places = [problem.partition(":")[0] for problem in folder.problems(text)]
    assert places == [
        "lenguage",
        "brand[1].name",
        "source[1].pags",
        "source[1].loud",
        "notifier[1].kind",
        "alerts.reach",
    ]


def test_a_bad_query_is_shown_with_a_caret(folder: Folder) -> None:
    (said,) = folder.problems("[[brand]]\nname = 'x'\nquery = 'luna (roja'")
    assert said.splitlines() == [
        "brand[1].query: this parenthesis is not closed (line 3)",
        "    luna (roja",
        "         ^",
    ]


def test_alerts_left_out_are_the_defaults(folder: Folder) -> None:
    assert folder.load(BRAND).alerts == Policy()


def test_a_due_time_changes_its_own_level_only(folder: Folder) -> None:
    due = folder.load(f"{BRAND}[alerts.due]\nP1 = '20m'").alerts.due
    assert due == {**DUE, Level.P1: timedelta(minutes=20)}


def test_competitors_never_alert(folder: Folder) -> None:
    config = folder.load(f"{BRAND}[[brand]]\nname = 'Sol'\ncompetitor = true")
    assert config.alerts.competitors == {"Sol"}


def test_the_database_stands_beside_the_configuration(folder: Folder) -> None:
    assert folder.load(f"database = 'data/x.db'\n{BRAND}").database == folder.path / "data" / "x.db"


def test_a_byte_order_mark_is_no_problem(folder: Folder) -> None:
    assert folder.load("\ufeff" + BRAND).brands


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'[[brand]]\nname = "Luna\n', "line 2, column 13: not TOML: "),
        (b"[[brand]]\nname = Luna\n", "line 2, column 8: not TOML: "),
        (b'[[brand]]\nname = "Mu\xf1oz"\n', "line 2: not UTF-8 text; save the file in the encoding UTF-8"),
        ("name".encode("utf-16"), "line 1: not UTF-8 text"),
        (b'a = """x', "end of document: not TOML: "),
    ],
    ids=["open-quote", "no-quotes", "latin-1", "utf-16", "open-text"],
)
def test_a_file_that_is_not_toml_is_told_by_line(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(Misconfigured) as raised:
        load(file)
    assert str(raised.value.problems[0]).startswith(problem)


def test_a_missing_file_says_who_writes_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="it is not there; `oido init` writes one"):
        load(tmp_path / "config.toml")


def test_settings_change_with_an_option_and_not_with_the_schedule(folder: Folder) -> None:
    before = folder.load(BRAND + SOURCE).settings
    assert folder.load(f"{BRAND}{SOURCE}every = '1h'").settings == before
    assert folder.load(f"{BRAND}{SOURCE}pages = 4").settings != before


def test_no_source_is_a_warning(folder: Folder) -> None:
    assert [warning.place for warning in folder.load(BRAND).warnings] == ["source"]


def test_an_address_that_python_cannot_read_is_a_problem_not_a_crash(folder: Folder) -> None:
    (said,) = folder.problems(f"{BRAND}{SOURCE}weight = -1\n")
    assert said.startswith("source[1]: not a weight; is an address in it wrong? (line 3)")


def test_what_a_linked_configuration_names_stands_beside_the_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "config.toml").write_text(BRAND)
    (tmp_path / "config.toml").symlink_to("real/config.toml")
    assert load(tmp_path / "config.toml").database == tmp_path / "oido.db"


def test_a_database_in_nobodys_home_is_told(folder: Folder) -> None:
    (said,) = folder.problems(f"database = '~nobody-by-this-name/x.db'\n{BRAND}")
    assert said.startswith("database: '~nobody-by-this-name/x.db': nobody's home")


def test_a_query_that_is_hardly_meant_is_a_warning(folder: Folder) -> None:
    warnings = folder.load(f"{BRAND}[[brand]]\nname = 'LG'\n").warnings
    assert str(warnings[0]).startswith("brand[2].query: LG is short")
