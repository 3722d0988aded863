"""The command from outside: its tables, its JSON, its exit status, and one sentence for whatever is asked wrongly."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from small_data import engine_file

from data.fashion_mnist import PAIR_FILE
from engines import ENGINES

ROOT = Path(__file__).parents[1]
QUICK = ("--no-report", "--train-samples", "40", "--hidden", "3", "--epochs", "1", "--audit", "1")
NUMPY = ("--engines", "numpy", *QUICK)
OLD = '{"python-flint": "old results"}'


def compare(*arguments: str | Path, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "compare.py", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def refused(*arguments: str | Path, **options: Any) -> str:
    """The sentence with which the command ends; it trains nothing first, for it would never end."""
    run = compare("--epochs", "1000000", *arguments, **options)
    assert run.returncode == 2, run.stdout + run.stderr
    assert run.stdout == ""
    assert run.stderr.startswith("compare.py: ")
    assert run.stderr.count("\n") == 1, run.stderr
    return run.stderr.removeprefix("compare.py: ").rstrip()


# What it finds.


def test_the_page_is_written_beside(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run = compare(*(option for option in NUMPY if option != "--no-report"), "--page", page)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"To look at: {page}\n")
    assert page.read_text().lower().startswith("<!doctype html>")


def test_an_engine_and_its_copy_agree(tmp_path: Path, schema: TypeAdapter[Any]) -> None:
    name, path = engine_file(tmp_path / "copy.py"), tmp_path / "results.json"
    run = compare(*NUMPY, "--engine", name, "--json", path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1].startswith(f"Verdict: agree (numpy, {name}; ")
    results = json.loads(path.read_text())
    schema.validate_json(path.read_text())
    assert results["verdict"] == "agree"
    assert list(results["engines"]) == ["numpy", name]
    assert results["experiment"]["classes"] == ["Dress", "Ankle boot"]
    assert results["experiment"]["train_samples"] == 40
    for fingerprint in results["experiment"]["fingerprints"].values():
        assert fingerprint[:32] in run.stdout
    for result in results["engines"].values():
        assert f"{result['losses'][0]:.12f}" in run.stdout
        assert f"{result['accuracy']:.2%}" in run.stdout


@pytest.mark.slow
def test_the_three_engines_agree(tmp_path: Path, schema: TypeAdapter[Any]) -> None:
    pytest.importorskip("torch", reason="torch is not installed (pip install torch)")
    pytest.importorskip("jax", reason="jax is not installed (pip install jax)")
    path = tmp_path / "results.json"
    run = compare("--no-report", "--train-samples", "2000", "--epochs", "2", "--audit", "1", "--json", path)
    assert (run.returncode, run.stderr) == (0, "")
    results = schema.validate_json(path.read_text())
    assert list(results["engines"]) == ["numpy", "torch", "jax"]
    assert all(pair["loss"] <= 1e-12 for pair in results["agreement"]["training"])
    assert all(result["accuracy"] > 0.99 for result in results["engines"].values())


def test_options_reach_the_experiment(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    chosen = ("--hidden", "3", "--learning-rate", "0.0625", "--batch-size", "7", "--dtype", "float32", "--seed", "5")
    run = compare(*NUMPY, *chosen, "--classes", "9, dress", "--json", path)
    assert run.returncode == 0, run.stdout + run.stderr
    experiment = json.loads(path.read_text())["experiment"]
    found = tuple(experiment[key] for key in ("hidden", "learning_rate", "batch_size", "dtype", "seed", "epochs"))
    assert found == (3, 0.0625, 7, "float32", 5, 1)
    assert experiment["classes"] == ["Ankle boot", "Dress"]


def test_where_rounding_has_no_bound_a_correct_engine_is_not_called_wrong(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    steep = ("--dtype", "float32", "--learning-rate", "0.25", "--train-samples", "200", "--hidden", "12")
    run = compare(*NUMPY, *steep, "--json", path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "no bound" in run.stdout
    words = {block["word"] for block in json.loads(path.read_text())["audit"]["numpy"]}
    assert words == {"rounding", "not observable"}


CALL = "run_by_sample(parameters, X, y, learning_rate)"
RUN = f"return {CALL}"  # in the engine by hand

FAULTS = {
    "sign": ("dZ2 = (A2 - y[:, None])", "dZ2 = (y[:, None] - A2)", "dZ2 at"),
    "sigmoid's derivative is missing": ("dZ1 = dA1 * A1 * (1 - A1)", "dZ1 = dA1", "dZ1 at"),
    "sum for mean": ("dZ2 = (A2 - y[:, None]) / len(y)", "dZ2 = A2 - y[:, None]", "dZ2 at"),
    "transposed": ("dW1 = dZ1.T @ X", "dW1 = X.T @ dZ1", "dW1 at"),
    "float32 inside float64": (
        "A1 = sigmoid(Z1)",
        "A1 = sigmoid(Z1.astype(np.float32)).astype(Z1.dtype)",
        "A1 at",
    ),
    "NaN": ("dA1 = dZ2 @ parameters.W2", "dA1 = dZ2 @ parameters.W2 * np.nan", "dA1 at"),
    "W2 is updated too early": ("np.multiply(db1, w2, db1)", "np.multiply(db1, w2 - dw2, db1)", "audited blocks"),
    "NaN in training": (RUN, f"p, losses = {CALL}; return p._replace(b2=p.b2 * np.nan), losses", "not finite"),
    "float32 after training": (
        RUN,
        f"p, losses = {CALL}; return p._replace(W1=p.W1.astype(np.float32)), losses",
        "W1 in float32",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_reported(tmp_path: Path, schema: TypeAdapter[Any], fault: str) -> None:
    old, new, words = FAULTS[fault]
    name, path = engine_file(tmp_path / "faulty.py", old, new), tmp_path / "results.json"
    run = compare(*NUMPY, "--engine", name, "--json", path)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout.splitlines()[-1].startswith("Verdict: disagree")
    results = schema.validate_json(path.read_text())
    assert results["verdict"] == "disagree"
    reasons = results["agreement"]["reasons"]
    assert any(reason["engine"] == name and words in reason["text"] for reason in reasons), reasons
    assert not any(reason["engine"] == "numpy" for reason in reasons), reasons
    assert all(f"- {reason['engine']}: {reason['text']}" in run.stdout for reason in reasons)


def test_a_rate_of_nothing_moves_nothing(tmp_path: Path, schema: TypeAdapter[Any]) -> None:
    path = tmp_path / "results.json"
    run = compare(*NUMPY, "--learning-rate", "0", "--json", path)
    assert (run.returncode, run.stderr) == (0, "")
    schema.validate_json(path.read_text())


def test_a_rate_that_is_far_too_large_is_no_traceback() -> None:
    run = compare(*NUMPY, "--learning-rate", "1e30")
    assert run.returncode in (1, 2)
    assert "Traceback" not in run.stderr


def test_an_answer_that_nobody_reads_is_the_same_answer() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, ROOT / "compare.py", *NUMPY]
    try:
        run = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120)
    finally:
        os.close(writing)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_an_output_that_cannot_be_written_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, ROOT / "compare.py", "explain", "dW1"]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    sentence = "compare.py: the output cannot be written: No space left on device\n"
    assert (run.returncode, run.stderr) == (2, sentence)


# What it refuses: one sentence, exit status 2.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--engine", "nowhere.py:Mine"), "there is no file nowhere.py"),
        (("--classes", "Dress,Hat"), "Hat"),
        (("--classes", "Dress"), "two"),
        (("--classes", "Dress,Coat,Bag"), "two"),
        (("--classes", "Dress,dress"), "two different classes"),
        (("--classes", "Dress,10"), "10"),
        (("--epochs", "-1"), "--epochs"),
        (("--epochs", "many"), "--epochs"),
        (("--hidden", "0"), "--hidden"),
        (("--hidden", "5000000"), "--hidden"),
        (("--hidden", "100000000000"), "--hidden"),
        (("--hidden", "9" * 23), "--hidden"),
        (("--epochs", "9" * 23), "--epochs"),
        (("--batch-size", "9" * 23), "--batch-size"),
        (("--batch-size", "0"), "--batch-size"),
        (("--learning-rate", "-0.1"), "the learning rate is -0.1, but it must be finite and not negative"),
        (("--learning-rate", "nan"), "the learning rate is nan, but it must be finite and not negative"),
        (("--learning-rate", "inf"), "learning rate"),
        (("--learning-rate", "1e39"), "learning rate"),
        (("--seed", "-1"), "--seed"),
        (("--train-samples", "0"), "--train-samples"),
        (("--train-samples", "12001"), "12001"),
        (("--dtype", "float16"), "float16"),
        (("--audit", "some"), "--audit"),
        (("--audit", "-1"), "--audit"),
        (("--data", "nowhere"), "nowhere"),
        (("--json", "nowhere/results.json"), "nowhere/results.json cannot be written"),
        (("--json", "."), "cannot be written"),
        (("--frobnicate",), "--frobnicate"),
        (("frobnicate",), "frobnicate"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_request_that_cannot_be_met(arguments: Sequence[str], words: str) -> None:
    assert words in refused(*([] if "--engines" in arguments else ["--engines", "numpy"]), *arguments)


def main_with(error: str) -> subprocess.CompletedProcess[str]:
    """The command, where reading the data raises an error."""
    program = f"import data, compare\ndef load(*_):\n    raise {error}\ndata.load = load\ncompare.main()"
    command = [sys.executable, "-c", program, *NUMPY]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_too_little_memory_is_a_sentence() -> None:
    run = main_with("MemoryError('Unable to allocate 9 TiB')")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "compare.py: there is not enough memory: Unable to allocate 9 TiB\n"


def test_a_mistake_of_ours_is_a_traceback_and_no_disagreement() -> None:
    for error in ("IndexError('of ours')", "RuntimeError('of ours')"):
        run = main_with(error)
        assert (run.returncode, run.stdout) == (70, "")
        assert run.stderr.startswith("Traceback")
        assert run.stderr.endswith("Error: of ours\n")


def test_results_and_page_in_one_file(tmp_path: Path) -> None:
    same = refused(*NUMPY[:2], "--json", tmp_path / "a", "--report", f"{tmp_path}/./a")
    assert same.endswith(f"--json and --report are both {tmp_path}/a, and one would replace the other")
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_nobody_asked_for_can_be_left_out(tmp_path: Path) -> None:
    page = tmp_path / "nowhere" / "page.html"
    sentence = f"{page} cannot be written: No such file or directory (--no-report writes no page)"
    assert refused(*NUMPY[:2], "--report", page) == sentence


@pytest.mark.parametrize("name", ["paddle", ""])
def test_an_engine_that_is_not_there_is_named_once(name: str) -> None:
    sentence = f"there is no engine {name!r}: choose from {', '.join(ENGINES)}, or give file.py:Class"
    assert refused("--engines", name) == sentence


def test_names_may_have_spaces_around_them() -> None:
    run = compare(*QUICK, "--engines", " numpy, numpy ")
    assert (run.returncode, run.stderr) == (0, "")


STRANGERS = {
    "lacks a method": (
        "    def loss_and_gradient",
        "    loss_and_gradient = BinaryClassifier.loss_and_gradient\n    def other",
        "lacks loss_and_gradient",
    ),
    "cannot be imported": ("import math", "import no_such_library", "no_such_library"),
    "raises on its way": (RUN, "raise KeyError('half-way')", "half-way"),
    "raises what cannot be pickled": (RUN, "raise type('Own', (Exception,), {})('half-way')", "half-way"),
    "raises two lines": (RUN, "raise ValueError('one\\ntwo')", "one two"),
    "raises in its steps": ("    dA1 = dZ2", "    1 / 0\n    dA1 = dZ2", "division by zero"),
    "ends the process": (RUN, "import os; os._exit(0)", "ended by itself"),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_that_fails(tmp_path: Path, stranger: str) -> None:
    old, new, words = STRANGERS[stranger]
    name, path = engine_file(tmp_path / "stranger.py", old, new), tmp_path / "results.json"
    run = compare(*NUMPY, "--engine", name, "--json", path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("compare.py: ")
    assert words in run.stderr
    assert "stranger.py" in run.stderr
    assert run.stderr.count("\n") == 1, run.stderr
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["stranger.py"]


def test_data_that_are_not_as_published(tmp_path: Path) -> None:
    for package in ("backproof", "benchmarks", "comparison", "engines", "data", "proof", "report"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "compare.py", tmp_path)
    shipped = tmp_path / "data" / PAIR_FILE.name
    whole = shipped.read_bytes()
    altered = bytearray(whole)
    altered[len(whole) // 2] ^= 1
    for damaged in (whole[:-1000], bytes(altered), b""):
        shipped.write_bytes(damaged)
        assert shipped.name in refused("--engines", "numpy", root=tmp_path)
    shipped.unlink()
    assert shipped.name in refused("--engines", "numpy", root=tmp_path)


def test_idx_files_of_the_wrong_kind_or_length(tmp_path: Path) -> None:
    names = [f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
    for content in (b"", b"\0\0\x08\x01\0\0\0\x01", b"not idx at all"):
        for name in names:
            (tmp_path / name).write_bytes(content)
        sentence = refused("--engines", "numpy", "--data", tmp_path)
        assert any(name in sentence for name in names)


# Libraries that are missing.


@pytest.fixture
def without_torch_and_jax(tmp_path: Path) -> str:
    """A folder for PYTHONPATH."""
    for library in ("torch", "jax"):
        (tmp_path / "stub" / library).mkdir(parents=True)
        source = f"raise ModuleNotFoundError('No module named {library}', name='{library}')"
        (tmp_path / "stub" / library / "__init__.py").write_text(source)
    return str(tmp_path / "stub")


def test_a_missing_library_is_a_row_where_nobody_asked_for_it(without_torch_and_jax: str) -> None:
    run = compare(*QUICK, PYTHONPATH=without_torch_and_jax)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1].startswith("Verdict: agree (numpy; ")
    for library in ("torch", "jax"):
        assert f"{library} is not installed (pip install {library})" in run.stdout.splitlines()


def test_a_broken_library_is_a_row_too(without_torch_and_jax: str) -> None:
    (Path(without_torch_and_jax) / "torch" / "__init__.py").write_text("raise OSError('libtorch.so: not there')")
    run = compare(*QUICK, PYTHONPATH=without_torch_and_jax)
    assert (run.returncode, run.stderr) == (0, "")
    assert "torch cannot be imported (OSError: libtorch.so: not there)" in run.stdout.splitlines()


def test_a_missing_library_is_refused_where_it_was_asked_for(without_torch_and_jax: str) -> None:
    sentence = "jax is not installed (pip install jax)"
    assert refused("--engines", "numpy,jax", PYTHONPATH=without_torch_and_jax) == sentence


# How it behaves.


def test_help_names_every_option() -> None:
    run = compare("--help")
    assert (run.returncode, run.stderr) == (0, "")
    for option in ("--epochs", "--hidden", "--learning-rate", "--batch-size", "--dtype", "--seed", "--engines"):
        assert option in run.stdout
    assert "at least four" in " ".join(run.stdout.split())
    for option in ("--engine", "--train-samples", "--classes", "--data", "--json", "--audit", "show"):
        assert option in run.stdout


def test_show_writes_a_picture(tmp_path: Path) -> None:
    run = compare("show", tmp_path / "samples.png")
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "samples.png").read_bytes().startswith(b"\x89PNG")
    assert "Dress" in run.stdout
    run = compare("show", tmp_path / "nowhere" / "samples.png")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


def test_bars_are_for_terminals() -> None:
    pty, termios = (
        pytest.importorskip(name, reason="this system has no pseudo-terminals") for name in ("pty", "termios")
    )
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    command: list[str | Path] = [
        sys.executable,
        ROOT / "compare.py",
        *NUMPY,
    ]  # that it shows none in a pipe, the others tell
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the terminal is gone
                break
    os.close(ours)
    assert process.returncode == 0
    assert b"numpy:" in shown


def members(session: int) -> list[str]:
    """The command lines of the processes of a session that are still alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(stat.with_name("cmdline").read_text().replace("\0", " "))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def catches(process: int, number: signal.Signals) -> bool:
    """Whether the process handles this signal itself by now: before that, its end is Python's affair."""
    status = (Path("/proc") / str(process) / "status").read_text()
    [mask] = re.findall(r"^SigCgt:\s*([0-9a-f]+)", status, re.MULTILINE)
    return bool(int(mask, 16) >> (number - 1) & 1)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system does not list its processes in /proc")
@pytest.mark.parametrize(
    ("seconds", "number", "status"),
    [
        (0, signal.SIGINT, 130),
        (0.5, signal.SIGINT, 130),
        (2.2, signal.SIGINT, 130),
        (2.2, signal.SIGTERM, 143),
        (2.2, signal.SIGHUP, 129),
    ],
)
def test_an_end_from_outside_leaves_nothing_behind(
    tmp_path: Path, seconds: float, number: signal.Signals, status: int
) -> None:
    path = tmp_path / "results.json"
    path.write_text(OLD)
    command: list[str | Path] = [
        sys.executable,
        ROOT / "compare.py",
        "--engines",
        "numpy",
        "--epochs",
        "100000",
        "--json",
        path,
    ]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            while not catches(process.pid, signal.SIGTERM):
                time.sleep(0.01)
            time.sleep(seconds)
            os.killpg(process.pid, number)  # as a terminal does it: to all of them
            output, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    said = "compare.py: interrupted; files that were there before are as they were\n"
    assert (process.returncode, output, errors) == (status, "", said if number == signal.SIGINT else "")
    assert path.read_text() == OLD
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]
    until = time.monotonic() + 5
    while (left := members(process.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []


def test_no_output_replaces_an_input_or_what_it_did_not_write(tmp_path: Path) -> None:
    engine = tmp_path / "mine.py"
    engine.write_text("raise SystemExit\n")
    results, notes = tmp_path / "results.json", tmp_path / "notes.txt"
    results.write_text(OLD)
    notes.write_text("mine")
    before = {path: path.read_bytes() for path in (engine, results, notes)}
    for command in (
        ("check", engine, "--json", engine),
        ("check", engine, "--json", notes),
        ("report", results, "--report", results),
        ("report", results, "--report", notes),
        ("report", results, "--report", engine),
        ("show", engine),
        ("show", notes),
        ("show", results),
        ("--engine", f"{engine}:Mine", "--no-report", "--json", engine),
        ("--engine", f"{engine}:Mine", "--report", engine),
        ("--no-report", "--json", notes),
        ("--report", notes),
        ("--report", results),
        ("--json", results, "--report", results),
    ):
        run = compare(*command)
        assert run.returncode == 2, command
        assert run.stderr.startswith("compare.py: "), command
        assert run.stderr.count("\n") == 1, command
        assert {path: path.read_bytes() for path in before} == before, command
        assert set(tmp_path.iterdir()) == set(before), command
