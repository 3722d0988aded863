"""Whatever the file replaces in its own process, what comes back are the numbers it computed, or a reason."""

from pathlib import Path

import pytest
from learner_files import CORRECT, assert_true, line, run

WRONG = CORRECT.replace("dW1 = dZ1.T @ X  # dW1", "dW1 = 2 * dZ1.T @ X  # dW1")


@pytest.mark.parametrize(
    "attack",
    [
        "np.allclose = np.array_equal = lambda *a, **k: True",
        "np.save = np.savez = np.load = np.asarray = np.ascontiguousarray = lambda *a, **k: None",
        "import json; json.dumps = json.dump = lambda *a, **k: 'PASS'",
        "import sys; sys.stdout.flush = lambda: 1 / 0; sys.exit = print",
        "import numpy.testing; numpy.testing.assert_allclose = print",
        "import atexit, os; atexit.register(os._exit, 0)",
        "import builtins; builtins.all = builtins.any = lambda x: True",
        "import sys; sys.settrace = lambda f: None",
        "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()",
    ],
)
def test_replaced_functions_change_nothing(tmp_path: Path, attack: str) -> None:
    outcome = run(tmp_path, CORRECT + f"\n{attack}\n")
    assert_true(outcome, "dW1", "db1", "dW2", "db2")
    assert outcome.seconds < 5
    wrong = run(tmp_path, WRONG + f"\n{attack}\n")
    with pytest.raises(AssertionError):
        assert_true(wrong, "dW1")


def test_an_early_exit_is_no_result_and_has_its_line(tmp_path: Path) -> None:
    source = CORRECT.replace(
        "    return dW1", "    print('PASS', flush=True)\n    import os\n    os._exit(0)  # out\n    return dW1"
    )
    outcome = run(tmp_path, source)
    assert outcome.output == "PASS\n"
    assert outcome.calls == []
    assert outcome.reason == "the file ended its process with status 0 before backprop had returned"
    assert outcome.line == line(source, "out")


def test_a_crash_has_its_line(tmp_path: Path) -> None:
    source = CORRECT.replace(
        "    n = len(y)", "    n = len(y)\n    __import__('os').kill(__import__('os').getpid(), 11)  # x"
    )
    outcome = run(tmp_path, source)
    assert outcome.reason == "the file crashed its process (SIGSEGV)"
    assert outcome.line == line(source, "x")


def test_the_true_values_are_not_in_the_process(tmp_path: Path) -> None:
    source = """
    import gc, sys
    import numpy as np
    def backprop(X, y, W1, b1, W2, b2):
        shapes = {o.shape for o in gc.get_objects() if isinstance(o, np.ndarray)}
        frame, arrays = sys._getframe(), 0
        while frame is not None:
            for value in frame.f_locals.values():
                if isinstance(value, dict):
                    print(sorted(key for key, v in value.items() if isinstance(v, np.ndarray)))
            frame = frame.f_back
    """
    names = {"W1", "b1", "W2", "b2", "X", "y"}
    for text in run(tmp_path, source).output.splitlines():
        assert {name.split("_")[-1].strip("'[]") for name in text.split(", ") if name != "[]"} <= names | {""}
