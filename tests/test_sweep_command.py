"""The command ``sweep`` from outside: what it writes, how it goes on, and one sentence for what is asked wrongly."""

from __future__ import annotations

import csv
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from small_data import engine_file

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[1]
SMALL = ("--train-samples", "40", "--epochs", "1,2", "--seeds", "0,1", "--workers", "1")


def command(*words: str | Path) -> list[str | Path]:
    return [sys.executable, ROOT / "compare.py", "sweep", *words]


def sweep(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), cwd=folder, capture_output=True, text=True, timeout=120)


def noted(folder: Path, more: str = "pass") -> str:
    """An engine that writes down, once for each training, how many hidden units it has."""
    log = f"open({str(folder / 'log.txt')!r}, 'a').write(f'{{parameters.W1.shape[0]}}\\n')"
    plain = "class NumpyEngine(BinaryClassifier):\n"
    # Of each training's two engines, the second is trained in earnest.
    added = (
        f"    made = 0\n    def __init__(self, parameters, dtype='float64'):\n"
        f"        NumpyEngine.made += 1\n        if NumpyEngine.made == 2: {log}\n        {more}\n"
        f"        super().__init__(parameters, dtype)\n"
    )
    return engine_file(folder / "noted.py", plain, plain + added)


def begun(folder: Path) -> Counter[str]:
    log = folder / "log.txt"
    return Counter(log.read_text().split() if log.exists() else ())


@pytest.mark.slow
def test_a_table_a_plot_and_every_run_and_nothing_twice(tmp_path: Path) -> None:
    words = ("--hidden", "2,3", "--engines", noted(tmp_path), *SMALL)
    run = sweep(tmp_path, *words)
    assert (run.returncode, run.stderr) == (0, "")
    assert "Dress (0) against Ankle boot (1), the first 40 training samples" in run.stdout
    assert run.stdout.splitlines()[-3:] == ["sweep/sweep.svg", "sweep/runs.csv", "sweep/runs.json"]
    assert b"Backproof" in (tmp_path / "sweep" / "sweep.svg").read_bytes()
    assert len(json.loads((tmp_path / "sweep" / "runs.json").read_bytes())["runs"]) == 4
    lines = list(csv.DictReader((tmp_path / "sweep" / "runs.csv").read_text().splitlines()))
    assert Counter((line["hidden"], line["epochs"]) for line in lines) == {(h, e): 2 for h in "23" for e in "12"}
    assert begun(tmp_path) == {"2": 2, "3": 2}

    again = sweep(tmp_path, *words)
    assert again.stdout == run.stdout
    more = sweep(tmp_path, "--hidden", "2,3,4", *words[2:])
    assert more.returncode == 0
    assert begun(tmp_path) == {"2": 2, "3": 2, "4": 2}


@pytest.mark.slow
def test_it_goes_on_after_a_kill(tmp_path: Path) -> None:
    words = ("--hidden", "2,3,4", "--engines", noted(tmp_path, "import time; time.sleep(0.3)"), *SMALL)
    kept = tmp_path / "sweep" / "done.sqlite"
    running = subprocess.Popen(command(*words), cwd=tmp_path, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while _done(kept) < 2:
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    done = _done(kept)
    assert not (tmp_path / "sweep" / "runs.csv").exists()
    time.sleep(3)  # what was under way ends with the command
    before = begun(tmp_path).total()
    run = sweep(tmp_path, *words)
    assert run.returncode == 0, run.stderr
    assert len(json.loads((tmp_path / "sweep" / "runs.json").read_bytes())["runs"]) == 6
    assert begun(tmp_path).total() - before == 6 - done


def _done(kept: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{kept}?mode=ro", uri=True)) as base:
            return base.execute("SELECT count(*) FROM done").fetchone()[0]
    except sqlite3.Error:
        return 0


@pytest.mark.slow
def test_an_engine_that_dies_is_a_row_and_is_tried_again(tmp_path: Path) -> None:
    dies = noted(tmp_path, "import os; parameters.W1.shape[0] == 3 and NumpyEngine.made == 2 and os._exit(1)")
    for times in (1, 2):
        run = sweep(tmp_path, "--hidden", "2,3", "--engines", dies, *SMALL)
        assert run.returncode == 1
        assert run.stderr == "compare.py: 2 of 4 trainings failed; the same command tries them again\n"
        for seed in (0, 1):
            failed = f"failed: NumpyEngine, hidden 3, learning rate 0.01, batch size 1, seed {seed}: the process of the"
            assert failed in run.stdout
        lines = list(csv.DictReader((tmp_path / "sweep" / "runs.csv").read_text().splitlines()))
        assert [bool(line["failure"]) for line in lines] == [False] * 4 + [True] * 2
        assert begun(tmp_path) == {"2": 2, "3": 2 * times}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--hidden", "2,x"), "--hidden has 'x', but must be whole numbers from 1 to 100,000"),
        (("--learning-rate", "-1"), "the learning rate is -1.0, but it must be finite and not negative"),
        (("--engines", "nump"), "there is no engine 'nump'"),
        (("--engines", "none.py:Engine"), "there is no file none.py"),
        (("--classes", "Dress,Dress"), "Dress"),
        (("--out", "taken"), "taken is there already, and Backproof did not write it: choose another by --out"),
        (("--out", "taken/file"), "taken/file is a file: choose a folder by --out"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("mine")
    run = sweep(tmp_path, *words)
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    assert run.stderr.startswith("compare.py: ")
    assert run.stderr.count("\n") == 1, run.stderr
    assert sentence in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["file"]
