"""The measures of a judge."""

import numpy as np
import pytest

from models.scores import (
    auc,
    average_precision,
    calibration_error,
    f1,
    macro_f1,
    macro_f1_of_sets,
    mean,
    precision,
    recall,
    recall_at,
    reliability_and_sensitivity,
    threshold_at,
)

TRUTH = np.array([True, False, True, False])
SETS = np.array([[True, False, False], [True, True, False]])
"""Two texts, three labels, the last of which nobody used."""


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ([0.9, 0.1, 0.8, 0.2], 1.0),
        ([0.1, 0.9, 0.2, 0.8], 0.0),
        ([0.5, 0.5, 0.5, 0.5], 0.5),
        ([0.9, 0.5, 0.3, 0.1], 0.75),
    ],
    ids=["right", "upside down", "ties", "one wrong pair"],
)
def test_auc(ranked: list[float], expected: float) -> None:
    assert auc(TRUTH, np.array(ranked)) == pytest.approx(expected)


def test_auc_needs_both_kinds() -> None:
    assert auc(np.array([True]), np.array([0.5])) is None


def test_average_precision() -> None:
    assert average_precision(TRUTH, np.array([0.9, 0.5, 0.3, 0.1])) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


@pytest.mark.parametrize(("floor", "share"), [(0.9, 0.5), (0.6, 1.0)])
def test_recall_at_a_precision(floor: float, share: float) -> None:
    assert recall_at(TRUTH, np.array([0.9, 0.5, 0.3, 0.1]), floor) == share


def test_the_threshold_of_a_precision_is_the_lowest_that_keeps_it() -> None:
    assert threshold_at(TRUTH, np.array([0.9, 0.5, 0.3, 0.1]), 0.6) == 0.3


def test_no_threshold_may_part_equal_scores() -> None:
    assert recall_at(TRUTH, np.array([0.5, 0.5, 0.5, 0.5]), 0.8) == 0


def test_macro_f1() -> None:
    assert macro_f1(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_a_class_that_the_file_does_not_have_costs_nothing() -> None:
    assert macro_f1(np.array([0, 2]), np.array([0, 2])) == 1


def test_micro_f1_counts_labels_over_all_texts() -> None:
    assert f1(SETS, np.array([[True, True, False], [True, False, False]])) == pytest.approx(2 / 3)


def test_macro_f1_leaves_out_a_label_that_nobody_used() -> None:
    assert macro_f1_of_sets(SETS, np.array([[True, True, False], [True, False, False]])) == pytest.approx(0.5)


def test_nothing_said_of_nothing_has_no_f1() -> None:
    assert f1(np.zeros((2, 3), dtype=bool), np.zeros((2, 3), dtype=bool)) is None


def test_precision_and_recall() -> None:
    said = np.array([True, True, True, False])
    assert (precision(TRUTH, said), recall(TRUTH, said)) == (pytest.approx(2 / 3), 1.0)


def test_calibration_error() -> None:
    assert calibration_error(np.array([True, False]), np.array([0.75, 0.75])) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([True, False, True, False], 1.0),
        ([True, True, True, True], 0.0),
        ([True, True, True, False], 2 * (2 / 3) * (1 / 2) / (2 / 3 + 1 / 2)),
    ],
    ids=["right", "all let through", "one too many"],
)
def test_reliability_and_sensitivity(said: list[bool], expected: float) -> None:
    assert reliability_and_sensitivity(TRUTH, np.array(said)) == pytest.approx(expected)


def test_a_brand_with_one_class_only_has_no_reliability() -> None:
    assert reliability_and_sensitivity(np.array([True, True]), np.array([True, False])) is None


def test_a_mean_is_of_what_could_be_measured() -> None:
    assert mean([0.5, None, 1.0]) == 0.75
