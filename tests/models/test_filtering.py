"""How answers about relevance become a report."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.errors import Unreadable
from models.filtering import Brand, Report, Scores, brands, document, evaluate, profile, score, table
from models.labelled import Sighting
from models.verdict import Verdict


class Blank:
    """A judge for tests that thinks nothing and embeds nothing."""

    def __init__(self) -> None:
        self.named: list[str] = []

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        self.named += [name for each in names or [] for name in each]
        return [
            Verdict(sentiment="neutral", negative=0, neutral=1, positive=0, intent="other", language="en")
            for _ in texts
        ]


SEEN = [
    Sighting(brand="Mango", text="New dress from @Mango, size 38 runs small", relevant=True),
    Sighting(brand="Mango", text="mango shake with lime", relevant=False),
    Sighting(brand="Orange", text="Orange has no signal here again", relevant=True, handle="ana"),
]


def test_scores_of_one_brand() -> None:
    scores = score(np.array([True, True, False, False]), np.array([0.9, 0.4, 0.6, 0.1]))
    assert (scores.texts, scores.relevant, scores.accuracy, scores.auc) == (4, 0.5, 0.5, 0.75)
    assert (scores.shown, scores.removed, scores.f_rs) == (1.0, 0.5, 0.25)


def test_a_brand_of_one_class_has_no_curve() -> None:
    scores = score(np.array([True, True]), np.array([0.9, 0.4]))
    assert (scores.auc, scores.f_rs, scores.removed) == (None, None, None)


def test_every_brand_is_scored_and_counts_alike() -> None:
    report = evaluate(Blank(), SEEN, {})
    assert list(report.brands) == ["Mango", "Orange"]
    assert report.mean.texts == 3
    assert report.mean.accuracy == pytest.approx(np.mean([one.accuracy for one in report.brands.values()]))


def test_the_judge_is_told_the_brand() -> None:
    judge = Blank()
    evaluate(judge, SEEN, {})
    assert judge.named == ["Mango", "Mango", "Orange"]


def test_done_hears_how_many() -> None:
    heard: list[int] = []
    evaluate(Blank(), SEEN, {}, heard.append)
    assert heard == [3]


def test_what_teaches_is_not_scored() -> None:
    report = evaluate(Blank(), [*SEEN[:2] * 3, SEEN[2]], {}, labels=2)
    assert {name: scores.texts for name, scores in report.brands.items()} == {"Mango": 4, "Orange": 1}


def test_rivals_are_of_the_same_trade() -> None:
    known = {
        "Mango": Brand(name="Punto Fa", category="clothes"),
        "Zara": Brand(name="Zara", category="clothes"),
        "Orange": Brand(name="Orange", category="telephone"),
    }
    assert profile("Mango", known, Blank()).rivals == ("Zara",)


def test_brands_are_read_from_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "brands.jsonl.gz"
    told = {"brand": "Mango", "name": "Punto Fa", "home_page": "Dresses", "wikipedia_es": None, "wikipedia_en": ""}
    path.write_bytes(gzip.compress(f"{json.dumps(told)}\n\n".encode()))
    assert brands(path) == {"Mango": Brand(name="Punto Fa", pages=("Dresses",))}


@pytest.mark.parametrize("line", ["{", "[]", '{"name": "Mango"}'], ids=["cut", "no object", "no brand"])
def test_a_line_that_is_no_brand_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "brands.jsonl"
    path.write_text(f'{{"brand": "Zara"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(Unreadable, match=r"brands\.jsonl:2"):
        brands(path)


def whole() -> Report:
    scores = score(np.array([True, False]), np.array([0.9, 0.1]))
    return Report(mean=scores, brands={"A brand with a name that is far too long": scores})


def test_the_table_fits_a_terminal() -> None:
    assert max(map(len, table(whole()).splitlines())) <= 80


def test_the_document_has_the_mean_at_the_top() -> None:
    told = document(whole())
    assert {"auc", "accuracy", "average_precision", "f_rs", "brands"} <= told.keys()
    assert set(Scores.__dataclass_fields__) <= told.keys()
