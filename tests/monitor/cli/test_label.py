"""`oido label`: what a person says of mentions."""

import json

import pytest

from monitor.types import Record

from .stock import House


def told(house: House, number: int) -> Record:
    with house.store() as store:
        return store.dossier(number).record


def test_a_sentiment_is_corrected(house: House) -> None:
    result = house.oido("label", "1", "--sentiment", "neu", "--by", "Ana")
    assert (result.exit_code, result.output) == (0, "#1: neutra, espera en la bandeja\n")
    label = told(house, 1).label
    assert label is not None
    assert (label.sentiment, label.relevant, label.by) == ("neutral", None, "Ana")


def test_several_come_in_on_stdin(house: House) -> None:
    result = house.oido("label", "4", "-", "--sentiment", "pos", stdin="1\n5\n")
    assert result.output == "#4: positiva\n#1: positiva, espera en la bandeja\n#5: positiva\n"


def test_a_number_that_is_not_there_keeps_none_of_the_others(house: House) -> None:
    result = house.oido("label", "77", "4", "--sentiment", "neg")
    assert (result.exit_code, result.stdout) == (1, "#4: negativa\n")
    assert result.stderr == "oido: there is no mention 77; `oido mentions` lists them\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "'--relevant', '--irrelevant', '--sentiment' or '--undo'"),
        (("--relevant", "--irrelevant"), "say either one"),
        (("--undo", "--sentiment", "neg"), "says nothing else"),
        (("--undo", "--relevant"), "says nothing else"),
        (("--sentiment", "angry"), "--sentiment"),
    ],
    ids=["nothing", "opposites", "undo and sentiment", "undo and relevant", "no sentiment"],
)
def test_what_cannot_be_meant_is_a_usage_error(house: House, words: tuple[str, ...], said: str) -> None:
    result = house.oido("label", "1", *words)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert said in result.stderr
    assert told(house, 1).label is None


def test_json_tells_what_each_is_now(house: House) -> None:
    said = json.loads(house.oido("label", "4", "--sentiment", "neg", "--by", "Ana", "--json").stdout)
    (one,) = said["mentions"]
    assert (one["number"], one["sentiment"], one["label"]["said_sentiment"]) == (4, "negative", "positive")
    assert said["changed"] == 0
