"""The wheel holds ``backproof/`` alone, and works with its few libraries: no torch, no jax, no pytest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ASSERTION = """
import sys
from my_net import backprop, example
from backproof import assert_backprop, true_gradient

assert_backprop(backprop, **example())
assert not {"torch", "jax", "pytest", "matplotlib", "compare"} & set(sys.modules), sorted(sys.modules)
print("right")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the checkout."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "backproof", source / "backproof", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    (source / "engines").mkdir()
    (source / "engines" / "__init__.py").touch()
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", target, source]
    subprocess.run(command, check=True, timeout=300)
    (found,) = target.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel and what it needs, taken from this one without a network."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel],
        check=True,
        timeout=300,
    )
    return python


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_it_holds_the_library_alone(wheel: Path) -> None:
    folders = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"backproof"}
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "backproof").rglob("*.py")}
    assert files <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["softmax", "class", "course"])
def test_the_command_finds_the_mistake_of_its_own_example(python: Path, kind: str, tmp_path: Path) -> None:
    command = python.parent / "backproof"
    written = run(command, "check", kind, "--example", folder=tmp_path)
    assert (written.returncode, written.stderr) == (0, "")
    answer = run(command, "check", f"broken_{kind}.py", "--json", "answer.json", folder=tmp_path)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert "Proven" in answer.stdout
    (culprit,) = json.loads((tmp_path / "answer.json").read_text())["culprits"]
    assert culprit["proven"]
    unwritten = run(command, "check", f"my_{kind}.py", folder=tmp_path)
    assert (unwritten.returncode, unwritten.stderr) == (1, "")


@pytest.mark.slow
def test_the_assertion_works_in_anybodys_tests(python: Path, tmp_path: Path) -> None:
    source = (ROOT / "tests" / "programs" / "correct" / "softmax_functions.py").read_text()
    (tmp_path / "my_net.py").write_text(source)
    (tmp_path / "try.py").write_text(ASSERTION)
    found = run(python, "try.py", folder=tmp_path)
    assert (found.returncode, found.stderr, found.stdout) == (0, "", "right\n")


@pytest.mark.slow
def test_what_cannot_be_met_is_one_sentence(python: Path, tmp_path: Path) -> None:
    command = python.parent / "backproof"
    for options, words in (
        ((), "which file?"),
        (("nothing.py",), "nothing.py"),
        (("other", "--example"), "choose from softmax, class, course"),
        (("x.py", "--seconds", "inf"), "--seconds"),
    ):
        found = run(command, "check", *options, folder=tmp_path)
        assert found.returncode == 2, options
        assert words in found.stdout + found.stderr, options
        assert "Traceback" not in found.stderr
