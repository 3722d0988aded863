"""The twelve lines of every engine against a truth that no engine gives; all else in the conformance kit's tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import WEIGHTS, Problem, mean_loss, moved, problem, rounding, truth

from engines import BinaryClassifier, Lines, Parameters, initial_weights
from engines.interface import DTYPES, shapes
from engines.numpy_engine import NumpyEngine

Engine = type[BinaryClassifier]
REQUIRED = ("Z1", "A1", "Z2", "A2", "loss", "dW2", "db2", "dW1", "db1")  # what the four methods show


def assert_within(found: np.ndarray, true: np.ndarray, bound: np.ndarray, line: str) -> None:
    assert found.shape == true.shape == bound.shape, line
    assert (np.abs(found - true) <= bound).all(), f"{line}: {found} is not {true}"


def slack(engine: Engine, line: str, true: Lines, dtype: str) -> np.ndarray | float:
    """scikit-learn takes the logarithm of 1 - A2 and tinygrad that of 1 + exp(z), where few digits of z are left."""
    of_loss = 4 * np.finfo(dtype).eps * (1 + np.exp(np.abs(true.Z2[:, 0])))
    return of_loss if line == "loss" and engine.name in ("sklearn", "tinygrad") else 0.0


def assert_close(a: tuple[np.ndarray, ...], b: tuple[np.ndarray, ...], epsilons: float = 64) -> None:
    """Of the same dtype and shape, and apart by no more than some epsilons of the largest entry."""
    for p, q in zip(a, b, strict=True):
        assert p.dtype == q.dtype
        assert p.shape == q.shape
        assert (np.abs(p - q) <= epsilons * np.finfo(p.dtype).eps * max(1, np.abs(p).max(initial=0))).all()


# The twelve lines.


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_every_step_is_right(engine: Engine, weights: str, dtype: str) -> None:
    @settings(max_examples=4, deadline=None, derandomize=True, database=None)
    @given(n=st.integers(1, 5), d=st.integers(1, 7), h=st.integers(1, 4), seed=st.integers(0, 99))
    def check(n: int, d: int, h: int, seed: int) -> None:
        p = problem(weights, n, d, h, seed)
        steps = engine(p.parameters, dtype).lines(p.X, p.y)
        by_hand = NumpyEngine(p.parameters, dtype).lines(p.X, p.y)
        true = truth(p)
        for line, found, hand, right, bound in zip(
            Lines._fields, steps, by_hand, true, rounding(p, true, dtype), strict=True
        ):
            if found is None:
                assert line not in REQUIRED
                continue
            bound = bound + slack(engine, line, true, dtype)
            assert found.dtype == dtype
            assert found.shape == shapes(n, d, h)[line]
            assert_within(found, right, bound, line)
            assert_within(found, hand, 2 * bound, line)

    check()


@pytest.mark.parametrize("n", [1, 8])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_step_of_the_full_network_as_by_hand(engine: Engine, n: int, dtype: str) -> None:
    p = Problem(initial_weights(784, 12, 0), *problem("initial", n, 784, 1)[1:])
    by_hand = NumpyEngine(p.parameters, dtype).lines(p.X, p.y)
    for line, found, hand in zip(Lines._fields, engine(p.parameters, dtype).lines(p.X, p.y), by_hand, strict=True):
        if found is not None:
            assert_within(found, hand, np.full(hand.shape, 64 * np.finfo(dtype).eps * np.abs(hand).max()), line)


def test_saturated_means_logits_between_8_and_16() -> None:
    for seed in range(20):
        p = problem("saturated", 9, 5, 4, seed)
        true = truth(p)
        for Z in (true.Z1, true.Z2):
            assert (np.abs(Z) >= 8).all()
            assert (np.abs(Z) <= 16).all()
            assert Z.min() < 0 < Z.max()
        assert np.sum((true.Z2[:, 0] > 0) != p.y) == 1
        assert set(p.y) == {0, 1}


def test_gradients_by_central_differences(engine: Engine) -> None:
    p = problem("initial", 4, 5, 3)
    gradients = engine(p.parameters).gradients(p.X, p.y)
    width = 1e-5
    for field, gradient in zip(Parameters._fields, gradients, strict=True):
        for at in np.ndindex(gradient.shape):
            ahead, behind = (mean_loss(moved(p, field, at, amount)).real for amount in (width, -width))
            assert abs(gradient[at] - (ahead - behind) / (2 * width)) <= 1e-9


# Training.


@pytest.mark.parametrize("batch_size", [1, 4])
def test_fit_is_sgd_with_the_true_gradients(engine: Engine, batch_size: int) -> None:
    p = problem("initial", 6, 3, 2)
    classifier = engine(p.parameters)
    losses = classifier.fit(p.X, p.y, epochs=2, learning_rate=0.5, batch_size=batch_size)
    parameters, expected = p.parameters, []
    for _ in range(2):
        for start in range(0, 6, batch_size):
            batch = Problem(parameters, p.X[start : start + batch_size], p.y[start : start + batch_size])
            true = truth(batch)
            expected.extend(true.loss)
            gradient = (true.dW1, true.db1, true.dW2, true.db2)
            parameters = Parameters(*(w - 0.5 * dw for w, dw in zip(parameters, gradient, strict=True)))
    assert_close(classifier.parameters, parameters)
    assert_close((losses,), (np.reshape(expected, (2, 6)),))
