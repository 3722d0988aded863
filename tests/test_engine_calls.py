"""A file with an engine class is asked for its steps, and trained in blocks, on the far side of the same border."""

from pathlib import Path

import numpy as np
import pytest
from learner_files import PROBES, assert_true, line, probe, run

from check.learner import TrainingRequest
from engines.interface import Lines, Parameters

ENGINE = """
import numpy as np
from engines import BinaryClassifier, Parameters, Lines


class Mine(BinaryClassifier):
    name = "mine"

    def from_numpy(self, array):
        return np.array(array, self.dtype)

    def to_numpy(self, array):
        return array.copy()

    def forward(self, parameters, X):
        W1, b1, W2, b2 = parameters
        Z1 = X @ W1.T + b1
        A1 = 1 / (1 + np.exp(-Z1))
        Z2 = A1 @ W2.T + b2
        return Z1, A1, Z2, 1 / (1 + np.exp(-Z2))

    def native_lines(self, parameters, X, y):
        Z1, A1, Z2, A2 = self.forward(parameters, X)
        loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])
        dZ2 = (A2 - y[:, None]) / len(y)  # dZ2
        dA1 = dZ2 @ parameters.W2
        dZ1 = dA1 * A1 * (1 - A1)
        return Lines(Z1, A1, Z2, A2, loss, dZ2, dZ2.T @ A1, dZ2.sum(0), dA1, dZ1,
                     dZ1.T @ X,  # dW1
                     dZ1.sum(0))

    def loss_and_gradient(self, parameters, X, y):
        steps = self.native_lines(parameters, X, y)
        return steps.loss, Parameters(steps.dW1, steps.db1, steps.dW2, steps.db2)
"""

ALONE = """
import numpy as np

class Network:
    def __init__(self, parameters):
        self.parameters = [np.array(p) for p in parameters]

    def lines(self, X, y):
        W1, b1, W2, b2 = self.parameters
        A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
        A2 = 1 / (1 + np.exp(-(A1 @ W2.T + b2)))
        dZ2 = (A2 - y[:, None]) / len(y)
        dZ1 = dZ2 @ W2 * A1 * (1 - A1)  # dZ1
        return {"dW1": dZ1.T @ X, "db1": dZ1.sum(0), "dW2": dZ2.T @ A1, "db2": dZ2.sum(0)}

    def fit(self, X, y, epochs, learning_rate, batch_size=1):
        for x, t in zip(X, y):
            g = self.lines(x[None], t[None])
            for p, name in zip(self.parameters, ("dW1", "db1", "dW2", "db2")):
                p -= learning_rate * g[name]
"""


def training(**changes: object) -> TrainingRequest:
    parameters, X, y = probe(6)
    settings = {"epochs": 2, "learning_rate": 0.5, "block": 4} | changes
    return TrainingRequest(parameters, X, y, **settings)  # type: ignore[arg-type]


def descended(source: str, request: TrainingRequest) -> list[Parameters]:
    """The parameters after each block, by the engine in this process."""
    space: dict[str, type] = {}
    exec(source, space)
    engine = space["Mine"](request.parameters)
    samples = (request.X, request.y)
    found = []
    for _ in engine.fit_in_blocks(*samples, epochs=2, learning_rate=0.5, block=4):
        found.append(engine.parameters)
    return found


def test_an_engine_shows_its_steps_with_their_lines(tmp_path: Path) -> None:
    outcome = run(tmp_path, ENGINE)
    assert_true(outcome, *Lines._fields)
    assert (outcome.kind, outcome.name, outcome.repeats) == ("engine", "Mine", True)
    shown = outcome.calls[0].lines
    assert {name: shown[name].source_line for name in ("dZ2", "dW1")} == {
        "dZ2": line(ENGINE, "dZ2"),
        "dW1": line(ENGINE, "dW1"),
    }
    assert_true(run(tmp_path, ENGINE, dtype="float32"), *Lines._fields)


def test_training_comes_back_block_by_block(tmp_path: Path) -> None:
    request = training()
    outcome = run(tmp_path, ENGINE, training=request)
    assert outcome.reason is None
    assert [len(block.losses) for block in outcome.blocks] == [4, 2, 4, 2]
    for block, expected in zip(outcome.blocks, descended(ENGINE, request), strict=True):
        for got, right in zip(block.parameters, expected, strict=True):
            assert np.array_equal(got, right)
    assert outcome.changed_in_training == ()


def test_a_class_of_its_own_with_steps_and_fit_is_an_engine(tmp_path: Path) -> None:
    request = training()
    outcome = run(tmp_path, ALONE, training=request)
    assert_true(outcome, "dZ1", "dW1", "db1", "dW2", "db2")
    assert (outcome.kind, outcome.name) == ("engine", "Network")
    assert outcome.calls[0].lines["dZ1"].source_line == line(ALONE, "dZ1")
    for block, expected in zip(outcome.blocks, descended(ENGINE, request), strict=True):
        for got, right in zip(block.parameters, expected, strict=True):
            np.testing.assert_allclose(got, right, rtol=1e-12)


def test_an_engine_that_writes_into_its_inputs_is_seen(tmp_path: Path) -> None:
    source = ALONE.replace("np.array(p)", "np.asarray(p)").replace("for x, t", "X *= 2\n        for x, t")
    outcome = run(tmp_path, source, training=training(block=6, epochs=1))
    assert set(outcome.changed_in_training) == {"X", "W1", "b1", "W2", "b2"}
    assert all(call.changed == () for call in outcome.calls)


def test_an_engine_that_remembers_its_last_call_does_not_repeat(tmp_path: Path) -> None:
    source = ALONE.replace("        A1 = 1", "        self.parameters[1] = b1 + 1\n        A1 = 1")
    assert run(tmp_path, source).repeats is False
    assert run(tmp_path, ALONE).repeats is True


@pytest.mark.parametrize(
    ("source", "reason", "mark"),
    [
        (ENGINE.replace("A2 - y[:, None]", "A2 - nothing"), "lines raised NameError", "dZ2"),
        (ALONE.replace("def __init__(self, parameters):", "def __init__(self):"), "making a Network raised", None),
        (ALONE.replace('return {"dW1"', 'return 1, {"dW1"'), "lines returned a value of type tuple", None),
        (ALONE.replace("p -= learning_rate", "p -= learn  # here"), "fit raised NameError", "here"),
        (ALONE.replace("        for x, t", "        self.parameters = [1]\n        for x, t"), "", None),
    ],
)
def test_an_engine_that_cannot_be_judged(tmp_path: Path, source: str, reason: str, mark: str | None) -> None:
    if "# here" in source:
        source = source.replace("# here * g[name]", "# here")
    outcome = run(tmp_path, source, PROBES, training=training())
    assert outcome.reason is not None
    assert reason in outcome.reason
    if mark:
        assert outcome.line == line(source, mark)


def test_a_function_comes_before_a_class(tmp_path: Path) -> None:
    both = ALONE + "\ndef backprop(X, y, *p):\n    g = Network(p).lines(X, y)\n    return g\n"
    outcome = run(tmp_path, both)
    assert_true(outcome, "dW1")
    assert outcome.kind == "function"
