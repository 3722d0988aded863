"""Every engine passes every check, and each check has a fault that no other sees."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from comparison.conformance import CHECKS, complaint
from comparison.conformance.kit import conform
from engines import ENGINES, BinaryClassifier, EngineError, Lines, Parameters
from engines.loading import PACKAGES
from engines.numpy_engine import NumpyEngine, all_lines
from report.conformance import row

ROOT = Path(__file__).parents[1]
BY_NAME = {check.name: check for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_engine_conforms(engine: type[BinaryClassifier], check: Any) -> None:
    assert complaint(check, engine) is None


# Faulty engines: each is the engine by hand but for one thing.


class Plain(NumpyEngine):
    """The engine by hand without its fast loop, all of it by way of ``native_lines``."""

    run = BinaryClassifier.run

    def loss_and_gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Parameters]:
        lines = self.native_lines(parameters, X, y)
        return lines.loss, Parameters(lines.dW1, lines.db1, lines.dW2, lines.db2)


def with_slope(parameters: Parameters, X: np.ndarray, y: np.ndarray, slope: Any) -> Lines:
    """The lines by hand, dZ1 multiplied by what ``slope`` makes of Z1."""
    lines = all_lines(parameters, X, y)
    dZ1 = lines.dZ1 * slope(lines.Z1).astype(lines.Z1.dtype)
    return lines._replace(dZ1=dZ1, dW1=dZ1.T @ X, db1=dZ1.sum(0))


class NoName(Plain):
    name = ""


class WiderLine(Plain):
    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        lines = super().native_lines(parameters, X, y)
        return lines._replace(A1=lines.A1.astype(np.float64))


class Transposed(Plain):
    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        lines = super().native_lines(parameters, X, y)
        return lines._replace(dA1=lines.dA1.T) if len(y) > 4 else lines


class WrongWhereSmall(Plain):
    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        # Of three hidden units the first is off, and only in batches as large as those of the check.
        off = np.arange(len(parameters.b1)) == 0
        wrong = off & (len(y) == 7) & (len(parameters.b1) == 3)
        return with_slope(parameters, X, y, lambda Z: np.where(wrong & (np.abs(Z) < 8), 1.001, 1.0))


class TableEndsAtEight(Plain):
    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        return with_slope(parameters, X, y, lambda Z: np.where((np.abs(Z) > 8) & (np.abs(Z) < 20), 0.0, 1.0))


class Overflows(Plain):
    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        return with_slope(parameters, X, y, lambda Z: np.where(Z > 700, np.nan, 1.0))


class OtherThreshold(Plain):
    def predict(self, X: np.ndarray) -> np.ndarray:
        return 1 - super().predict(X)


class NoCopy(Plain):
    def to_numpy(self, array: np.ndarray) -> np.ndarray:
        return array


class Noise(Plain):
    random = np.random.default_rng()

    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        lines = super().native_lines(parameters, X, y)
        if len(parameters.b1) < 12:  # the networks of the other checks
            return lines
        return lines._replace(
            A1=np.where(self.random.random(lines.A1.shape) < 0.5, lines.A1, np.nextafter(lines.A1, 1))
        )


class WritesIntoX(Plain):
    def lines(self, X: np.ndarray, y: np.ndarray) -> Lines:
        lines = super().lines(X, y)
        X *= 2
        return lines


class Squeezes(Plain):
    def native_lines(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        lines = super().native_lines(parameters, X, y)
        return lines._replace(db1=lines.db1.squeeze())


class LooksAtTheFirst(Plain):
    def forward(self, parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        assert X[0].size
        return super().forward(parameters, X)


class ForgetsTheSmallerBatch(Plain):
    def run(
        self, parameters: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: np.ndarray, batch_size: int
    ) -> tuple[Parameters, np.ndarray]:
        reached, losses = super().run(parameters, X, y, learning_rate, batch_size)
        whole = len(y) // batch_size * batch_size
        return (
            super().run(parameters, X[:whole], y[:whole], learning_rate, batch_size)[0] if whole else reached
        ), losses


class Decays(Plain):
    calls = 0

    def run(
        self, parameters: Parameters, X: np.ndarray, y: np.ndarray, learning_rate: np.ndarray, batch_size: int
    ) -> tuple[Parameters, np.ndarray]:
        self.calls += 1
        return super().run(parameters, X, y, learning_rate / self.dtype_of(self.calls), batch_size)

    def dtype_of(self, number: int) -> Any:
        return np.dtype(self.dtype).type(number)


class Remembers(Plain):
    first: Any = None

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        if self.first is None:
            self.first = self._parameters
        return self.to_numpy(self.forward(self.first, self._samples(X))[3])[:, 0]


class TakesAnyLabel(Plain):
    def _labels(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        if len(y) == 0 or np.shape(y) != np.shape(X)[:1]:
            raise EngineError("the labels do not fit")
        return self.from_numpy(np.array(y, self.dtype))


PLANTED = {
    "interface": NoName,
    "types": WiderLine,
    "shapes": Transposed,
    "lines": WrongWhereSmall,
    "saturated": TableEndsAtEight,
    "extreme": Overflows,
    "answers": OtherThreshold,
    "copies": NoCopy,
    "twice": Noise,
    "inputs": WritesIntoX,
    "single": Squeezes,
    "empty": LooksAtTheFirst,
    "run": ForgetsTheSmallerBatch,
    "blocks": Decays,
    "state": Remembers,
    "bad input": TakesAnyLabel,
}


def test_every_check_has_its_fault() -> None:
    assert list(PLANTED) == list(BY_NAME)
    assert all(complaint(check, Plain) is None for check in CHECKS)


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_is_seen_by_its_check_and_by_no_other(name: str) -> None:
    found = {check.name: text for check in CHECKS if (text := complaint(check, PLANTED[name]))}
    assert list(found) == [name], found
    assert "\n" not in found[name]
    assert found[name].startswith(("in float64, ", "in float32, "))


def test_an_error_of_the_engine_is_a_complaint() -> None:
    class Fails(Plain):
        def native_lines(self, *_: object) -> Lines:
            raise RuntimeError("two\nlines")

    assert complaint(BY_NAME["lines"], Fails) == "in float64, it raises RuntimeError: two lines"


# The command and the plug-in.

FILE = """
import os
from engines.loading import PACKAGES
from engines.numpy_engine import NumpyEngine
class Right(NumpyEngine):
    name = "right"
class Halves(NumpyEngine):
    def predict_proba(self, X):
        return super().predict_proba(X) / 2
class Dies(NumpyEngine):
    def predict(self, X):
        os._exit(7)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return path


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=240)


def test_the_command(file: Path) -> None:
    right = run("compare.py", "conform", f"{file}:Right")
    assert (right.returncode, right.stderr) == (0, "")
    assert [line.split()[0] for line in right.stdout.splitlines()[:-1]] == ["passed"] * len(CHECKS)
    assert right.stdout.endswith(f":Right passes all {len(CHECKS)} checks\n")

    wrong = run("compare.py", "conform", f"{file}:Halves")
    assert wrong.returncode == 1
    [at] = [n for n, line in enumerate(wrong.stdout.splitlines()) if line.startswith("FAILED")]
    assert wrong.stdout.splitlines()[at + 1].strip() == "in float64, predict_proba() is not A2 of lines()"


@pytest.mark.parametrize("name", ["nothing.py:Mine", "{file}:Missing", "no_such_engine"])
def test_what_cannot_be_loaded(file: Path, name: str) -> None:
    ended = run("compare.py", "conform", name.format(file=file))
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


def test_an_engine_that_ends_its_process_fails_the_checks_that_ask_for_it_alone(file: Path) -> None:
    found = {check.name: text for check, text in conform(f"{file}:Dies")}
    assert list(found) == list(BY_NAME)
    assert {name for name, text in found.items() if text} == {
        "answers", "copies", "twice", "inputs", "empty", "state", "bad input",
    }  # fmt: skip
    assert "ended by itself" in str(found["answers"])


def test_the_plug_in(file: Path) -> None:
    plug_in = ("-m", "pytest", "-p", "comparison.conformance.plugin", "-p", "no:cacheprovider", str(file))
    right = run(*plug_in, "--conform", f"{file}:Right")
    assert right.returncode == 0, right.stdout
    assert f"{len(CHECKS)} passed" in right.stdout
    wrong = run(*plug_in, "--conform", f"{file}:Right", "--conform", f"{file}:Halves")
    assert wrong.returncode == 1
    assert "predict_proba() is not A2 of lines()" in wrong.stdout
    assert wrong.stdout.count("F") >= 1
    assert "Halves::answers" in wrong.stdout
    missing = run(*plug_in, "--conform", f"{file}:Missing")
    assert missing.returncode == 4
    assert "has no class 'Missing'" in missing.stdout + missing.stderr


# The page.

PAGE = (ROOT / "docs" / "conformance.md").read_text()


def test_the_engine_and_the_answer_on_the_page_are_real(tmp_path: Path) -> None:
    [source] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "my_engine.py").write_text(source)
    ended = run(str(ROOT / "compare.py"), "conform", "my_engine.py:MyEngine", folder=tmp_path)
    assert ended.returncode == 0
    assert f"$ python compare.py conform my_engine.py:MyEngine\n{ended.stdout}```" in PAGE
    assert row(BY_NAME["single"], complaint(BY_NAME["single"], Squeezes)) in PAGE


def test_every_engine_has_a_row_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| `([^`]*)` \|", PAGE, re.MULTILINE)
    assert dict(rows) == {name: PACKAGES.get(name, name) for name in ENGINES}
