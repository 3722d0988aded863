"""Audits on many cores: bit for bit as one after another, samples sent once, and one sentence where it cannot be."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest
from small_data import small_dataset

from backproof.arithmetic import ProofError
from backproof.many.cluster import CannotRun, Cluster
from backproof.many.running import Done
from comparison import auditors
from comparison.auditing import Audit, audits_of, samples_of
from comparison.auditors import Audited, audited, run_on
from comparison.engine_process import Loaded
from comparison.experiment import compare_engines
from comparison.settings import Settings
from comparison.training import train
from engines import initial_weights
from engines.numpy_engine import NumpyEngine
from proof.audit import AuditedBlock

pytest.importorskip("distributed")
psutil = pytest.importorskip("psutil")
ROOT = Path(__file__).parents[1]
DATASET = small_dataset(train=700, inputs=30)  # three blocks an epoch, the last of them shorter
LOADED = Loaded(NumpyEngine, 0.0, lambda _: None)
SETTINGS = Settings(epochs=12, hidden=5)


def audits(settings: Settings = SETTINGS) -> list[Audit]:
    training = train(LOADED, initial_weights(30, settings.hidden, 0), DATASET, settings)
    training.sample_losses[1, 5] += 1  # what is wrong must come back as well
    return list(audits_of(training, settings, None))


def samples(audit: Audit, settings: Settings = SETTINGS) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    return {part: samples_of(part, DATASET, settings) for part in audit.parts}


def bits(blocks: list[list[AuditedBlock]]) -> bytes:
    """Floats as they are, to the last bit."""
    return msgspec.msgpack.encode(blocks)


def quiet(what: str, done: int, total: int) -> None:
    pass


def nowhere(_: object) -> Cluster:
    raise AssertionError("nothing is to be run")


@pytest.mark.slow
def test_on_many_cores_bit_for_bit_as_one_after_another() -> None:
    for settings in (SETTINGS, Settings(epochs=2, hidden=5, dtype="float32", batch_size=3)):
        each = audits(settings)
        in_turn = [audit.run(samples(audit, settings)) for audit in each]
        seen: list[tuple[str, int, int]] = []
        engines = {"a": each, "b": each[:1], "c": []}
        cores = partial(Cluster, 2, None, pytest.fail)
        found = run_on(cores, engines, DATASET, settings, lambda *told, seen=seen: seen.append(told))
        assert list(found) == ["a", "b", "c"]
        assert bits(found["a"]) == bits(in_turn)
        assert bits(found["b"]) == bits(in_turn[:1])
        assert found["c"] == []
        assert seen == [("audit", k, len(each) + 1) for k in range(1, len(each) + 2)]
        assert sum(block.losses_outside for blocks in found["a"] for block in blocks) == 1


@pytest.mark.slow
def test_all_blocks_and_those_on_a_cluster_are_audited_as_a_few_are_here() -> None:
    dataset, settings = small_dataset(train=700), Settings(epochs=2, hidden=3)
    everything = compare_engines(["numpy"], dataset, settings, audit_blocks=None)["audit"]
    assert everything == compare_engines(["numpy"], dataset, settings, audit_blocks=6)["audit"]
    with Cluster(1, None, pytest.fail, auditors.version) as there:
        address = there.client.scheduler.address
        found = compare_engines(["numpy"], dataset, settings, audit_blocks=4, scheduler=address)["audit"]
    assert found["numpy"] == [everything["numpy"][k] for k in (0, 2, 3, 5)]
    assert [block["first_step"] for block in everything["numpy"]] == [0, 300, 600, 700, 1000, 1300]


def test_an_audit_travels_without_its_samples_and_blocks_of_the_same_samples_go_together() -> None:
    each = audits()
    assert [audit.parts for audit in each] == [(0,), (0, 1), (1,), (2,), (2,)]
    for audit in each:
        weights = sum(p.nbytes for s in audit.stretches for p in (*s.start, *s.end)) + 8 * 300 * len(audit.stretches)
        assert len(pickle.dumps(audit)) < weights + 20_000 < samples(audit)[audit.parts[0]].X.nbytes * 3
        message = audited(pickle.dumps(audit), *(pickle.dumps(one) for one in samples(audit).values()))
        assert msgspec.msgpack.decode(message, type=Audited) == Audited(audit.run(samples(audit)))


def test_what_nothing_can_be_proved_about_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    audit = audits()[0]
    audit.stretches[0].start.W1[0, 0] = np.nan
    message = audited(pickle.dumps(audit), *(pickle.dumps(one) for one in samples(audit).values()))
    for done, error, sentence in (
        (Done("numpy 0", message), ProofError, "^the audit starts from parameters that are not finite$"),
        (Done("numpy 0", None, "no worker could do it: each worker that tried was killed"), CannotRun,
         "^the audit of numpy could not be finished: no worker could do it: each worker that tried was killed$"),
    ):  # fmt: skip
        monkeypatch.setattr(auditors, "run_many", lambda *_, done=done: iter([done]))
        with pytest.raises(error, match=sentence):
            run_on(nowhere, {"numpy": [audit]}, DATASET, SETTINGS, quiet)


def test_where_there_is_nothing_to_audit_nothing_is_started() -> None:
    assert run_on(nowhere, {"numpy": []}, DATASET, SETTINGS, quiet) == {"numpy": []}


def command(folder: Path, *words: str) -> subprocess.Popen[str]:
    """In a group of its own, as in a terminal."""
    return subprocess.Popen(
        [sys.executable, ROOT / "compare.py", "--engines", "numpy", "--json", "r.json", "--page", "r.html", *words],
        cwd=folder, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def workers(running: subprocess.Popen[str]) -> int:
    """Processes that Dask has started: it says so in their environment."""
    count = 0
    for process in psutil.Process(running.pid).children(recursive=True):
        try:
            count += "MALLOC_TRIM_THRESHOLD_" in process.environ()
        except psutil.Error:
            continue
    return count


@pytest.mark.slow
@pytest.mark.parametrize("begun", [False, True])
def test_an_interrupt_is_one_sentence(tmp_path: Path, begun: bool) -> None:
    running = command(tmp_path, "--train-samples", "6000", "--epochs", "6", "--audit", "all")
    deadline = time.monotonic() + 120
    while not workers(running):
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    if begun:
        time.sleep(5)
    os.killpg(running.pid, signal.SIGINT)
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, output) == (130, "")
    assert errors == "compare.py: interrupted; files that were there before are as they were\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_one_sentence_before_anything_is_trained(tmp_path: Path) -> None:
    running = command(tmp_path, "--epochs", "1000000", "--scheduler", "tcp://127.0.0.1:9")
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, output) == (2, "")
    assert errors == "compare.py: no Dask scheduler answers at tcp://127.0.0.1:9\n"
    assert list(tmp_path.iterdir()) == []
