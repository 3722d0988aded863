"""The supervisor says how the program ended, ends it in time, and leaves nothing behind."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from learner_files import CORRECT, assert_correct, run

from backproof.sandbox import isolation, supervisor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this system does not list processes in /proc")

DAEMON = """
import os, sys, time
def backprop(X, y, W1, b1, W2, b2):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            name = b"/proc/self/comm"
            time.sleep(60 + {mark})
        os._exit(0)
"""


def running(mark: str) -> list[str]:
    """The processes whose name or command line bears this mark."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            except OSError:
                continue
            if mark.encode() in text:
                found.append(folder.name)
    return found


def assert_gone(folder_of_runs: str) -> None:
    deadline = time.monotonic() + 2
    while running(folder_of_runs) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert running(folder_of_runs) == []


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder of temporary files of its own: every process of a run has its name in the environment."""
    folder = tmp_path / "runs"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return str(folder)


def test_the_search_for_processes_finds_one(tmp_path: Path, runs: str) -> None:
    source = "import time\ntime.sleep(1)"
    import threading

    thread = threading.Thread(target=run, args=(tmp_path, source))
    thread.start()
    seen = []
    while thread.is_alive():
        seen += running(runs)
    assert seen


def test_a_daemon_left_behind_is_ended(tmp_path: Path, runs: str) -> None:
    outcome = run(tmp_path, CORRECT + DAEMON.format(mark=1).replace("backprop", "leave") + "\nleave(*range(6))\n")
    assert_correct(outcome)
    assert outcome.seconds < 5
    assert_gone(runs)


def test_a_daemon_is_ended_where_there_are_no_namespaces_too() -> None:
    ready, steady = os.pipe()
    supervised = os.fork()
    if supervised == 0:
        isolation_off = dict.fromkeys(("user", "processes", "network"), False)
        isolation.enter_namespaces = lambda: isolation_off

        def work() -> None:
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.write(steady, f"{os.getpid()}\n".encode())
                    time.sleep(60)
                os._exit(0)
            os.wait()
            time.sleep(0.2)
            os._exit(7)

        end = supervisor.supervise(work, 5)
        os._exit(0 if (end.how, end.value, end.facts["ended"]) == ("exit", 7, True) else 1)
    _, status = os.waitpid(supervised, 0)
    daemon = int(os.read(ready, 20))
    os.close(ready)
    os.close(steady)
    assert status == 0
    assert not Path(f"/proc/{daemon}").exists()


def test_a_hanging_program_and_its_children_are_ended(tmp_path: Path, runs: str) -> None:
    source = DAEMON.format(mark=2) + "    while True: pass\n"
    outcome = run(tmp_path, source, seconds=1)
    assert outcome.reason.startswith("the program was not done after 1 s; put training")
    assert outcome.seconds < 4
    assert_gone(runs)


def test_a_small_fork_bomb_is_ended(tmp_path: Path, runs: str) -> None:
    source = """
    import os, time
    def backprop(X, y, W1, b1, W2, b2):
        for _ in range(200):
            try:
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)
            except OSError:
                pass
        time.sleep(60)
    """
    outcome = run(tmp_path, source, seconds=3)
    assert outcome.reason
    assert_gone(runs)
    if os.geteuid() == 0 and "at most 64 processes" in outcome.isolation:
        assert outcome.reason == "the program started more than 64 processes"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "crashed its process (SIGKILL)"),
        ("import os, signal\nos.abort()", "crashed its process (SIGABRT)"),
        ("import os\nos._exit(0)", "ended its process with status 0"),
        ("import os\nos._exit(5)", "ended its process with status 5"),
        ("import os, signal\nos.killpg(0, signal.SIGKILL)", "process"),
    ],
)
def test_how_a_program_ended_is_told(tmp_path: Path, source: str, reason: str) -> None:
    assert reason in run(tmp_path, f"{source}\n{CORRECT}").reason


def test_a_program_cannot_reach_its_supervisor(tmp_path: Path) -> None:
    source = "import os\ntry:\n    os.kill(os.getppid() or 1, 9)\nexcept OSError: pass\n" + CORRECT
    outcome = run(tmp_path, source)
    if "no network" in outcome.isolation:
        assert_correct(outcome)


def test_a_program_that_waits_for_a_processor_is_given_longer_and_one_that_sleeps_is_not() -> None:
    def spin() -> None:
        until = time.monotonic() + 30
        while time.process_time() < 0.3 and time.monotonic() < until:
            pass
        os._exit(4)

    def sleep() -> None:
        time.sleep(30)

    cores = len(os.sched_getaffinity(0))
    ended = {}
    with contextlib.ExitStack() as stack:
        for _ in range(4 * cores):
            hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(hog.wait)
            stack.callback(hog.kill)
        tried = (("spin", spin, 1, 60), ("sleep", sleep, 1, 60), ("impatient", spin, 0.4, 1))
        for name, work, seconds, patience in tried:
            reading, writing = os.pipe()
            if os.fork() == 0:
                end = supervisor.supervise(work, seconds, patience)
                os.write(writing, f"{end.how} {end.value}".encode())
                os._exit(0)
            ended[name] = os.read(reading, 100).decode()
            os.wait()
            os.close(reading)
            os.close(writing)
    assert ended == {"spin": "exit 4", "sleep": "time 0", "impatient": "time 0"}
