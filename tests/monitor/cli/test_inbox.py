"""The inbox, and what people do with it."""

import csv
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from monitor.types import State
from tests.builders import mention, verdict

from .stock import House
from .terminal import Terminal


def rows(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()]


def state(house: House, number: int) -> State:
    with house.store() as store:
        ticket = store.dossier(number).ticket
    assert ticket
    return ticket.state


def test_a_pipe_gets_one_row_an_alert_most_urgent_first(house: House) -> None:
    result = house.oido("inbox")
    published = (house.now - timedelta(minutes=95)).strftime("%Y-%m-%dT%H:%M:%SZ")
    due = (house.now - timedelta(minutes=20, seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (result.exit_code, [row[0] for row in rows(result.output)]) == (0, ["1", "3", "2"])
    assert rows(result.output)[0] == [
        "1", "open", "P1", "86", due, "yes", "negative", "0.92", "complaint", "Acme", "mastodon",
        "maria@social.example", "12345", published, "", "https://social.example/1",
        "El pedido de Acme llegó roto y nadie responde. Ni un correo.", "", "",
    ]  # fmt: skip


def test_a_row_leaves_empty_what_is_unknown(house: House) -> None:
    followers = {row[0]: row[12] for row in rows(house.oido("inbox").output)}
    assert followers == {"1": "12345", "3": "987654", "2": ""}


def test_json_has_every_fact_and_null_for_what_is_unknown(house: House) -> None:
    (first, *_, last) = json.loads(house.oido("inbox", "--json").output)
    assert first == first | {
        "number": 1, "state": "open", "level": "P1", "points": 86, "overdue": True, "sentiment": "negative",
        "confidence": 0.92, "intent": "complaint", "brand": "Acme", "author": "maria@social.example",
        "author_name": "María Pérez", "followers": 12345, "likes": 12, "shares": 3, "comments": None, "taken_by": None,
        "reasons": "negative",
    }  # fmt: skip
    assert last["followers"] is None


def test_one_brand_is_shown_alone(house: House) -> None:
    assert [row[0] for row in rows(house.oido("inbox", "--brand", "Acme Pro").output)] == ["3"]


def test_no_more_than_the_limit_is_shown(house: House) -> None:
    assert len(rows(house.oido("inbox", "-L", "2").output)) == 2


def test_an_empty_inbox_is_fine(new_house: House) -> None:
    result = new_house.oido("inbox", "--json")
    assert (result.exit_code, json.loads(result.output)) == (0, [])


def test_what_is_taken_is_known_to_everybody(house: House) -> None:
    assert house.oido("take", "1", "--by", "Ana").exit_code == 0
    assert rows(house.oido("inbox").output)[0][14] == "Ana"


def test_what_another_has_taken_is_refused_unless_forced(house: House) -> None:
    house.oido("take", "1", "--by", "Ana")
    refused = house.oido("take", "1", "--by", "Luis")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "oido: mention 1 is taken by Ana; use --force to take it over\n"
    assert house.oido("take", "1", "--by", "Luis", "--force").stdout == "#1: la lleva Luis\n"


def test_a_number_that_is_not_there_keeps_none_of_the_others(house: House) -> None:
    result = house.oido("close", "1", "77", "2")
    assert (result.exit_code, result.stdout) == (1, "#1: cerrada\n#2: cerrada\n")
    assert "77" in result.stderr
    assert (state(house, 1), state(house, 2), state(house, 3)) == (State.CLOSED, State.CLOSED, State.OPEN)


@pytest.mark.parametrize("stdin", ["1\n2\n", "#1 2", "1\topen\tP1\n2\topen\tP2\n"], ids=["lines", "words", "rows"])
def test_numbers_come_in_on_stdin(house: House, stdin: str) -> None:
    assert house.oido("close", "-", stdin=stdin).stdout == "#1: cerrada\n#2: cerrada\n"


@pytest.mark.parametrize("word", ["abc", "1.5", "-1", "", "9" * 30, "²", "１"])
def test_what_is_no_number_is_a_usage_error(house: House, word: str) -> None:
    result = house.oido("close", "--", word)
    assert result.exit_code == 2
    assert result.stderr.startswith("oido: ")
    assert len(result.stderr.splitlines()) == 1


def test_nothing_on_stdin_is_a_usage_error(house: House) -> None:
    assert house.oido("close", "-").exit_code == 2


def test_a_reply_stops_the_clock_and_keeps_who_what_and_where(house: House) -> None:
    result = house.oido("reply", "1", "--text", "Te escribimos", "--url", "https://social.example/9", "--by", "Ana")
    assert (result.exit_code, result.output) == (0, "#1: respondida por Ana, primera respuesta en 1 h\n")
    shown = json.loads(house.oido("show", "1", "--json").output)
    assert shown["state"] == "replied"
    assert [(reply["by"], reply["text"], reply["url"]) for reply in shown["replies"]] == [
        ("Ana", "Te escribimos", "https://social.example/9")
    ]


def test_what_keeps_us_from_explaining_a_verdict_hides_nothing_else(house: House) -> None:
    # Its configuration names no brands.
    with closing(sqlite3.connect(house.folder / "oido.db")) as db, db:
        db.execute("UPDATE mentions SET model = 'careful-2', reasons = '[]' WHERE number = 1")
    result = house.oido("show", "1", "--json")
    assert (result.exit_code, json.loads(result.stdout)["number"]) == (0, 1)
    assert result.stderr.startswith("oido: ")


def test_a_second_reply_does_not_move_the_clock(house: House) -> None:
    house.oido("reply", "1", "--text", "uno", "--by", "Ana")
    assert house.oido("reply", "1", "--text", "dos", "--by", "Ana").output == "#1: respondida por Ana\n"


def test_a_reply_comes_in_on_stdin(house: House) -> None:
    house.oido("reply", "1", "--text", "-", stdin="Hola,\nya va.\n")
    (reply,) = json.loads(house.oido("show", "1", "--json").output)["replies"]
    assert reply["text"] == "Hola,\nya va."


def test_who_answers_what_another_has_taken_is_told_and_recorded(house: House) -> None:
    house.oido("take", "1", "--by", "Ana")
    result = house.oido("reply", "1", "--text", "Hola", "--by", "Luis")
    assert (result.exit_code, result.stderr) == (0, "Ojo: #1 la lleva Ana\n")
    assert result.stdout.startswith("#1: respondida por Luis, primera respuesta en ")


def test_who_answers_what_is_their_own_is_told_nothing(house: House) -> None:
    house.oido("take", "1", "--by", "Ana")
    assert house.oido("reply", "1", "--text", "Hola", "--by", "Ana").stderr == ""


def test_a_link_that_cannot_be_used_is_asked_for_again_and_the_words_are_kept(house: House) -> None:
    terminal = Terminal("reply", "1", "--no-open", environ={"OIDO_CONFIG": str(house.config)})
    terminal.answer("Te escribimos", "no es un enlace", "https://social.example/9")
    assert terminal.end() == 0, terminal.shown
    assert "'no es un enlace' no es una dirección web" in terminal.shown
    (reply,) = json.loads(house.oido("show", "1", "--json").output)["replies"]
    assert (reply["text"], reply["url"]) == ("Te escribimos", "https://social.example/9")


def test_ctrl_c_at_a_question_records_nothing_and_ends_its_line(house: House) -> None:
    terminal = Terminal("reply", "1", "--no-open", environ={"OIDO_CONFIG": str(house.config)})
    terminal.question()
    terminal.interrupt()
    assert (terminal.end(), terminal.shown.endswith("\n")) == (130, True)
    assert state(house, 1) is State.OPEN


def test_a_reply_without_words_or_link_is_a_usage_error_in_a_pipe(house: House) -> None:
    assert house.oido("reply", "1").exit_code == 2


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "social.example/9"])
def test_a_link_that_is_not_of_the_web_is_refused(house: House, link: str) -> None:
    assert house.oido("reply", "1", "--url", link).exit_code == 2
    assert state(house, 1) is State.OPEN


def test_what_is_snoozed_leaves_the_inbox_and_is_listed_when_asked_for(house: House) -> None:
    result = house.oido("snooze", "1", "--for", "2h")
    assert (result.exit_code, result.output.startswith("#1: pospuesta hasta ")) == (0, True)
    assert [row[0] for row in rows(house.oido("inbox").output)] == ["3", "2"]
    assert [row[0] for row in rows(house.oido("inbox", "--snoozed").output)] == ["1"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--for", "2h", "--until", "mañana"),
        ("--for", "soon"),
        ("--for", "0s"),
        ("--for", "999999999w"),
        ("--until", "2020-01-01"),
    ],
)
def test_a_snooze_without_one_time_to_come_is_a_usage_error(house: House, words: tuple[str, ...]) -> None:
    result = house.oido("snooze", "1", *words)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_what_is_closed_comes_back(house: House) -> None:
    house.oido("close", "1")
    assert house.oido("reopen", "1").output == "#1: abierta de nuevo\n"
    assert state(house, 1) is State.OPEN


def test_all_shows_the_closed_ones_too(house: House) -> None:
    house.oido("close", "1")
    assert sorted(row[1] for row in rows(house.oido("inbox", "--all").output)) == ["closed", "open", "open"]


def test_show_tells_why_in_words(house: House) -> None:
    shown = house.oido("show", "1").output
    for fact in ("#1", "P1", "urgente", "86 puntos", "maria@social.example", "12.345 seguidores", "92 %", "queja",
                 "roto +1.42", "negatividad 46 + tipo 20 + alcance 15 + interacciones 5 = 86 → P1", "https://social.example/1",
                 "— comentarios", "es negativa"):  # fmt: skip
        assert fact in shown


def test_show_speaks_english_where_the_configuration_does(house: House) -> None:
    house.config.write_text('language = "en"\n', encoding="utf-8")
    assert "12,345 followers" in house.oido("show", "1").output


def test_show_tells_topics_relevance_and_who_said_otherwise(new_house: House) -> None:
    judged = verdict(topics=("delivery", "service"))
    new_house.hear(mention(seen_at=new_house.now, verdict=judged, relevance=0.62))
    assert "envío, atención" in new_house.oido("show", "1").output
    assert "62 % de que trate de la marca" in new_house.oido("show", "1").output
    with new_house.store() as store:
        store.label([1], "Ana", new_house.now, relevant=False, sentiment="neutral")
    shown = new_house.oido("show", "1").output
    assert "Ana: no trata de la marca, neutra (el modelo decía 62 %, negativa)" in " ".join(shown.split())
    assert "oculta" in shown


def test_show_json_tells_the_label(new_house: House) -> None:
    new_house.hear(mention(seen_at=new_house.now, relevance=0.62))
    assert json.loads(new_house.oido("show", "1", "--json").output)["label"] is None
    with new_house.store() as store:
        store.label([1], "Ana", new_house.now, relevant=False)
    shown = json.loads(new_house.oido("show", "1", "--json").output)
    assert (shown["hidden"], shown["relevance"], shown["labelled_by"]) == (True, 0.62, "Ana")
    assert shown["label"] == shown["label"] | {"relevant": False, "sentiment": None, "by": "Ana", "said": 0.62}


def test_show_does_not_list_counts_of_which_none_is_known(house: House) -> None:
    assert "la red no las dice" in house.oido("show", "2").output


def test_show_of_nothing_is_one_line(house: House) -> None:
    result = house.oido("show", "77")
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)


def test_show_tells_what_did_not_arrive(house: House) -> None:
    house.lose_delivery("slack answered 410")
    assert "slack: 1 intento, slack answered 410; no se reintentará" in house.oido("show", "1").output


def test_show_json_tells_it_all(house: House) -> None:
    shown = json.loads(house.oido("show", "1", "--json").output)
    assert shown["parts"] == {"negative": 46, "intent": 20, "reach": 15, "engagement": 5}
    assert shown["words"][0] == {"word": "roto", "weight": 1.42}
    assert (shown["earlier"], shown["replies"], shown["troubles"]) == (0, [], [])
    assert shown["readings"][0]["followers"] == 12_345
    assert datetime.fromisoformat(shown["due_at"]) < house.now


@pytest.mark.parametrize(
    "command", [("show", "5"), ("mentions",), ("mentions", "--csv"), ("mentions", "--json"), ("authors",)]
)
def test_a_hostile_text_cannot_drive_the_terminal(house: House, command: tuple[str, ...]) -> None:
    printed = house.oido(*command).output
    assert "[bold red]Acme[/bold red]" in printed or command == ("authors",)
    assert not set(printed) & set("\x1b\x07\x9b\x00\u202e")


def test_a_tab_or_a_line_break_in_a_text_moves_no_column(house: House) -> None:
    hostile = next(row for row in rows(house.oido("mentions").output) if row[0] == "5")
    assert (len(hostile), hostile[14]) == (18, "[bold red]Acme[/bold red] gnp.exe fin tab line")


def test_csv_keeps_every_row_whole(house: House) -> None:
    records = list(csv.DictReader(house.oido("mentions", "--csv").output.splitlines(keepends=True)))
    assert [record["number"] for record in records] == ["3", "2", "1", "5", "4"]
    assert " ".join(records[3]["text"].split()) == "[bold red]Acme[/bold red] gnp.exe fin tab line"


def test_the_hint_below_the_inbox_tells_of_labels_and_fits_a_terminal(house: House) -> None:
    terminal = Terminal("inbox", environ={"OIDO_CONFIG": str(house.config)})
    assert terminal.end() == 0, terminal.shown
    (hint,) = [line for line in terminal.shown.splitlines() if "snooze N" in line]
    assert "label N --irrelevant" in hint
