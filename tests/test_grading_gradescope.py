"""The autograder for Gradescope: unpacked and run as its documentation says, with other paths."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from grading_files import CORRECT, HALF, NOTEBOOK, lay, zipped

from backproof.grading.gradescope import Settings, autograder, is_autograder
from backproof.grading.rubric import Rubric

pytestmark = pytest.mark.skipif(os.name != "posix", reason="its scripts are for bash")
BARE = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


class Container:
    """A folder in the place of /autograder."""

    def __init__(self, root: Path, zip_file: Path) -> None:
        self.root = root
        with zipfile.ZipFile(zip_file) as archive:
            archive.extractall(root / "source")
            self.modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        for name in ("setup.sh", "run_autograder"):
            script = root / "source" / name
            script.write_text(
                script.read_text().replace("/autograder/", f"{root}/").replace("/autograder\n", f"{root}\n")
            )
        (root / "results").mkdir()

    def python(self) -> None:
        """In the place of what setup.sh installs: this Python, and nothing of this checkout."""
        folder = self.root / "environment" / "bin"
        folder.mkdir(parents=True)
        (folder / "python").write_text(f'#!/bin/sh\nunset PYTHONPATH\nexec {sys.executable} "$@"\n')
        (folder / "python").chmod(0o755)

    def run(self, files: dict[str, bytes | str]) -> dict[str, Any]:
        lay(self.root / "submission", files)
        (self.root / "submission_metadata.json").write_text(json.dumps({"users": [{"name": "Jane Doe"}]}))
        done = subprocess.run(
            ["bash", self.root / "source" / "run_autograder"], cwd=self.root, env=BARE, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text())
        return found


def made(folder: Path, settings: Settings = Settings()) -> Container:  # noqa: B008
    zip_file = folder / "autograder.zip"
    zip_file.write_bytes(autograder(settings))
    root = folder / "autograder"
    root.mkdir()
    return Container(root, zip_file)


@pytest.fixture
def container(tmp_path: Path) -> Container:
    found = made(tmp_path)
    found.python()
    return found


def test_the_zip_is_as_gradescope_wants_it(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert {"setup.sh", "run_autograder"} <= set(found.modes)
    assert found.modes["run_autograder"] & 0o111
    assert (found.root / "source" / "run_autograder").read_text().startswith("#!/usr/bin/env bash\n")
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", found.root / "source" / name], check=True)
    needed = (found.root / "source" / "requirements.txt").read_text()
    assert "numpy" in needed
    assert "dask" not in needed
    assert is_autograder(tmp_path / "autograder.zip")
    assert autograder(Settings()) == (tmp_path / "autograder.zip").read_bytes()


def test_results_as_gradescope_reads_them(container: Container) -> None:
    found = container.run({"my net.py": HALF})
    assert found["score"] == 7.5
    assert found["stdout_visibility"] == "hidden"
    assert [(test["score"], test["max_score"], test["status"]) for test in found["tests"]] == [
        (0, 2.5, "failed"), (2.5, 2.5, "failed"), (2.5, 2.5, "passed"), (2.5, 2.5, "passed")
    ]  # fmt: skip
    assert found["output"].startswith("Jane Doe: 7.5 of 10 points")
    assert "Proven" in found["output"]
    known = {"score", "output", "output_format", "visibility", "stdout_visibility", "execution_time", "tests"}
    assert set(found) == known


@pytest.mark.parametrize(
    ("files", "score", "words"),
    [
        ({"net.py": CORRECT}, 10, "all 4 gradients are right"),
        ({"net.ipynb": NOTEBOOK}, 7.5, "cell 2"),
        ({"net.py": f"import os\nos._exit(0)\n{CORRECT}"}, 0, "ended its process"),
        ({"net.py": f"open('{{root}}/results/results.json', 'w').write('{{\"score\": 99}}')\n{CORRECT}"}, 0, "raises"),
        ({"report.pdf": "x"}, 0, "no Python file"),
        ({"net.zip": zipped({"../../x.py": CORRECT})}, 0, "outside"),
        ({"net.py": b"#" * 5_000_000}, 0, "larger than 4 MB"),
    ],
)  # fmt: skip
def test_whatever_is_handed_in(container: Container, files: dict[str, bytes | str], score: float, words: str) -> None:
    placed = {name: f.replace("{root}", str(container.root)) if isinstance(f, str) else f for name, f in files.items()}
    found = container.run(placed)
    assert found["score"] == score
    assert words in " ".join(found["output"].split())


def test_the_teachers_settings_hold(tmp_path: Path) -> None:
    settings = Settings(Rubric(points=4, gradients={"W1": 1, "b1": 1, "c": 2}), hint=1, file="net.py", seconds=9)
    container = made(tmp_path, settings)
    container.python()
    found = container.run({"net.py": HALF, "other.py": CORRECT})
    assert {test["name"]: test["score"] for test in found["tests"]} == {
        "the gradient dW1": 0, "the gradient db1": 1, "the gradient c": 0
    }  # fmt: skip
    assert "dZ1 =" not in found["output"]
    assert "Proven" not in found["output"]


def test_the_command_writes_it(tmp_path: Path) -> None:
    lay(tmp_path, {"rubric.toml": "points = 7", "mine.zip": zipped({"a": "b"})})
    command = [sys.executable, "-m", "backproof", "grade", "--rubric", "rubric.toml", "--hint", "2", "--autograder"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    for _ in range(2):  # it may be written again
        done = subprocess.run([*command, "auto.zip"], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "auto.zip") as archive:
        settings = json.loads(archive.read("settings.json"))
    assert (settings["rubric"]["points"], settings["hint"]) == (7, 2)
    refused = subprocess.run([*command, "mine.zip"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


@pytest.mark.slow
def test_setup_and_run_as_they_are(tmp_path: Path) -> None:
    """With what setup.sh installs, from where this machine installs from."""
    container = made(tmp_path)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        ["bash", container.root / "source" / "setup.sh"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert container.run({"net.py": HALF})["score"] == 7.5
