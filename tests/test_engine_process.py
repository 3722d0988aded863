"""An engine in its own process: whatever it does there, the answer is a result or one sentence."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comparison.engine_process import EngineProcess, Loaded, named
from engines import EngineError, PromiseBroken

ROOT = Path(__file__).parents[1]


@pytest.fixture
def numpy_process() -> Iterator[EngineProcess]:
    process = EngineProcess("numpy")
    process.wait_until_loaded()
    yield process
    process.close()


# What runs in the process.


def describe(loaded: Loaded, *args: Any) -> tuple[Any, ...]:
    return loaded.engine.name, loaded.seconds > 0, os.getpid(), args


def advance(loaded: Loaded, amount: int) -> None:
    loaded.advance(amount)


def fail(_: Loaded, error: BaseException) -> None:
    raise error


def fail_with_what_cannot_be_pickled(_: Loaded) -> None:
    error = RuntimeError("a lock inside")
    error.lock = threading.Lock()  # type: ignore[attr-defined]
    raise error


def fail_with_an_error_of_its_own(_: Loaded) -> None:
    class Local(EngineError):
        pass

    raise Local("known only there")


def return_what_cannot_be_pickled(_: Loaded) -> Any:
    return threading.Lock()


class Trap:
    """Can be pickled, but not read again."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("seven",)


def return_a_trap(_: Loaded) -> Any:
    return Trap()


def kill_itself(_: Loaded) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def exit_by_itself(_: Loaded) -> None:
    os._exit(3)


def say(_: Loaded, text: str) -> None:
    print(text)


def tidy_up_at_the_end(loaded: Loaded, path: Path) -> None:
    atexit.register(path.touch)
    try:
        busy_forever(loaded)
    finally:
        print("a complaint", file=sys.stderr, flush=True)


def busy_forever(loaded: Loaded) -> None:
    while True:
        loaded.advance(1)


def ignores_ctrl_c(_: Loaded) -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


# What comes of it.


def sentence(process: EngineProcess, *call: Any) -> str:
    with pytest.raises(EngineError) as error:
        process.call(*call)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_function_runs_in_another_process(numpy_process: EngineProcess) -> None:
    name, took_time, process_id, args = numpy_process.call(describe, 1, "two")
    assert (name, took_time, args) == ("numpy", True, (1, "two"))
    assert process_id != os.getpid()
    assert numpy_process.call(describe)[2] == process_id


def test_progress_adds_up(numpy_process: EngineProcess) -> None:
    assert numpy_process.progress == 0
    numpy_process.call(advance, 3)
    numpy_process.call(advance, 4)
    assert numpy_process.progress == 7


def test_an_error_is_a_sentence_and_the_process_goes_on(
    numpy_process: EngineProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    assert sentence(numpy_process, fail, ZeroDivisionError("by zero")) == "ZeroDivisionError: by zero"
    assert sentence(numpy_process, fail, EngineError("a sentence")) == "a sentence"
    assert "a lock inside" in sentence(numpy_process, fail_with_what_cannot_be_pickled)
    assert "known only there" in sentence(numpy_process, fail_with_an_error_of_its_own)
    assert "two lines" in sentence(numpy_process, fail, ValueError("two lines\nof text"))
    assert sentence(numpy_process, fail, SystemExit(3)) == "SystemExit: 3"
    assert sentence(numpy_process, fail, KeyboardInterrupt()) == "KeyboardInterrupt"
    with pytest.raises(PromiseBroken, match="kept its kind"):
        numpy_process.call(fail, PromiseBroken("kept its kind"))
    assert numpy_process.call(describe)[0] == "numpy"
    assert capfd.readouterr().err == ""


def test_a_result_that_cannot_travel_is_a_sentence(
    numpy_process: EngineProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "lock" in sentence(numpy_process, return_what_cannot_be_pickled)
    assert "seven" in sentence(numpy_process, return_a_trap)
    assert numpy_process.call(describe)[0] == "numpy"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("end", [kill_itself, exit_by_itself])
def test_a_process_that_ends_is_a_sentence_now_and_later(numpy_process: EngineProcess, end: Any) -> None:
    for _ in range(2):
        assert sentence(numpy_process, end) == "the process of the engine ended by itself"


def test_an_engine_that_cannot_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "missing.py"
    process = EngineProcess(f"{path}:Mine")
    try:
        with pytest.raises(EngineError, match=r"there is no file .*missing\.py"):
            process.wait_until_loaded()
    finally:
        process.close()


def test_an_engine_that_ends_its_process_when_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "ends.py"
    path.write_text("import os; os._exit(0)")
    process = EngineProcess(f"{path}:Mine")
    try:
        with pytest.raises(EngineError) as error:
            process.wait_until_loaded()
    finally:
        process.close()
    assert str(error.value) == f"the process of {path}:Mine ended by itself"


def test_ctrl_c_is_left_to_the_parent(numpy_process: EngineProcess) -> None:
    assert numpy_process.call(ignores_ctrl_c)


def test_what_an_engine_prints_is_no_output_of_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    process = EngineProcess("numpy")  # in the test, for the output of a fixture is captured apart
    process.wait_until_loaded()
    process.call(say, "hello")
    process.close()
    assert capfd.readouterr() == ("", "hello\n")


def test_a_busy_process_ends_in_its_own_way(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    process = EngineProcess("numpy")
    process.wait_until_loaded()
    process._pipe.send((tidy_up_at_the_end, (tmp_path / "tidy",)))
    while not process.progress:
        time.sleep(0.01)
    process.close()
    assert (tmp_path / "tidy").exists()
    assert capfd.readouterr() == ("", "")


def test_a_closed_process_is_gone(numpy_process: EngineProcess) -> None:
    process_id = numpy_process.call(describe)[2]
    numpy_process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_the_name_of_an_engine_comes_before_its_sentence_and_the_kind_stays() -> None:
    def refuse(error: Exception) -> None:
        raise error

    assert named("mine", lambda x: 2 * x, 3) == 6
    with pytest.raises(PromiseBroken, match=r"^mine: no promise$"):
        named("mine", refuse, PromiseBroken("no promise"))
    with pytest.raises(KeyError):
        named("mine", refuse, KeyError("another kind"))


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_it_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, signal\n"
        "from comparison.engine_process import EngineProcess\n"
        "from tests.test_engine_process import busy_forever\n"
        "if __name__ == '__main__':\n"
        "    process = EngineProcess('numpy')\n"
        "    process.wait_until_loaded()\n"
        "    process._pipe.send((busy_forever, ()))\n"
        "    while not process.progress: pass\n"
        "    print(process._process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with (tmp_path / "process").open("w") as output:  # a pipe would be kept open by what outlives
        killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, stdout=output, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    process = int((tmp_path / "process").read_text())
    until = time.monotonic() + 10
    while alive(process) and time.monotonic() < until:
        time.sleep(0.05)
    if alive(process):
        os.kill(process, signal.SIGKILL)
        pytest.fail("the engine's process goes on for nobody")
