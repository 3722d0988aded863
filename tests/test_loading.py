"""From a name to an engine's class, and one sentence where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import engines
from engines import COMPARED, ENGINES, BinaryClassifier, EngineError, NotInstalled, load_engine

WHOLE = """
from dataclasses import dataclass
from engines.numpy_engine import NumpyEngine
@dataclass
class Settings:
    rate: float = 0.1
class Mine(NumpyEngine):
    name = "mine"
NUMBER = 7
class Half(__import__("engines").BinaryClassifier):
    def forward(self, parameters, X): ...
class Stranger: ...
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(WHOLE)
    return path


def sentence(name: str) -> str:
    with pytest.raises(EngineError) as error:
        load_engine(name)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_by_name(engine: type[BinaryClassifier]) -> None:
    assert engine.name in ENGINES
    assert load_engine(engine.name) is engine


def test_a_class_in_a_file(file: Path) -> None:
    engine = load_engine(f"{file}:Mine")
    assert issubclass(engine, BinaryClassifier)
    assert engine.name == "mine"


def test_a_path_may_hold_a_colon(tmp_path: Path, file: Path) -> None:
    folder = tmp_path / "a:b"
    folder.mkdir()
    assert load_engine(str(file.rename(folder / "mine.py")) + ":Mine").name == "mine"


@pytest.mark.parametrize("name", ["theano", "", "NUMPY", "mine.py", "mine.txt:Mine", ":Mine"])
def test_an_unknown_name_lists_those_there_are(name: str) -> None:
    assert all(known in sentence(name) for known in ENGINES)


def test_a_file_or_class_that_is_not_there(file: Path) -> None:
    assert "no file" in sentence(f"{file.parent}/other.py:Mine")
    assert "no class 'Other'" in sentence(f"{file}:Other")
    assert "no class ''" in sentence(f"{file}:")


def test_something_that_is_no_engine(file: Path) -> None:
    assert "not a subclass" in sentence(f"{file}:NUMBER")
    assert "not a subclass" in sentence(f"{file}:Stranger")


def test_a_class_that_lacks_methods_is_told_which(file: Path) -> None:
    assert sentence(f"{file}:Half").endswith("lacks from_numpy, loss_and_gradient, to_numpy")


@pytest.mark.parametrize(
    "text", ["1 / 0", "def (", "import no_such_library", "raise KeyError('a')", "raise SystemExit(3)"]
)
def test_a_file_that_cannot_be_imported(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.py").write_text(text)
    assert "bad.py cannot be imported" in sentence(f"{tmp_path}/bad.py:Mine")


BROKEN = {
    "raise ModuleNotFoundError('no ghost', name='ghost')": "ghost is not installed (pip install ghost)",
    "import no_such_library": "ghost cannot be imported (ModuleNotFoundError: No module named 'no_such_library'; "
    "pip install ghost)",
    "raise ImportError('half of\\nit')": "ghost cannot be imported (ImportError: half of it)",
    "raise OSError('libghost.so: no such file')": "ghost cannot be imported (OSError: libghost.so: no such file)",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_library_that_is_missing_or_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "ghost.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(ENGINES, "ghost", "ghost:Ghost")
    with pytest.raises(NotInstalled) as error:
        load_engine("ghost")
    assert str(error.value) == BROKEN[text]


def test_a_library_is_installed_by_the_name_of_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ghost.py").write_text("raise ModuleNotFoundError('no sklearn', name='sklearn')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(ENGINES, "sklearn", "ghost:Ghost")
    assert sentence("sklearn") == "sklearn is not installed (pip install scikit-learn)"
    assert engines.package("sklearn") == "scikit-learn"
    assert engines.package("autograd") == "autograd"


def test_the_names_are_public() -> None:
    assert set(engines.__all__) >= {"load_engine", "BinaryClassifier", "Parameters", "Lines"}
    assert all(hasattr(engines, name) for name in engines.__all__)
    assert list(COMPARED) == ["numpy", "torch", "jax"] == list(ENGINES)[:3]


def test_a_file_leaves_the_known_modules_alone(file: Path) -> None:
    renamed = file.rename(file.parent / "numpy.py")
    before = sys.modules["numpy"]
    load_engine(f"{renamed}:Mine")
    assert sys.modules["numpy"] is before
