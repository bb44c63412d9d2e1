"""How the answers of a judge become a report."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from models.evaluate import PAGE, document, evaluate, table
from models.labelled import Row
from models.verdict import Intent, Sentiment, Topic, Verdict

ODDS = {"negative": (1.0, 0.0, 0.0), "unsure": (0.4, 0.6, 0.0), "neutral": (0.0, 1.0, 0.0), "positive": (0.0, 0.0, 1.0)}


class Parrot:
    """A judge for tests: every text says what the verdict is, sentiment first, then intent and topic."""

    def __init__(self) -> None:
        self.asked: list[Sequence[Sequence[str]] | None] = []

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        self.asked.append(names)
        return [_verdict(*text.split()) for text in texts]


def _verdict(sentiment: str, intent: Intent = "other", topic: Topic = "other") -> Verdict:
    negative, neutral, positive = ODDS[sentiment]
    return Verdict(
        sentiment="neutral" if sentiment == "unsure" else sentiment,  # type: ignore[arg-type]
        negative=negative,
        neutral=neutral,
        positive=positive,
        intent=intent,
        language="es",
        topics=(topic,),
        model="parrot",
    )


def row(
    text: str = "negative",
    sentiment: Sentiment = "negative",
    language: str = "es",
    *,
    brand: str = "",
    intent: Intent | None = None,
    topics: tuple[Topic, ...] | None = None,
    kind: str = "",
) -> Row:
    return Row(text=text, sentiment=sentiment, language=language, brand=brand, intent=intent, topics=topics, kind=kind)


def test_languages_count_alike() -> None:
    report = evaluate(Parrot(), [row(), row(), row(), row(sentiment="positive", language="ca")])
    assert report.average_macro_f1 == pytest.approx(0.5)
    assert report.overall.accuracy == 0.75
    assert report.languages["ca"].auc_negative is None


def test_an_alert_may_be_raised_where_another_sentiment_is_chosen() -> None:
    scores = evaluate(Parrot(), [row("unsure"), row("neutral", "neutral")]).overall
    assert (scores.recall_negative, scores.recall_alert, scores.precision_alert) == (0, 1, 1)


def test_the_judge_is_told_the_brand_of_each_text() -> None:
    judge = Parrot()
    evaluate(judge, [row(brand="Luna"), row()])
    assert judge.asked == [[["Luna"], []]]


def test_a_file_without_brands_asks_for_none() -> None:
    judge = Parrot()
    evaluate(judge, [row()])
    assert judge.asked == [None]


def test_rows_are_judged_by_the_page_and_told_of() -> None:
    heard: list[int] = []
    evaluate(Parrot(), [row()] * (PAGE + 1), heard.append)
    assert heard == [PAGE, PAGE + 1]


def test_intent_is_scored_where_it_is_labelled() -> None:
    rows = [row("negative complaint", intent="complaint"), row("negative question", intent="complaint"), row()]
    scores = evaluate(Parrot(), rows).overall
    assert (scores.intent_accuracy, scores.intent_macro_f1) == (0.5, pytest.approx((2 / 3 + 0) / 2))


def test_a_judge_that_tells_no_topics_is_not_scored_for_them() -> None:
    class Silent(Parrot):
        def judge(self, *asked: Any, **told: Any) -> list[Verdict]:
            return [replace(verdict, topics=()) for verdict in super().judge(*asked, **told)]

    assert evaluate(Silent(), [row(topics=("site",))]).overall.topics_micro_f1 is None


def test_topics_are_scored_as_sets() -> None:
    rows = [row("negative complaint site", topics=("site", "price")), row("negative complaint site", topics=("site",))]
    scores = evaluate(Parrot(), rows).overall
    assert (scores.topics_micro_f1, scores.topics_macro_f1) == (pytest.approx(4 / 5), pytest.approx(1 / 2))


def test_a_file_of_two_classes_and_no_language_is_scored() -> None:
    rows = [Row(text=one, sentiment=one, language=None) for one in ("negative", "positive")]
    assert evaluate(Parrot(), rows).languages["?"].macro_f1 == 1


def test_a_kind_says_what_was_found_and_what_was_flagged() -> None:
    rows = [
        row("negative", kind="irony"),
        row("unsure", kind="irony"),
        row("positive", kind="irony"),
        row("positive", "positive", kind="irony"),
        row("unsure", "neutral", kind="question"),
    ]
    irony, question = (evaluate(Parrot(), rows).kinds[kind] for kind in ("irony", "question"))
    assert (irony.texts, irony.negatives, irony.found) == (4, 3, pytest.approx(2 / 3))
    assert irony.found_at_precision_80 == pytest.approx(1 / 3)
    assert (question.found, question.flagged) == (None, 1)


def test_no_rows_are_no_evaluation() -> None:
    with pytest.raises(ValueError, match="no rows"):
        evaluate(Parrot(), [])


def test_the_document_has_the_promised_keys() -> None:
    told = document(evaluate(Parrot(), [row(kind="irony")]))
    promised = {"average_macro_f1", "auc_negative", "ap_negative", "recall_at_precision_80", "recall_at_precision_90"}
    promised |= {"ece", "accuracy", "languages", "kinds", "precision_negative", "recall_negative"}
    assert promised | {"intent_macro_f1", "topics_micro_f1"} <= told.keys()


def test_the_table_fits_a_terminal() -> None:
    rows = [row(intent="complaint", topics=("site",), kind="irony"), row("positive", "positive")]
    assert max(map(len, table(evaluate(Parrot(), rows)).splitlines())) <= 80
