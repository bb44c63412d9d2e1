"""Where everything stands."""

import json
from datetime import timedelta

from connectors.base import Budget
from monitor.cli import formats
from monitor.types import Actor, Batch, Outcome, Sent, Source
from tests.builders import mention

from .stock import House, Silent
from .test_root import plainly

SEARCHES = Budget(name="search", most=100, unit="searches", window=timedelta(days=1))


class Metered(Silent):
    def budgets(self) -> tuple[Budget, ...]:
        return (SEARCHES,)


def test_all_is_well(house: House) -> None:
    result = house.oido("status")
    assert (result.exit_code, result.stdout.split("\t")[:3]) == (0, ["social", "silent", "well"])


def test_a_source_that_needs_a_person_is_exit_code_4(house: House) -> None:
    house.fail("https://social.example/: 401")
    result = house.oido("status")
    row = result.stdout.rstrip("\n").split("\t")
    assert (result.exit_code, row[2], row[5], row[11:13]) == (4, "down", "", ["person", "https://social.example/: 401"])


def test_a_source_that_mends_by_itself_is_exit_code_0(house: House) -> None:
    house.fail("https://social.example/: 503", Actor.NOBODY)
    result = house.oido("status")
    assert (result.exit_code, result.stdout.split("\t")[2]) == (0, "failing")


def test_a_source_that_fails_for_hours_is_exit_code_4_whoever_must_act(house: House) -> None:
    house.fail("https://social.example/: 503", Actor.NOBODY, at=house.now - timedelta(hours=2))
    result = house.oido("status")
    assert (result.exit_code, result.stdout.split("\t")[2]) == (4, "failing")


def test_json_tells_of_sources_inbox_deliveries_and_daemon(house: House) -> None:
    house.lose_delivery()
    told = json.loads(house.oido("status", "--json").stdout)
    assert told["daemon"] == {"running": False, "heartbeat_until": None}
    assert told["inbox"] == {"open": 3, "overdue": 1, "first_response_seconds": None}
    assert [(lost["number"], lost["notifier"], lost["error"]) for lost in told["deliveries"]["troubles"]] == [
        (1, "slack", "503")
    ]
    assert (told["sources"][0]["state"], told["sources"][0]["gaps"], told["mentions"]) == ("well", [], 5)


def test_what_is_hidden_is_counted(new_house: House) -> None:
    new_house.hear(mention(seen_at=new_house.now), mention(id="2", hidden=True, seen_at=new_house.now))
    told = json.loads(new_house.oido("status", "--json").stdout)
    assert (told["mentions"], told["hidden"]) == (1, 1)
    assert "1 mención, 1 oculta por no tratar de la marca" in plainly(new_house, "status")


def test_what_is_tried_again_is_not_counted_twice(house: House) -> None:
    with house.store() as store:
        delivery = store.claim_delivery(["slack"], "me", house.now, timedelta(minutes=1))
        assert delivery
        store.settle_delivery(delivery, Sent(error="503", next_at=house.now + timedelta(minutes=5)), house.now)
    assert "Envíos: 2 en camino, 1 sin llegar" in plainly(house, "status")


def test_what_nobody_knows_or_was_told_is_shown(house: House) -> None:
    with house.store() as store:
        known = timedelta(0)
        store.draft(1, "social", "ana", "Lo sentimos", house.now - timedelta(hours=2), known_for=known, force=False)
        store.announce("social", "refused", "401", house.now, house.now, ["slack"])
        posting = store.claim_posting("slack", house.now, timedelta(minutes=1))
        assert posting
        store.settle_posting(posting, Sent(error="503"), house.now)
    told = json.loads(house.oido("status", "--json").stdout)
    assert [(lost["source"], lost["error"]) for lost in told["notices"]["troubles"]] == [("social", "503")]
    assert [(draft["number"], draft["source"]) for draft in told["replies"]["unsure"]] == [(1, "social")]
    shown = plainly(house, "status")
    assert "social slack: 1 intento, 503" in shown
    assert "#1 puede que se respondiera desde social hace 2 h" in shown


def metered(house: House) -> None:
    """A source that may search a hundred times a day, and has done so 37 times."""
    with house.store() as store:
        source = Source(name="tube", connector=Metered(), every=timedelta(minutes=5))
        store.enlist([source], {"tube": ""}, house.now)
        store.spend("tube", SEARCHES, 37, "", house.now)
        store.hold("tube", house.now + timedelta(hours=2), house.now)


def test_budgets_are_told_with_what_is_used_up(new_house: House) -> None:
    metered(new_house)
    (told,) = json.loads(new_house.oido("status", "--json").stdout)["sources"]
    assert told["budgets"] == [
        {"name": "search", "used": 37.0, "most": 100.0, "unit": "searches", "window_seconds": 86_400}
    ]
    assert new_house.oido("status").stdout.rstrip("\n").split("\t")[-1] == "search 37/100"
    assert "tube: van 37 de 100 búsquedas en 24 h" in plainly(new_house, "status")


def test_gaps_are_told_with_their_reasons(house: House) -> None:
    with house.store() as store:
        claim = store.claim(["social"], "me", house.now, timedelta(minutes=1), even_if_early=True)
        assert claim
        missed = (house.now - timedelta(hours=50), house.now - timedelta(hours=36))
        store.commit(Batch(claim=claim, mark="", at=house.now, missed=missed), ())
    (told,) = json.loads(house.oido("status", "--json").stdout)["sources"]
    assert [gap["why"] for gap in told["gaps"]] == ["lost"]
    assert "(la red ya no lo tenía)" in plainly(house, "status")


def test_a_source_that_is_silent_for_longer_than_its_habit_is_told_of(house: House) -> None:
    with house.store() as store:
        claim = store.claim(["social"], "me", house.now, timedelta(minutes=1), even_if_early=True)
        assert claim
        spoken = tuple(house.now - timedelta(days=day) for day in range(10, 18))
        store.commit(Batch(claim=claim, mark="", at=house.now, published=spoken), ())
        store.settle(claim, Outcome(next_at=house.now), house.now)
    (told,) = json.loads(house.oido("status", "--json").stdout)["sources"]
    assert told["silent_since"] == formats.iso(house.now - timedelta(days=10))
    assert told["seen_until"] == formats.iso(house.now)
    assert "responde, pero calla" in plainly(house, "status")


def test_a_source_that_is_due_waits_for_a_daemon(house: House) -> None:
    with house.store() as store:
        claim = store.claim(["social"], "me", house.now, timedelta(minutes=1), even_if_early=True)
        assert claim
        store.settle(claim, Outcome(next_at=house.now - timedelta(minutes=5)), house.now)
        assert "al arrancar" in plainly(house, "status")
        store.renew("me", house.now + timedelta(minutes=1))
    assert "hace 5 min" not in plainly(house, "status")


def test_a_daemon_whose_heart_beats_is_running(house: House) -> None:
    with house.store() as store:
        store.renew("me", house.now + timedelta(minutes=1))
    assert json.loads(house.oido("status", "--json").stdout)["daemon"]["running"] is True


def test_oido_alone_tells_today_in_five_lines(house: House) -> None:
    result = house.oido()
    lines = result.output.splitlines()
    assert (result.exit_code, len(lines)) == (0, 5)
    assert lines[1].split() == ["Bandeja", "3", "por", "responder,", "1", "vencida"]
    assert lines[2].startswith("Primero    #1  P1")


def test_oido_alone_tells_of_a_new_house_too(new_house: House) -> None:
    lines = new_house.oido().output.splitlines()
    assert (len(lines), lines[0].endswith(": nadie ha hablado aún")) == (5, True)


def test_oido_alone_names_the_source_that_is_down(house: House) -> None:
    house.fail()
    assert house.oido().output.splitlines()[3] == "Fuentes    1 caída: social"
