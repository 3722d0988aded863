"""A warm process: its copies are as apart from each other as processes that were started anew."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from learner_files import CORRECT, write

from backproof.diagnosis.apart import Apart, diagnose_apart
from backproof.sandbox.warm import WarmProcess

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process is started anew")
HALF = CORRECT.replace("dA1 * A1 * (1 - A1)", "dA1 * A1")


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    with WarmProcess() as process:
        yield process


def run(warm: WarmProcess, folder: Path, source: str, seconds: float = 20) -> Apart:
    return diagnose_apart(write(folder, source), seconds, run=warm.run)


def number(warm: WarmProcess) -> int:
    assert warm._process is not None
    return warm._process.pid


def test_it_says_what_a_process_of_its_own_says(warm: WarmProcess, tmp_path: Path) -> None:
    for source in (CORRECT, HALF, "def backprop(:"):
        assert run(warm, tmp_path, source).diagnosis == diagnose_apart(write(tmp_path, source)).diagnosis


def test_one_program_changes_nothing_for_the_next(warm: WarmProcess, tmp_path: Path) -> None:
    run(warm, tmp_path, CORRECT)
    before = number(warm)
    spoils = (
        "import os, sys, builtins, numpy as n\nn.exp = n.asarray = None\nbuiltins.len = None\n"
        "os.environ['PATH'] = ''\nos.chdir('/')\nsys.modules.clear()\n"
    )
    hostile = (
        spoils,
        "import os\nos._exit(3)\n",
        "import os\nos.abort()\n",
        "while True: pass\n",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n",
        "import os, signal\nfor name in ('getppid', 'getpgrp'):\n    try: os.kill(getattr(os, name)(), 9)\n"
        "    except OSError: pass\n",
        "import os\nos.killpg(0, 9)\n",
        "x = [0] * 10**11\n",
        "import os\nfor _ in range(10): os.write(1, b'x' * 2**20)\n",
    )
    for source in hostile:
        run(warm, tmp_path, source + CORRECT, seconds=2)
        assert run(warm, tmp_path, CORRECT).diagnosis.verdict == "correct", source
        assert run(warm, tmp_path, HALF).diagnosis.verdict == "wrong", source
    assert number(warm) == before


def test_the_same_limits_hold(warm: WarmProcess, tmp_path: Path) -> None:
    found = run(warm, tmp_path, CORRECT)
    assert found.isolation == diagnose_apart(write(tmp_path, CORRECT)).isolation
    assert run(warm, tmp_path, "while True: pass\n" + CORRECT, 1).diagnosis.summary.startswith(
        "the program was not done after 1 s"
    )


def test_a_program_inherits_no_way_to_the_warm_process(warm: WarmProcess, tmp_path: Path) -> None:
    lists = "import os\nfor fd in os.listdir('/proc/self/fd'):\n    try: print(os.readlink(f'/proc/self/fd/{fd}'))\n"
    other = (
        "import os\nfor fd in range(40):\n    try: print(fd, os.fstat(fd).st_mode >> 12)\n    except OSError: pass\n"
    )
    shown = run(warm, tmp_path, f"{lists}    except OSError: pass\n{CORRECT}").output
    shown += run(warm, tmp_path, f"{other}    except OSError: pass\n{CORRECT}").output
    assert "socket" not in shown
    assert not [line for line in shown.splitlines() if line.endswith(f" {0o14}")]  # the kind of a socket


def test_another_takes_the_place_of_one_that_was_ended(warm: WarmProcess, tmp_path: Path) -> None:
    run(warm, tmp_path, CORRECT)
    before = number(warm)
    os.kill(before, signal.SIGKILL)
    assert run(warm, tmp_path, CORRECT).diagnosis.verdict == "correct"
    assert number(warm) != before


def test_nothing_stays_open_and_it_ends_with_its_owner(tmp_path: Path) -> None:
    with WarmProcess() as warm:
        run(warm, tmp_path, CORRECT)
        before = len(list(Path("/proc/self/fd").iterdir()))
        run(warm, tmp_path, CORRECT)
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        process = number(warm)
    assert not Path(f"/proc/{process}").exists()
