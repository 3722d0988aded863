"""Many tasks before a real scheduler and real workers: killed, gone for a while, or of another version."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import many_tasks
import pytest

from backproof.grading.version import version
from backproof.many import cluster
from backproof.many.cluster import CannotRun, Cluster
from backproof.many.kept import Kept
from backproof.many.running import Done, Task, Work, run_many
from backproof.many.version import Version

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[1]
NOTED = Work(many_tasks.noted, version)


class Machines:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def _start(self, *words: str, code: Path = ROOT) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": f"{code}{os.pathsep}{ROOT / 'tests'}"}
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        started = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes.append(started)
        return started

    def scheduler(self) -> subprocess.Popen[bytes]:
        started = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return started
            time.sleep(0.1)
        raise AssertionError("the scheduler did not start")

    def worker(self, code: Path = ROOT) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", code=code)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    found = Machines(tmp_path)
    yield found
    found.end()


@pytest.fixture
def told() -> list[str]:
    return []


def tasks(folder: Path, count: int, seconds: float) -> list[Task]:
    def argument(k: int) -> bytes:
        return json.dumps({"name": f"t{k}", "log": str(folder / "log.txt"), "seconds": seconds}).encode()

    return [Task(f"t{k}", lambda k=k: argument(k)) for k in range(count)]


def ran(folder: Path) -> Counter[str]:
    """How often each task was begun."""
    return Counter(line.split()[0] for line in (folder / "log.txt").read_text().splitlines())


def all_of(given: Iterator[Done]) -> dict[str, bytes | None]:
    found = list(given)
    assert len({done.key for done in found}) == len(found)
    return {done.key: done.value for done in found}


def connected(address: str, told: list[str], of: Version) -> Cluster:
    """As soon as it has a worker that can be used."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return Cluster(None, address, told.append, of)
        except CannotRun:
            assert time.monotonic() < deadline
            time.sleep(0.5)


def test_what_is_kept_is_not_run_again_and_takes_no_cluster(tmp_path: Path) -> None:
    def nowhere(_: Version) -> Cluster:
        raise AssertionError("nothing is to be run")

    with Kept(tmp_path / "done") as kept:
        for k in range(3):
            kept.put(f"{version()} t{k}", b"as before")
    with Kept(tmp_path / "done") as kept:
        found = list(run_many(NOTED, tasks(tmp_path, 3, 0), kept, nowhere))
    assert {(done.key, done.value, done.again) for done in found} == {(f"t{k}", b"as before", True) for k in range(3)}


def test_a_file_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    import sqlite3

    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE mine (x)")
    other.commit()
    (tmp_path / "text").write_text("a text")
    for name, words in (
        ("other.sqlite", "did not write it"),
        ("text", "cannot be used"),
        ("no/folder", "cannot be used"),
    ):
        with pytest.raises(OSError, match=words):
            Kept(tmp_path / name)
    assert (tmp_path / "text").read_text() == "a text"


@pytest.mark.slow
def test_on_this_machine_and_again(tmp_path: Path, told: list[str]) -> None:
    with Kept(tmp_path / "done") as kept:
        first = run_many(NOTED, tasks(tmp_path, 8, 0.01), kept, partial(Cluster, 2, None, told.append))
        assert [next(first).again for _ in range(3)] == [False] * 3
        first.close()  # as by Ctrl-C
    with Kept(tmp_path / "done") as kept:
        rest = list(run_many(NOTED, tasks(tmp_path, 8, 0.01), kept, partial(Cluster, 2, None, told.append)))
    assert {done.key for done in rest} == {f"t{k}" for k in range(8)}
    assert sum(done.again for done in rest) == 3
    assert told == []


@pytest.mark.slow
def test_a_mistake_in_a_task_is_its_result_and_is_not_kept(tmp_path: Path, told: list[str]) -> None:
    with Kept(tmp_path / "done") as kept:
        both = [Task("a", lambda: b"a"), Task("b", lambda: b"b")]
        found = list(run_many(Work(many_tasks.fails, version), both, kept, partial(Cluster, 1, None, told.append)))
        assert {done.failure for done in found} == {
            "no worker could do it: RuntimeError: no a", "no worker could do it: RuntimeError: no b"
        }  # fmt: skip
        assert kept.get(f"{version()} a") is None


@pytest.mark.slow
def test_two_at_once_on_this_machine_are_told_nothing(recwarn: pytest.WarningsRecorder, told: list[str]) -> None:
    with Cluster(1, None, told.append, version) as one, Cluster(1, None, told.append, version) as other:
        assert one.client.submit(len, b"ab").result() == other.client.submit(len, b"cd").result() == 2
    assert (told, [str(warning.message) for warning in recwarn]) == ([], [])


@pytest.mark.slow
def test_what_is_not_worth_keeping_is_found_anew(tmp_path: Path, told: list[str]) -> None:
    work = Work(many_tasks.noted, version, lambda value: value != b"t1")
    for again in ({"t0": False, "t1": False, "t2": False}, {"t0": True, "t1": False, "t2": True}):
        with Kept(tmp_path / "done") as kept:
            found = list(run_many(work, tasks(tmp_path, 3, 0), kept, partial(Cluster, 1, None, told.append)))
        assert {done.key: done.again for done in found} == again
        assert {done.value for done in found} == {b"t0", b"t1", b"t2"}
    assert ran(tmp_path) == {"t0": 1, "t1": 2, "t2": 1}


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_no_result(machines: Machines, tmp_path: Path, told: list[str]) -> None:
    machines.scheduler()
    first, _ = machines.worker(), machines.worker()
    with Kept(tmp_path / "done") as kept:
        given = run_many(NOTED, tasks(tmp_path, 12, 0.5), kept, partial(Cluster, None, machines.address, told.append))
        found = {(done := next(given)).key: done.value for _ in range(2)}
        first.send_signal(signal.SIGKILL)
        found |= all_of(given)
    assert found == {f"t{k}": f"t{k}".encode() for k in range(12)}
    assert ran(tmp_path).total() <= 12 + 3  # only what the killed one had


@pytest.mark.slow
def test_what_tasks_share_is_made_once_and_outlives_the_worker_that_had_it(
    machines: Machines, told: list[str], recwarn: pytest.WarningsRecorder
) -> None:
    made: list[str] = []

    def shared(name: str) -> bytes:
        made.append(name)
        return name.encode() * 12_000_000  # more than Dask likes to send without a warning

    machines.scheduler()
    first = machines.worker()
    work = Work(many_tasks.with_shared, version, shared=shared)
    wanted = {f"t{k}": ("a",) if k % 2 else ("b", "a") for k in range(12)}
    both = [Task(key, key.encode, needs) for key, needs in wanted.items()]
    given = run_many(work, both, None, partial(Cluster, None, machines.address, told.append))
    found = {(done := next(given)).key: done.value for _ in range(3)}
    assert sorted(made) == ["a", "b"]
    machines.worker()
    first.send_signal(signal.SIGKILL)
    found |= all_of(given)
    assert found == {
        key: b" ".join([key.encode(), *(name.encode() * 12_000_000 for name in needs)]) for key, needs in wanted.items()
    }
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.slow
def test_no_worker_for_long_is_one_sentence(
    machines: Machines, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.scheduler()
    worker = machines.worker()
    given = run_many(NOTED, tasks(tmp_path, 12, 0.3), None, partial(Cluster, None, machines.address, told.append))
    next(given)
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    worker.send_signal(signal.SIGKILL)
    with pytest.raises(CannotRun, match=r"the cluster at tcp://.* has had no worker that can be used for 0 min"):
        list(given)


@pytest.mark.slow
def test_processes_of_this_machine_that_are_gone_for_good_are_one_sentence(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_HERE", 1.0)
    place = Cluster(1, None, told.append, version)
    given = run_many(NOTED, tasks(tmp_path, 12, 0.3), None, lambda _: place)
    next(given)
    place._local.scale(0)
    with pytest.raises(CannotRun, match="the processes that run the tasks were killed"):
        list(given)


@pytest.mark.slow
def test_a_scheduler_that_goes_away_and_comes_back(
    machines: Machines, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 2.0)
    scheduler = machines.scheduler()
    machines.worker(), machines.worker()
    with Kept(tmp_path / "done") as kept:
        given = run_many(NOTED, tasks(tmp_path, 12, 0.3), kept, partial(Cluster, None, machines.address, told.append))
        found = {(done := next(given)).key: done.value for _ in range(3)}
        scheduler.kill()
        scheduler.wait()
        for process in machines.processes[1:]:
            process.wait(timeout=90)  # workers end with their scheduler
        time.sleep(4)
        machines.scheduler()
        machines.worker(), machines.worker()
        found |= all_of(given)
    assert found == {f"t{k}": f"t{k}".encode() for k in range(12)}


@pytest.mark.slow
def test_a_worker_of_another_version_is_given_nothing(machines: Machines, tmp_path: Path, told: list[str]) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "backproof", other / "backproof", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "backproof" / "sandbox" / "ending.py").open("a") as changed:
        changed.write("\n# as another release\n")
    machines.scheduler()
    foreign = machines.worker(other)
    with pytest.raises(CannotRun, match=r"no worker at .* runs backproof"), Kept(tmp_path / "done") as kept:
        list(run_many(NOTED, tasks(tmp_path, 2, 0), kept, partial(Cluster, None, machines.address, told.append)))
    own = machines.worker()
    with Kept(tmp_path / "done") as kept:
        given = run_many(NOTED, tasks(tmp_path, 8, 0.1), kept, partial(connected, machines.address, told))
        found = all_of(given)
    assert len(found) == 8
    assert {line.split()[1] for line in (tmp_path / "log.txt").read_text().splitlines()} == {str(own.pid)}
    assert foreign.poll() is None
    assert any("runs backproof" in sentence and "it is given nothing" in sentence for sentence in told)


@pytest.mark.slow
def test_an_address_where_nothing_answers_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 1.0)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(CannotRun, match="no Dask scheduler answers at"):
            Cluster(None, address, print, version)


def test_without_dask_the_sentence_has_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotRun, match=r"takes Dask: python -m pip install 'backproof\[many\]'"):
        Cluster(1, None, print, version)


def test_the_version_changes_with_the_code(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "backproof", tmp_path / "backproof", ignore=shutil.ignore_patterns("__pycache__"))
    says = "from backproof.grading.version import version; print(version())"

    def said() -> str:
        done = subprocess.run(
            [sys.executable, "-c", says], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    assert said() == version()
    with (tmp_path / "backproof" / "replay" / "tape.py").open("a") as changed:
        changed.write("\n")
    assert said() != version()
