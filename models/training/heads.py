"""Linear heads, by scikit-learn: fitted, set beside each other, weighed, calibrated, multiplied out."""

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse, special
from sklearn.linear_model import LogisticRegression, SGDClassifier

from ..features import Floats
from ..tokens import Ints

SLIGHT = 0.05
"""Labels less likely than this are not learned."""
SEED = 20261

Head = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Weights (features × heads) and bias."""


def beside(*parts: Head) -> Head:
    """Several heads as one."""
    return np.hstack([weights for weights, _ in parts]), np.hstack([bias for _, bias in parts])


def fit(x: sparse.csr_matrix, labels: Ints, weights: Floats, alpha: float, epochs: int, columns: int = 1) -> Head:
    """An averaged logistic regression by stochastic descent: one column against all others for each label, or a
    single one for labels of 0 and 1. A label that nothing chosen has gets a column that never wins."""
    chosen = np.flatnonzero(weights > 0)
    np.random.default_rng(SEED).shuffle(chosen)
    model = SGDClassifier(loss="log_loss", alpha=alpha, average=True, max_iter=epochs, tol=None, random_state=SEED)
    model.fit(x[chosen], labels[chosen], sample_weight=weights[chosen])
    learned, bias = model.coef_.T, model.intercept_
    if columns == 1:
        return learned, bias
    if len(model.classes_) == 2:
        learned, bias = np.hstack([-learned, learned]), np.hstack([-bias, bias])
    every, lowest = np.zeros((x.shape[1], columns)), np.full(columns, -20.0)
    every[:, model.classes_], lowest[model.classes_] = learned, bias
    return every, lowest


def fit_softly(x: sparse.csr_matrix, shares: Floats, weights: Floats, alpha: float, epochs: int) -> Head:
    """As `fit`, towards shares of the labels (texts × labels): a text is seen once as each that is not too unlikely."""
    places, labels = np.nonzero((shares > SLIGHT) & (weights > 0)[:, None])
    return fit(x[places], labels, weights[places] * shares[places, labels], alpha, epochs, shares.shape[1])


def stack(scores: NDArray[np.float64], tone: Ints, weights: Floats) -> Head:
    """How to weigh heads into calibrated sentiments, fitted on `scores` of texts that the heads had not seen."""
    model = LogisticRegression(C=1.0, max_iter=2_000)
    model.fit(scores[weights > 0], tone[weights > 0], sample_weight=weights[weights > 0])
    return model.coef_.T, model.intercept_


def temper(mix: Head, scores: NDArray[np.float64], tone: Ints) -> Head:
    """`mix` as sure as it should be on these texts, by one factor (Guo et al. 2017, temperature scaling)."""
    if not len(tone):
        return mix
    logits, right = scores @ mix[0] + mix[1], np.arange(len(tone))

    def surprise(factor: float) -> float:
        return float(-special.log_softmax(factor * logits, axis=1)[right, tone].mean())

    factor = optimize.minimize_scalar(surprise, bounds=(0.3, 3), method="bounded").x
    return mix[0] * factor, mix[1] * factor


def through(heads: Head, mix: Head) -> Head:
    """`mix` of `heads`, multiplied out. Only differences between heads matter; centred ones are smaller, and round
    better to a byte."""
    weights, bias = heads[0] @ mix[0], heads[1] @ mix[0] + mix[1]
    return weights - weights.mean(axis=1, keepdims=True), bias - bias.mean()
