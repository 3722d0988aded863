"""The original program, one sample as a column, says the same as the engines, where samples are rows."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import Problem, problem

from engines import Lines, Parameters
from engines.numpy_engine import NumpyEngine
from lessons import algorithm_1

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


def columns(parameters: Parameters) -> tuple[np.ndarray, ...]:
    """The parameters as the original program holds them: biases (h, 1) and (1, 1)."""
    W1, b1, W2, b2 = parameters
    return W1, b1[:, None], W2, b2[:, None]


def close(found: np.ndarray, expected: np.ndarray) -> bool:
    """The same numbers in the same order, whichever way round they are held."""
    a, b = np.asarray(found).ravel(), expected.ravel()
    return a.shape == b.shape and bool((np.abs(a - b) <= 64 * np.finfo(float).eps * max(1, np.abs(b).max())).all())


@pytest.mark.parametrize("weights", ["initial", "trained"])
@pytest.mark.parametrize(("d", "h"), [(5, 3), (7, 1), (784, 12)])
def test_every_line_agrees_with_ours(weights: str, d: int, h: int) -> None:
    p = problem(weights, 4, d, h)
    engine = NumpyEngine(p.parameters)
    weight_matrices = [np.asmatrix(w) for w in columns(p.parameters)]
    for x, label in zip(p.X, p.y, strict=True):
        theirs = algorithm_1.backprop(x, label, *weight_matrices)
        ours = engine.lines(x[None], np.array([label]))
        for line in Lines._fields:
            assert close(theirs[line], getattr(ours, line)), line


def test_shapes_are_those_of_the_report() -> None:
    p = problem("initial", 1, 5, 3)
    lines = algorithm_1.backprop(p.X[0], p.y[0], *map(np.asmatrix, columns(p.parameters)))
    assert lines["dW1"].shape == (3, 5)
    assert lines["dW2"].shape == (1, 3)
    assert lines["db1"].shape == (3, 1)
    assert lines["db2"].shape == (1, 1)


def test_training_agrees_with_ours() -> None:
    p: Problem = problem("initial", 9, 5, 3)
    before = [w.copy() for w in p.parameters]
    W1, b1, W2, b2 = columns(p.parameters)
    *trained, epoch_losses = algorithm_1.train(p.X.T, p.y, W1, b1, W2, b2, epochs=4, learning_rate=0.5)
    engine = NumpyEngine(p.parameters)
    losses = engine.fit(p.X, p.y, epochs=4, learning_rate=0.5)
    assert close(np.array(epoch_losses), losses.mean(1))
    assert all(map(close, trained, engine.parameters))
    assert all(map(np.array_equal, p.parameters, before))
