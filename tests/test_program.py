"""A learner's file is parsed and loaded, and whatever it raises becomes one sentence with a line."""

from pathlib import Path

import numpy as np
import pytest
from learner_files import CORRECT, PROBES, assert_true, line, run, write

from check.learner import run_learner
from check.program import CannotRun, Program, changed, inputs_of, raw, visits


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(:\n", "the file is not Python: "),
        ("x = '\0'\n", "the file is not Python: "),
        ("(" * 10_000, "the file is not Python: "),
        ("  x = 1\n y = 2", "the file is not Python: "),
    ],
)
def test_what_is_not_python(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(CannotRun) as refused:
        Program(str(write(tmp_path, source)), 1024)
    assert refused.value.reason.startswith(reason)


def test_the_line_is_that_of_the_file_not_of_a_library(tmp_path: Path) -> None:
    source = "import numpy as np\n\ndef f():\n    return np.linalg.inv(np.zeros((2, 2)))  # here\n\nf()\n"
    program = Program(str(write(tmp_path, source)), 1024)
    with pytest.raises(CannotRun) as refused:
        program.load()
    assert refused.value.line == line(source, "here")
    assert refused.value.reason == "loading the file raised LinAlgError: Singular matrix"


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "GeneratorExit", "ValueError('a\\n  b')", "BaseException"])
def test_every_exception_is_caught(tmp_path: Path, raised: str) -> None:
    program = Program(str(write(tmp_path, f"raise {raised}")), 1024)
    with pytest.raises(CannotRun) as refused:
        program.load()
    assert refused.value.line == 1
    assert "\n" not in refused.value.reason


def test_definitions_are_found(tmp_path: Path) -> None:
    program = Program(str(write(tmp_path, "x = 1\ndef f(): pass\nclass C: pass\n")), 1024)
    assert [program.defined_at(name) for name in ("f", "C", "x")] == [2, 3, None]


def test_it_is_not_run_as_a_script_and_may_define_dataclasses(tmp_path: Path) -> None:
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    a: int = 1\n"
        + CORRECT
        + "\nif __name__ == '__main__':\n    raise SystemExit('run as a script')\n"
    )
    assert_true(run(tmp_path, source), "dW1")


def test_encodings_and_odd_names(tmp_path: Path) -> None:
    file = tmp_path / "my net é.py"
    file.write_bytes(("# -*- coding: latin-1 -*-\nNAME = 'é'\nassert len(NAME) == 1\n" + CORRECT).encode("latin-1"))
    assert_true(run_learner(file, PROBES), "dW1")


def test_the_first_probe_is_visited_twice() -> None:
    arrays = {f"p{k}_X": np.zeros(1) for k in range(3)}
    assert list(visits(arrays)) == [(0, 0), (0, 1), (1, 0), (2, 0)]


def test_inputs_and_changes() -> None:
    arrays = {f"p0_{name}": np.ones(2) for name in ("X", "y", "W1", "b1", "W2", "b2")}
    X, y, parameters = inputs_of(arrays, "p0_")
    given = (X, y, *parameters)
    before = raw(given)
    assert changed(before, given) == []
    y[0] = -0.0
    parameters.b2[1] = np.nan
    assert changed(before, given) == ["y", "b2"]


def test_an_exception_that_raises_when_it_is_asked_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E\n", encoding="utf-8")
    with pytest.raises(CannotRun) as caught:
        Program(str(file), 64).load()
    assert (caught.value.reason, caught.value.line) == ("loading the file raised E", 3)
