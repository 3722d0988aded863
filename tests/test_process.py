"""A program may print without end, and the process that started it neither blocks nor keeps it all."""

import resource
import sys
from pathlib import Path

import pytest
from learner_files import CORRECT, assert_correct, run, run_file, write

from backproof.sandbox import process
from backproof.sandbox.process import SHOWN_OUTPUT


def test_a_gigabyte_of_output_is_dropped(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = CORRECT + "\nimport os\nfor _ in range(256): os.write(1, b'x' * 2**20)\n"
    outcome = run(tmp_path, source)
    assert_correct(outcome)
    assert outcome.output_bytes >= 2**30  # it is loaded more than once
    assert outcome.output == "x" * SHOWN_OUTPUT
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_output_and_errors_come_together_and_any_bytes_are_shown(tmp_path: Path) -> None:
    source = "import os, sys\nprint('é', flush=True)\nprint('two', file=sys.stderr)\nos.write(1, b'\\xff\\n')\n"
    assert run(tmp_path, source + CORRECT).output.startswith("é\ntwo\n\ufffd\n")


def test_a_program_that_closes_its_output_is_judged_all_the_same(tmp_path: Path) -> None:
    closes = "import os, sys\nif sys.stdout: os.close(1); os.close(2)\nsys.stdout = None\n"
    assert_correct(run(tmp_path, closes + CORRECT))


def test_nothing_stays_open(tmp_path: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not list open files in /proc")
    file = write(tmp_path, CORRECT)
    run_file(file)
    before = len(list(Path("/proc/self/fd").iterdir()))
    run_file(file)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_supervisor_that_hangs_is_ended_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CHILD", write(tmp_path, "import time\ntime.sleep(60)", "child.py"))
    monkeypatch.setattr(process, "GRACE", 0.2)
    status, output = process.run_child(b"{}", tmp_path, 0.2)
    assert (status, output.size) == (None, 0)


def test_without_a_supervisor_the_file_still_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that cannot fork."""
    child = f"import os, sys\ndel os.fork\nsys.path.insert(0, {str(Path.cwd())!r})\n" + Path(process.CHILD).read_text()
    child = child.replace("from __future__ import annotations", "").replace(
        "Path(__file__).resolve()", f"Path({str(process.CHILD)!r})"
    )
    monkeypatch.setattr(process, "CHILD", write(tmp_path, child, "child.py"))
    outcome = run(tmp_path, CORRECT)
    assert_correct(outcome)
    assert "Not in force" in outcome.isolation
    ended = run(tmp_path, f"import os\nos._exit(4)\n{CORRECT}")
    assert (ended.reason, ended.line) == ("the program ended its process with status 4", 2)
    if sys.platform == "linux":
        assert "no reading outside" in outcome.isolation


def test_the_arithmetic_is_the_callers_and_secrets_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "512")
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    shown = run(
        tmp_path, "import os\nprint(*(f'{k}={v}' for k, v in sorted(os.environ.items())), sep='\\n')\n" + CORRECT
    ).output
    assert "OPENBLAS_L2_SIZE=512" in shown
    assert "MKL_CBWR=COMPATIBLE" in shown
    assert "hidden" not in shown
