"""The check from a test-suite: functions, engine classes and files."""

import linecache
from pathlib import Path
from types import ModuleType

import pytest
from learner_files import CORRECT
from mistaken_files import load

from check import assert_backprop, check_backprop
from engines.numpy_engine import NumpyEngine


def test_what_is_correct_passes(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(CORRECT)
    assert_backprop(load(file))  # type: ignore[arg-type]
    assert_backprop(NumpyEngine)
    assert_backprop(file)


def test_what_is_wrong_fails_with_the_answer(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(CORRECT.replace("dZ1.sum(0)", "dA1.sum(0)"))
    with pytest.raises(AssertionError, match=r"db1 is wrong \(line 20\)") as failure:
        assert_backprop(load(file))  # type: ignore[arg-type]
    assert "It is db1 = dA1.sum(0)" in str(failure.value)
    answer = check_backprop(file)
    assert answer.status == 1
    assert str(answer) == answer.text == repr(answer)


def test_a_notebooks_cell_has_lines_and_no_path() -> None:
    cell, module = "/nowhere/4711.py", ModuleType("notebook")
    wrong = CORRECT.replace("dZ1.sum(0)", "dA1.sum(0)")
    linecache.cache[cell] = (len(wrong), None, wrong.splitlines(keepends=True), cell)
    exec(compile(wrong, cell, "exec"), module.__dict__)
    answer = check_backprop(module.backprop)
    assert answer.text.startswith("backprop: wrong, in db1 (line 20)")
    assert "dA1.sum(0)" in answer.text
    assert "nowhere" not in answer.text


def test_an_engine_that_trains_wrongly_fails() -> None:
    class Forgetful(NumpyEngine):
        def run(self, parameters, X, y, learning_rate, batch_size):  # type: ignore[no-untyped-def]
            moved, losses = super().run(parameters, X, y, learning_rate, batch_size)
            return moved._replace(b1=parameters.b1, b2=parameters.b2), losses

    with pytest.raises(AssertionError, match="The biases are never"):
        assert_backprop(Forgetful)


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="the path of a file is asked for, not None"):
        assert_backprop(None)  # type: ignore[arg-type]
