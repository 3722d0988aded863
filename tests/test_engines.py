"""What every engine promises: the right twelve lines, the same numbers twice, inputs left alone."""

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


def assert_within(found: np.ndarray, true: np.ndarray, bound: np.ndarray, line: str) -> None:
    assert found.shape == true.shape == bound.shape, line
    assert (np.abs(found - true) <= bound).all(), f"{line}: {found} is not {true}"


def assert_same_bits(a: tuple[np.ndarray, ...], b: tuple[np.ndarray, ...]) -> None:
    for p, q in zip(a, b, strict=True):
        assert p.dtype == q.dtype
        assert p.shape == q.shape
        assert p.tobytes() == q.tobytes()


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


@pytest.mark.parametrize("dtype", DTYPES)
def test_loss_gradients_and_predictions_are_those_of_the_lines(engine: Engine, dtype: str) -> None:
    p = problem("trained", 6, 5, 3)
    classifier = engine(p.parameters, dtype)
    steps = classifier.lines(p.X, p.y)
    assert_close((classifier.loss(p.X, p.y),), (steps.loss,))
    assert_close(classifier.gradients(p.X, p.y), (steps.dW1, steps.db1, steps.dW2, steps.db2))
    assert_close((classifier.predict_proba(p.X),), (steps.A2[:, 0],))
    assert np.array_equal(classifier.predict(p.X), steps.Z2[:, 0] > 0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.filterwarnings("error")
def test_extreme_logits_stay_finite(engine: Engine, dtype: str) -> None:
    p = problem("saturated", 6, 5, 3)
    p = p._replace(parameters=Parameters(*(100 * w for w in p.parameters)))  # |Z1| and |Z2| beyond 800
    classifier = engine(p.parameters, dtype)
    assert all(np.isfinite(line).all() for line in classifier.lines(p.X, p.y))
    for _ in range(2):
        assert np.isfinite(classifier.fit(p.X, p.y, epochs=1, learning_rate=0.5)).all()
    assert all(np.isfinite(w).all() for w in classifier.parameters)


# Training.


@pytest.mark.parametrize(
    ("batch_size", "dtype"), [*((size, "float64") for size in (1, 4, 5, 50)), (1, "float32"), (5, "float32")]
)
def test_run_equals_the_plain_loop(engine: Engine, batch_size: int, dtype: str) -> None:
    p = problem("initial", 12, 5, 3)
    classifier = engine(p.parameters, dtype)
    native = Parameters(*(classifier.from_numpy(w.astype(dtype)) for w in p.parameters))
    X, y, rate = (classifier.from_numpy(np.asarray(a, dtype)) for a in (p.X, p.y, 0.5))
    parameters, losses = classifier.run(native, X, y, rate, batch_size)
    plain_parameters, plain_losses = BinaryClassifier.run(classifier, native, X, y, rate, batch_size)
    assert_close((classifier.to_numpy(losses),), (classifier.to_numpy(plain_losses),))
    assert_close(tuple(map(classifier.to_numpy, parameters)), tuple(map(classifier.to_numpy, plain_parameters)))


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


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("block", [1, 3])
def test_fit_in_blocks_is_fit(engine: Engine, batch_size: int, block: int | None) -> None:
    p = problem("initial", 10, 5, 3)
    whole, cut = engine(p.parameters), engine(p.parameters)
    losses = whole.fit(p.X, p.y, epochs=3, learning_rate=0.5, batch_size=batch_size)
    blocks = list(cut.fit_in_blocks(p.X, p.y, epochs=3, learning_rate=0.5, batch_size=batch_size, block=block))
    assert_close((losses.reshape(-1),), (np.concatenate(blocks),))
    assert_close(whole.parameters, cut.parameters)


@pytest.mark.parametrize(("batch_size", "dtype"), [(1, "float64"), (4, "float64"), (1, "float32")])
def test_the_same_twice_bit_for_bit(engine: Engine, batch_size: int, dtype: str) -> None:
    p = problem("initial", 30, 70, 12)

    def everything() -> tuple[np.ndarray, ...]:
        classifier = engine(p.parameters, dtype)
        losses = classifier.fit(p.X, p.y, epochs=2, learning_rate=0.5, batch_size=batch_size)
        steps = classifier.lines(p.X, p.y)
        return (losses, *classifier.parameters, *steps, *classifier.gradients(p.X, p.y), classifier.predict_proba(p.X))

    assert_same_bits(everything(), everything())


@pytest.mark.parametrize("dtype", DTYPES)
def test_inputs_are_left_alone(engine: Engine, dtype: str) -> None:
    p = problem("initial", 10, 5, 3)
    inputs = [np.array(a, dtype) for a in (*p.parameters, p.X, p.y)]  # already of the dtype: no copy protects them
    before = [a.copy() for a in inputs]
    parameters, (X, y) = Parameters(*inputs[:4]), inputs[4:]
    classifier = engine(parameters, dtype)
    classifier.predict_proba(X), classifier.predict(X), classifier.loss(X, y), classifier.gradients(X, y)
    classifier.lines(X, y)
    for batch_size in (1, 4):
        classifier.fit(X, y, epochs=1, learning_rate=0.5, batch_size=batch_size)
    assert_same_bits(tuple(inputs), tuple(before))


@pytest.mark.parametrize("batch_size", [1, 4])
def test_run_leaves_the_parameters_that_it_is_given_alone(engine: Engine, batch_size: int) -> None:
    p = problem("initial", 10, 5, 3)
    classifier = engine(p.parameters)
    native = Parameters(*(classifier.from_numpy(w.copy()) for w in p.parameters))
    X, y, rate = (classifier.from_numpy(np.asarray(a)) for a in (p.X, p.y, 0.5))
    classifier.run(native, X, y, rate, batch_size)
    assert_same_bits(tuple(map(classifier.to_numpy, native)), p.parameters)


def test_what_is_returned_is_a_copy(engine: Engine) -> None:
    p = problem("initial", 4, 5, 3)
    classifier = engine(p.parameters)
    for array in (*classifier.parameters, *classifier.lines(p.X, p.y), *classifier.gradients(p.X, p.y)):
        array[:] = 7
    assert_same_bits(classifier.parameters, p.parameters)
