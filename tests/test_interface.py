"""The border that every engine stands behind: what it refuses, what it promises, and what four methods alone give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engines import BinaryClassifier, EngineError, Lines, Parameters, PromiseBroken
from engines.interface import shapes
from engines.numpy_engine import NumpyEngine

RNG = np.random.default_rng(0)
PARAMETERS = Parameters(RNG.normal(size=(3, 5)), RNG.normal(size=3), RNG.normal(size=(1, 3)), RNG.normal(size=1))
X = RNG.random((7, 5))
Y = np.array([0.0, 1, 1, 0, 1, 0, 0])
FIT: dict[str, Any] = {"epochs": 2, "learning_rate": 0.5}


class FourMethods(BinaryClassifier):
    """The least that an engine may say."""

    name = "four"

    def from_numpy(self, array: np.ndarray) -> np.ndarray:
        return array

    def to_numpy(self, array: np.ndarray) -> np.ndarray:
        return array.copy()

    def forward(self, parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return NumpyEngine.forward(self, parameters, X)  # type: ignore[arg-type]

    def loss_and_gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Parameters]:
        return NumpyEngine.loss_and_gradient(self, parameters, X, y)  # type: ignore[arg-type]


def refused(call: Callable[[], object], words: str) -> None:
    """The call raises EngineError with one sentence that has these words."""
    with pytest.raises(EngineError) as error:
        call()
    assert words in str(error.value)
    assert "\n" not in str(error.value)


# What is refused.


@pytest.mark.parametrize("dtype", ["float16", "int64", "", "Float64"])
def test_an_unknown_dtype(dtype: str) -> None:
    refused(lambda: FourMethods(PARAMETERS, dtype), f"{dtype!r}")


@pytest.mark.parametrize("field", Parameters._fields)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite(field: str, bad: float) -> None:
    array = getattr(PARAMETERS, field).copy()
    array.flat[-1] = bad
    refused(lambda: FourMethods(PARAMETERS._replace(**{field: array})), f"{field} holds a number that is not finite")


@pytest.mark.parametrize(
    ("field", "shape"),
    [
        ("W1", (5,)),
        ("W1", (5, 3)),
        ("b1", (5,)),
        ("b1", (3, 1)),
        ("W2", (3,)),
        ("W2", (3, 1)),
        ("b2", ()),
        ("b2", (2,)),
    ],
)
def test_weights_of_the_wrong_shape(field: str, shape: tuple[int, ...]) -> None:
    refused(lambda: FourMethods(PARAMETERS._replace(**{field: np.zeros(shape)})), "shape")


def test_parameters_of_another_network() -> None:
    classifier = FourMethods(PARAMETERS)
    with pytest.raises(EngineError, match="5-3-1"):
        classifier.parameters = Parameters(np.zeros((2, 5)), np.zeros(2), np.zeros((1, 2)), np.zeros(1))
    assert np.array_equal(classifier.parameters.W1, PARAMETERS.W1)


@pytest.mark.parametrize("shape", [(5,), (7, 4), (7, 5, 1)])
def test_samples_of_the_wrong_shape(shape: tuple[int, ...]) -> None:
    classifier, bad = FourMethods(PARAMETERS), np.zeros(shape)
    for call in (classifier.predict, classifier.predict_proba):
        refused(lambda call=call: call(bad), "X has shape")  # type: ignore[misc]
    for method in (classifier.loss, classifier.gradients, classifier.lines):
        refused(lambda method=method: method(bad, Y), "X has shape")  # type: ignore[misc]
    refused(lambda: classifier.fit(bad, Y, **FIT), "X has shape")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (Y[:6], "y has shape"),
        (Y[:, None], "y has shape"),
        (2 * Y, "other than 0 and 1"),
        (np.full(7, 0.5), "other than 0 and 1"),
        (np.full(7, np.nan), "other than 0 and 1"),
        (2 * Y - 1, "other than 0 and 1"),
    ],
)
def test_labels_that_do_not_fit(labels: np.ndarray, words: str) -> None:
    classifier = FourMethods(PARAMETERS)
    for method in (classifier.loss, classifier.gradients, classifier.lines):
        refused(lambda method=method: method(X, labels), words)  # type: ignore[misc]
    refused(lambda: classifier.fit(X, labels, **FIT), words)


def test_no_samples_at_all() -> None:
    classifier = FourMethods(PARAMETERS)
    for method in (classifier.loss, classifier.gradients, classifier.lines):
        refused(lambda method=method: method(X[:0], Y[:0]), "no rows")  # type: ignore[misc]
    refused(lambda: classifier.fit(X[:0], Y[:0], **FIT), "no rows")


@pytest.mark.parametrize(
    "bad",
    [
        {"epochs": -1},
        {"batch_size": 0},
        {"batch_size": -3},
        {"block": 0},
        {"learning_rate": -0.1},
        {"learning_rate": np.nan},
        {"learning_rate": np.inf},
    ],
)
def test_hyperparameters_out_of_range(bad: dict[str, Any]) -> None:
    classifier = FourMethods(PARAMETERS)
    refused(lambda: list(classifier.fit_in_blocks(X, Y, **FIT | bad)), "")
    assert np.array_equal(classifier.parameters.W1, PARAMETERS.W1)


# What is promised.


def broken(method: str, change: Callable[[Any], Any]) -> BinaryClassifier:
    """An engine one of whose methods returns something else than the right thing."""

    def returns(self: BinaryClassifier, *args: Any) -> Any:
        return change(getattr(FourMethods, method)(self, *args))

    return type("Broken", (FourMethods,), {method: returns})(PARAMETERS)


def test_a_wrong_dtype_or_shape_breaks_the_promise() -> None:
    single: Callable[[Any], Any] = lambda forward: tuple(Z.astype(np.float32) for Z in forward)  # noqa: E731
    transposed: Callable[[Any], Any] = lambda result: (result[0], result[1]._replace(W1=result[1].W1.T))  # noqa: E731
    mean: Callable[[Any], Any] = lambda result: (result[0].mean(), result[1])  # noqa: E731
    with pytest.raises(PromiseBroken, match="A2 in float32"):
        broken("forward", single).predict_proba(X)
    with pytest.raises(PromiseBroken, match="Z2 in float32"):
        broken("forward", single).predict(X)
    with pytest.raises(PromiseBroken, match=r"dW1 of shape \(5, 3\)"):
        broken("loss_and_gradient", transposed).gradients(X, Y)
    with pytest.raises(PromiseBroken, match=r"loss of shape \(\)"):
        broken("loss_and_gradient", mean).loss(X, Y)


def test_training_in_the_wrong_dtype_or_shape_breaks_the_promise() -> None:
    single: Callable[[Any], Any] = lambda result: (  # noqa: E731
        result[0].astype(np.float32),
        Parameters(*(p.astype(np.float32) for p in result[1])),
    )
    with pytest.raises(PromiseBroken, match="loss in float32"):
        broken("loss_and_gradient", single).fit(X, Y, **FIT)
    classifier = broken("run", lambda result: (Parameters(*(p.astype(np.float32) for p in result[0])), result[1]))
    classifier.fit(X, Y, **FIT)
    with pytest.raises(PromiseBroken, match="W1 in float32"):
        _ = classifier.parameters
    with pytest.raises(PromiseBroken, match=r"loss of shape \(6,\)"):
        broken("run", lambda result: (result[0], result[1][1:])).fit(X, Y, **FIT)


def test_steps_are_handed_over_as_they_are_to_be_judged() -> None:
    steps = broken("forward", lambda forward: (forward[0].T, *(Z.astype(np.float32) for Z in forward[1:]))).lines(X, Y)
    assert steps.Z1.shape == (3, 7)
    assert steps.A1.dtype == np.float32


# What four methods alone give.


def test_lines_that_are_not_shown_are_none() -> None:
    steps, full = FourMethods(PARAMETERS).lines(X, Y), NumpyEngine(PARAMETERS).lines(X, Y)
    for line, found, expected in zip(Lines._fields, steps, full, strict=True):
        assert found is None if line in ("dZ2", "dA1", "dZ1") else np.array_equal(found, expected)


def test_shapes_have_every_name() -> None:
    steps = NumpyEngine(PARAMETERS).lines(X, Y)._asdict() | PARAMETERS._asdict()
    assert shapes(7, 5, 3) == {name: array.shape for name, array in steps.items()}


def test_training_visits_the_samples_in_the_same_order_in_every_epoch() -> None:
    visited = []

    class Spy(FourMethods):
        def loss_and_gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Any:
            visited.append(X.copy())
            return super().loss_and_gradient(parameters, X, y)

    Spy(PARAMETERS).fit(X, Y, epochs=3, learning_rate=0.5, batch_size=3)
    assert [len(batch) for batch in visited] == [3, 3, 1] * 3
    assert np.array_equal(np.concatenate(visited), np.concatenate([X, X, X]))


def test_a_block_is_a_number_of_steps_within_an_epoch() -> None:
    classifier, follower = FourMethods(PARAMETERS), FourMethods(PARAMETERS)
    lengths: list[int] = []
    for block in classifier.fit_in_blocks(X, Y, epochs=2, learning_rate=0.5, batch_size=2, block=2):
        start = sum(lengths) % 7
        follower.fit(X[start : start + 4], Y[start : start + 4], epochs=1, learning_rate=0.5, batch_size=2)
        lengths.append(len(block))
        assert np.array_equal(classifier.parameters.W1, follower.parameters.W1)  # where training stands
    assert lengths == [4, 3, 4, 3]


def test_no_epochs_and_no_rate_leave_the_parameters_alone() -> None:
    classifier = FourMethods(PARAMETERS)
    assert classifier.fit(X, Y, epochs=0, learning_rate=0.5).shape == (0, 7)
    assert classifier.fit(X, Y, epochs=2, learning_rate=0).shape == (2, 7)
    assert all(map(np.array_equal, classifier.parameters, PARAMETERS))


def test_class_1_is_predicted_where_the_logit_is_above_0() -> None:
    classifier = FourMethods(PARAMETERS._replace(W2=np.zeros((1, 3)), b2=np.zeros(1)))
    assert classifier.predict(X).tolist() == [0] * 7  # 0 is not above 0
    classifier.parameters = classifier.parameters._replace(b2=np.array([1e-300]))
    assert classifier.predict(X).tolist() == [1] * 7
    assert classifier.predict(X[:0]).shape == (0,)


def test_parameters_go_in_and_out_as_copies() -> None:
    given = Parameters(*(p.copy() for p in PARAMETERS))
    classifier = FourMethods(given)
    given.W1[:] = 7
    classifier.parameters.b1[:] = 7
    assert all(map(np.array_equal, classifier.parameters, PARAMETERS))
