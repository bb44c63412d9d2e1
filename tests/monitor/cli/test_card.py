"""The card of the model, and what it learned being forgotten."""

import json
import random
import re
from pathlib import Path

import pytest

from monitor.cli.captions import caption
from monitor.cli.card import COLUMNS
from monitor.config.basics import Language
from monitor.types import Mention
from tests.builders import mention, verdict

from .stock import House, empty
from .terminal import Terminal

BRANDS = '\n[models]\ntier = "screen"\n\n[[brand]]\nname = "Acme"\n\n[[brand]]\nname = "Luna"\n'


def at(folder: Path, language: str = "es") -> House:
    house = empty(folder, language)
    with house.config.open("a", encoding="utf-8") as file:
        file.write(BRANDS)
    return house


@pytest.fixture
def home(tmp_path: Path) -> House:
    return at(tmp_path)


def judged(house: House, number: int, negative: float = 0.8, **fields: object) -> Mention:
    shares = {"negative": negative, "neutral": (1 - negative) * 0.7, "positive": (1 - negative) * 0.3}
    chosen = max(shares, key=shares.__getitem__)
    return mention(
        "Acme again", id=str(number), seen_at=house.now, verdict=verdict(chosen, **shares), relevance=0.9, **fields
    )


def labelled(house: House) -> House:
    """Four mentions: two were called negative, one of them rightly; one of Luna's was not and is; one is no mention."""
    house.hear(
        judged(house, 1, 0.8),
        judged(house, 2, 0.6, network="reddit"),
        judged(house, 3, 0.1, brand="Luna"),
        judged(house, 4, 0.1),
    )
    with house.store() as store:
        store.label([1, 3], "ana", house.now, sentiment="negative")
        store.label([2], "ana", house.now, sentiment="neutral")
        store.label([4], "ana", house.now, relevant=False)
    return house


def card(house: House, *words: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(house.oido("model", "card", "--json", *words).stdout)
    return found


def group(house: House, by: str, name: str, *words: str) -> dict[str, object]:
    told = card(house, *words)["lately"]
    assert isinstance(told, list)
    return next(one for one in told if (one["by"], one["name"]) == (by, name))


def test_precision_and_recall_come_with_their_intervals(home: House) -> None:
    told = group(labelled(home), "all", "")
    assert [told[f"negative_precision{part}"] for part in ("", "_low", "_high", "_of")] == [0.5, 0.0945, 0.9055, 2]
    assert [told[f"negative_recall{part}"] for part in ("", "_of")] == [0.5, 2]
    assert [told[f"relevant_precision{part}"] for part in ("", "_of")] == [0, 1]


def test_each_brand_and_network_has_figures_of_its_own(home: House) -> None:
    labelled(home)
    assert group(home, "brand", "Luna")["negative_recall"] == 0
    assert group(home, "network", "reddit")["negative_precision"] == 0


def test_one_brand_is_told_alone(home: House) -> None:
    assert group(labelled(home), "all", "", "--brand", "Luna")["labels"] == 1


def test_what_was_labelled_before_does_not_count(home: House) -> None:
    assert card(labelled(home), "--since", "2099")["labels"] == 0


def test_a_brand_that_is_not_watched_is_one_line(home: House) -> None:
    result = home.oido("model", "card", "--brand", "Lena")
    assert (result.exit_code, result.stderr) == (1, "oido: there is no brand 'Lena'; there are: Acme, Luna\n")


def test_the_card_tells_which_model_is_in_use_and_what_was_published_of_it(home: House) -> None:
    told = card(home)
    assert told["tier"] == "screen"
    assert str(told["model"]).startswith("screen-")
    assert "AUC" in str(told["published"])


def test_few_clicks_teach_nothing_yet(home: House) -> None:
    told = card(labelled(home))["learned"]
    assert isinstance(told, dict)
    assert (told["active"], told["why"], told["clicks"]) == (False, "few", 3)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("clicks", [0, 1, 2])
def test_any_number_of_clicks_reads_well(language: Language, clicks: int) -> None:
    told = caption(language, "off.few", clicks=clicks, least=20)
    assert not re.search(r"\b[01] (clics|clicks)\b", told)


def test_a_taste_that_foretells_better_is_said_to_be_in_use(home: House) -> None:
    # Here everything is judged too harshly: what is called negative up to 0.7 is not.
    rng = random.Random(1)
    shares = [rng.uniform(0.05, 0.95) for _ in range(200)]
    home.hear(*(judged(home, number, share) for number, share in enumerate(shares)))
    with home.store() as store:
        for number, share in enumerate(shares, start=1):
            store.label([number], "ana", home.now, sentiment="negative" if share > 0.7 else "neutral")
    told = card(home)["learned"]
    assert isinstance(told, dict)
    assert (told["active"], told["why"]) == (True, "better")


def test_in_a_pipe_each_group_is_a_line(home: House) -> None:
    lines = [line.split("\t") for line in labelled(home).oido("model", "card").stdout.splitlines()]
    assert {len(line) for line in lines} == {len(COLUMNS)}
    assert [line[:3] for line in lines][:3] == [["all", "", "4"], ["brand", "Acme", "3"], ["brand", "Luna", "1"]]


def test_that_nobody_clicked_is_said(home: House) -> None:
    result = home.oido("model", "card")
    assert result.stdout.startswith("all\t\t0\t")
    assert "Nadie ha etiquetado nada desde" in result.stderr


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ["Modelo", "4 menciones etiquetadas desde", "apagado", "50 % (9–91; 1/2)", "Luna", "lo que nadie vio"]),
        ("en", ["Model", "4 mentions labelled since", "takes, 3 so far", "50% (9–91; 1/2)", "Luna", "nobody saw"]),
    ],
)
def test_a_person_reads_a_table(tmp_path: Path, language: str, words: list[str]) -> None:
    shown = person(labelled(at(tmp_path, language)))
    assert [word for word in words if word not in shown] == []


def test_without_labels_a_person_reads_what_was_published(home: House) -> None:
    shown = person(home)
    assert "Nadie ha etiquetado nada" in shown
    assert "UMSAB" in shown


def person(house: House) -> str:
    """The card, as a terminal of 200 columns shows it."""
    terminal = Terminal("model", "card", environ={"OIDO_CONFIG": str(house.config), "COLUMNS": "200", "NO_COLOR": "1"})
    assert terminal.end() == 0
    return terminal.shown


def test_what_was_learned_is_forgotten_and_the_labels_stay(home: House) -> None:
    result = labelled(home).oido("model", "reset", "--what", "sentiment", "--yes")
    assert (result.exit_code, result.stdout) == (0, "✓ 3 etiquetas apartadas; vale el modelo tal como viene.\n")
    with home.store() as store:
        assert [one.record.number for one in store.labelled()] == [4]
        assert store.dossier(3).record.mention.verdict.sentiment == "negative"


def test_one_brands_labels_are_forgotten(home: House) -> None:
    labelled(home).oido("model", "reset", "--what", "sentiment", "--brand", "Luna", "--yes")
    with home.store() as store:
        assert [one.record.number for one in store.labelled() if one.sentiment] == [1, 2]


def test_the_mentions_are_decided_anew(home: House) -> None:
    result = labelled(home).oido("model", "reset", "--yes")
    assert result.exit_code == 0
    with home.store() as store:
        assert store.labelled() == []


def test_a_person_is_asked_first(home: House) -> None:
    result = labelled(home).oido("model", "reset", "--what", "sentiment", stdin="n\n")
    assert result.exit_code == 1
    assert "3 etiquetas (todas las marcas)" in result.stderr
    with home.store() as store:
        assert len(store.labelled()) == 4


def test_with_nothing_learned_nobody_is_asked(home: House) -> None:
    result = home.oido("model", "reset")
    assert (result.exit_code, result.stderr) == (0, "No había nada aprendido que olvidar.\n")
