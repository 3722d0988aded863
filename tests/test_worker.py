"""Whatever the file replaces in its own process, it is not called what it is not."""

from pathlib import Path

import pytest
from learner_files import CORRECT, line, run

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
def test_replaced_functions_make_nothing_right(tmp_path: Path, attack: str) -> None:
    outcome = run(tmp_path, CORRECT + f"\n{attack}\n")
    assert outcome.diagnosis.verdict in ("correct", "cannot run")
    assert run(tmp_path, WRONG + f"\n{attack}\n").diagnosis.verdict in ("wrong", "cannot run")


def test_an_early_exit_is_no_result_and_has_its_line(tmp_path: Path) -> None:
    source = CORRECT.replace(
        "    return loss", "    print('PASS', flush=True)\n    import os\n    os._exit(0)  # out\n    return loss"
    )
    outcome = run(tmp_path, source)
    assert outcome.output.startswith("PASS\n")
    assert outcome.reason == "the program ended its process with status 0"
    assert outcome.line == line(source, "out")


def test_a_crash_has_its_line(tmp_path: Path) -> None:
    source = CORRECT.replace(
        "    n = len(y)", "    n = len(y)\n    __import__('os').kill(__import__('os').getpid(), 11)  # x"
    )
    outcome = run(tmp_path, source)
    assert outcome.reason == "the program crashed its process (SIGSEGV)"
    assert outcome.line == line(source, "x")
