"""Every agreed form of a return value is understood, and each part has its line."""

from pathlib import Path

import pytest
from learner_files import CORRECT, assert_true, line, probe, run

from engines.interface import Lines

GRADIENTS = ("dW1", "db1", "dW2", "db2")
RETURN = "return dW1, db1, dW2, db2  # return"


@pytest.mark.parametrize(
    "form",
    [
        "return [dW1, db1, dW2, db2]",
        "return (dW1.copy(), db1.reshape(-1), np.asarray(dW2), db2)",
        "return {'dW1': dW1, 'db1': db1, 'dW2': dW2, 'db2': db2}",
        "return dict(dW1=dW1, db1=db1, dW2=dW2, db2=db2)",
        "return {'grad_W1': dW1, 'grad_b1': db1, 'grad_W2': dW2, 'grad_b2': db2}",
        "return {'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2}",
        "return locals()",
        "grads = {}; grads['dW1'] = dW1; grads['db1'] = db1; grads['dW2'] = dW2; grads['db2'] = db2; return grads",
        "from engines.interface import Parameters; return Parameters(dW1, db1, dW2, db2)",
        "from engines.interface import Parameters; return Parameters(b2=db2, W1=dW1, b1=db1, W2=dW2)",
        "from engines import Lines; return Lines(Z1, A1, Z2, A2, loss, dZ2, dW2, db2, dA1, dZ1, dW1, db1)",
        "from collections import namedtuple; return namedtuple('P', 'W1 b1 W2 b2')(dW1, db1, dW2, db2)",
        "return {'dW1': dW1, 'loss': None, 3: 4}",
        "return np.asmatrix(dW1), np.asmatrix(db1), np.asmatrix(dW2), float(db2[0])",
        "return dW1.tolist(), db1.tolist(), dW2.tolist(), db2.tolist()",
    ],
)
def test_forms(tmp_path: Path, form: str) -> None:
    source = CORRECT.replace(RETURN, form)
    outcome = run(tmp_path, source, [probe(5)])
    assert_true(outcome, *Lines._fields)
    for name in ("dW1", *(GRADIENTS if "None" not in form else ())):
        shown = outcome.calls[0].lines[name]
        assert shown.origin == "returned"
        if "tolist" not in form and "asmatrix" not in form:
            assert shown.source_line == line(source, name), name


def test_the_line_of_a_returned_expression_is_its_own(tmp_path: Path) -> None:
    source = CORRECT.replace(
        RETURN, "return {\n        'dW1': dZ1.T @ X,  # first\n        'db1': np.sum(dZ1, 0),  # second\n    }"
    ).replace("dW1 = dZ1.T @ X  # dW1", "pass")
    shown = run(tmp_path, source, [probe(5)]).calls[0].lines
    assert shown["dW1"].source_line == line(source, "first")
    by_position = CORRECT.replace(RETURN, "return (dW1 / 1,  # one\n        db1,\n        dW2, db2)")
    shown = run(tmp_path, by_position, [probe(5)]).calls[0].lines
    assert shown["db1"].source_line == line(by_position, "db1")


def test_a_returned_value_beats_a_variable_of_the_same_name(tmp_path: Path) -> None:
    source = CORRECT.replace(RETURN, "return dW1 * 2 / 2, db1, dW2, db2 * 1").replace(
        "dW1 = dZ1.T @ X", "dW1 = (dZ1.T @ X) * 3 / 3"
    )
    assert_true(run(tmp_path, source), *GRADIENTS)
    doubled = CORRECT.replace(RETURN, "return dW1 * 2, db1, dW2, db2  # return")
    shown = run(tmp_path, doubled, [probe(5)]).calls[0].lines["dW1"]
    assert (shown.origin, shown.source_line) == ("returned", line(doubled, "return"))


def test_gradients_divided_at_the_end_of_locals(tmp_path: Path) -> None:
    source = CORRECT.replace(") / n  # dZ2", ")  # dZ2").replace(
        RETURN, "for g in (dW1, db1, dW2, db2): g /= n\n    del g\n    return locals()"
    )
    assert_true(run(tmp_path, source), *GRADIENTS)


def test_a_transposed_gradient_is_flagged(tmp_path: Path) -> None:
    source = CORRECT.replace("dW1 = dZ1.T @ X  # dW1", "dW1 = X.T @ dZ1  # dW1")
    outcome = run(tmp_path, source, [probe(5)])
    assert outcome.reason is None
    shown = outcome.calls[0].lines["dW1"]
    assert (shown.layout, shown.shape, shown.source_line) == ("transposed", (7, 3), line(source, "dW1"))


def test_a_buffer_used_again_in_the_next_call_is_copied(tmp_path: Path) -> None:
    source = CORRECT.replace("def backprop", "buffer = np.empty((3, 7))\n\n\ndef backprop").replace(
        "return dW1,", "buffer[:] = dW1\n    return buffer,"
    )
    assert_true(run(tmp_path, source), *GRADIENTS)


def test_shapes_of_equal_content_are_only_reshaped(tmp_path: Path) -> None:
    source = CORRECT.replace(RETURN, "return dW1, db1[None, :], dW2.ravel(), db2[0]")
    outcome = run(tmp_path, source, [probe(5)])
    assert_true(outcome, *GRADIENTS)
    assert {name: shown.layout for name, shown in outcome.calls[0].lines.items() if name in GRADIENTS} == {
        "dW1": "same",
        "db1": "reshaped",
        "dW2": "reshaped",
        "db2": "reshaped",
    }
