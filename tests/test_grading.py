"""``backproof grade`` as a teacher meets it: a class with hostile files, killed and gone on with, and its sentences."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from grading_files import CORRECT, FORKS, HALF, MARKS, NETWORK, NOTEBOOK, PRINTS, TWO, bomb, lay, zipped

from backproof.grading.command import Order, file_name, grade
from backproof.grading.tables import as_json
from backproof.grading.version import version
from backproof.many.folder import KEPT

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[1]


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


def command(*words: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "backproof", "grade", *words], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def table(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.mark.slow
def test_a_class_with_hostile_files(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    lay(
        tmp_path / "class",
        {
            "anna.py": CORRECT, "ben.py": HALF, "cleo cole.py": HALF.replace("\n", "\r\n"), "Zoë.ipynb": NOTEBOOK,
            "two.py": TWO, "old.py": "print 'hello'\n" + CORRECT, "latin.py": f"# é\n{CORRECT}".encode("latin-1"),
            "twice.py": HALF + CORRECT, "prints.py": PRINTS + CORRECT, "forks.py": FORKS + CORRECT,
            "network.py": NETWORK + CORRECT, "marks.py": MARKS.format(outside=outside) + CORRECT,
            "spins.py": CORRECT + "while True: pass\n", "exits.py": "import os\nos._exit(0)\n" + CORRECT,
            "kills.py": "import os\nos.kill(os.getppid(), 9)\nos.killpg(0, 9)\n" + CORRECT,
            "empty.py": "", "binary.py": os.urandom(3000) + b"\0", "large.py": b"#" * 5_000_000,
            "deep.py": "x = " + "(" * 5000, "null.py": CORRECT + "\0", "other.ipynb": "{}", "nothing/report.pdf": b"%",
            "both/a.py": CORRECT, "both/b.py": HALF, "bomb/x.zip": bomb(), "slip/x.zip": zipped({"../a.py": CORRECT}),
            "modules/net.py": "from layers import sigmoid\n" + CORRECT.replace("def sigmoid", "def other"),
            "modules/layers.py": "import numpy as np\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n",
        },
    )  # fmt: skip
    told: list[str] = []
    out = tmp_path / "grades"
    found = {
        one.student: one for one in grade(Order(tmp_path / "class", out, seconds=5, workers=2), told.append, silent)
    }
    assert {name: (one.verdict, one.points) for name, one in found.items() if one.points} == {
        "anna": ("correct", 10), "ben": ("wrong", 7.5), "cleo cole": ("wrong", 7.5), "Zoë": ("wrong", 7.5),
        "two": ("wrong", 5), "twice": ("correct", 10), "prints": ("correct", 10), "marks": ("correct", 10),
        "modules": ("correct", 10),
    }  # fmt: skip
    for name, words in {
        "old": "Missing parentheses in call to 'print'", "latin": "not a Python file", "forks": "the program",
        "spins": "not done after 5 s", "exits": "ended its process with status 0", "kills": "the program",
        "empty": "there is no function backprop", "binary": "binary.py is not", "large": "larger than 4 MB",
        "deep": "deep.py is not Python", "null": "null.py is not Python", "other": "not a Python file or a notebook",
        "nothing": "no Python file and no notebook", "both": "a.py, b.py", "bomb": "would unpack to", "slip": "outside",
        "network": "the program raises",
    }.items():  # fmt: skip
        assert found[name].verdict == "cannot run", name
        assert words in found[name].sentence, (name, found[name].sentence)
        assert "\n" not in found[name].sentence
        told_to = (out / "feedback" / f"{name}.txt").read_text()
        assert found[name].sentence[:30] in " ".join(told_to.split()), told_to
    assert not outside.exists()
    assert not list(tmp_path.rglob("gone"))
    rows = table(out)
    assert set(rows) == set(found)
    assert len(list((out / "feedback").iterdir())) == 2 * len(found)
    assert found["twice"].notes[0].startswith("backprop is defined 2 times")
    assert "printed" in found["prints"].notes[0]
    assert found["cleo cole"].culprits[0].line == found["ben"].culprits[0].line
    assert found["Zoë"].culprits[0].cell == 2
    page = (out / "class.html").read_text()
    assert "Much alike" in page
    assert told == []
    # Once more, with other points and less said: nothing is run again.
    before = (out / KEPT).stat().st_mtime_ns
    (tmp_path / "rubric.toml").write_text("points = 20\nfollows = 0")
    again = grade(Order(tmp_path / "class", out, tmp_path / "rubric.toml", hint=0, seconds=5), told.append, silent)
    assert {one.student: one.points for one in again}["ben"] == 10
    assert (out / KEPT).stat().st_mtime_ns == before
    assert "dW1" not in (out / "feedback" / "ben.txt").read_text()


@pytest.mark.slow
def test_killed_in_the_middle_and_gone_on_with(tmp_path: Path) -> None:
    count = 16
    lay(tmp_path / "class", {f"s{k}.py": f"# {k}\n{HALF}" for k in range(count)})
    first = command("class", "--workers", "2", folder=tmp_path)
    kept = tmp_path / "class-grades" / KEPT

    def done() -> dict[str, bytes]:
        with sqlite3.connect(kept) as base:
            return dict(base.execute("SELECT key, value FROM done"))

    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (kept.exists() and kept.stat().st_size and len(done()) >= 4):
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    before = done()
    assert 4 <= len(before) < count
    second = command("class", "--workers", "2", folder=tmp_path)
    said, errors = second.communicate(timeout=300)
    assert second.returncode == 0, errors
    assert said.startswith(f"{count} programs: {count} wrong")
    after = done()
    assert len(after) == count
    assert {key: after[key] for key in before} == before  # what took so many seconds before, took as many
    assert len(table(tmp_path / "class-grades")) == count


@pytest.mark.slow
def test_an_interrupt_says_what_is_kept(tmp_path: Path) -> None:
    lay(tmp_path / "class", {f"s{k}.py": f"# {k}\n{HALF}" for k in range(40)})
    started = command("class", "--workers", "1", folder=tmp_path)
    assert started.stderr is not None
    started.stderr.readline()  # four are done
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "of 40 programs are done and kept; the same command goes on from there" in errors
    assert "Traceback" not in errors


def test_what_cannot_be_met_is_one_sentence(tmp_path: Path) -> None:
    lay(tmp_path, {"class/anna.py": CORRECT, "mine/thesis.txt": "mine", "empty/x.txt": "", "file": "x"})
    (tmp_path / "bad.toml").write_text("x = 1")
    for words, sentence in (
        ((), "which folder?"),
        (("none",), "there is no folder or zip none"),
        (("empty",), "empty holds no program"),
        (("file",), "file is no zip that can be opened"),
        (("class", "--out", "mine"), "mine is there already, and Backproof did not write it"),
        (("class", "--out", "file"), "file is a file"),
        (("class", "--out", "class/grades"), "lies among the programs"),
        (("class", "--rubric", "bad.toml"), "bad.toml is no rubric"),
        (("class", "--seconds", "inf"), "--seconds is inf"),
        (("--autograder", "file"), "file is there already"),
    ):
        started = command(*words, folder=tmp_path)
        said, errors = started.communicate(timeout=60)
        assert started.returncode == 2, words
        assert sentence in errors
        assert "Traceback" not in said + errors
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["thesis.txt"]


def test_without_dask_it_is_one_sentence(tmp_path: Path) -> None:
    lay(tmp_path, {"class/anna.py": CORRECT, "distributed.py": "raise ImportError(name='distributed')"})
    started = subprocess.run(
        [sys.executable, "-m", "backproof", "grade", "class"], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}, timeout=60,
    )  # fmt: skip
    assert started.returncode == 2
    assert started.stderr == "backproof: to run many things takes Dask: python -m pip install 'backproof[many]'\n"


def test_a_rubric_to_start_from(tmp_path: Path) -> None:
    started = command("--example", folder=tmp_path)
    assert started.communicate(timeout=60)[0] == "wrote rubric.toml\n"
    assert command("--example", folder=tmp_path).wait(60) == 2


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Zoë Müller 7", "Zoë Müller 7"), ("a/../b", "a_.._b"), ("con", "con_"), ("..", "_"), ("x" * 300, "x" * 80),
        ('"<&>"', "_____"), ("a\nb", "a_b"),
    ],
)  # fmt: skip
def test_names_that_every_system_can_write(words: str, name: str) -> None:
    assert file_name(words) == name


def test_the_data_names_its_version() -> None:
    assert json.loads(as_json([], version())) == {"backproof": version(), "grades": []}
