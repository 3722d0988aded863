"""From a name to an engine's class, and one sentence where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import engines
from engines import ENGINES, BinaryClassifier, EngineError, NotInstalled, load_engine

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


@pytest.mark.parametrize("name", ["tensorflow", "", "NUMPY", "mine.py", "mine.txt:Mine", ":Mine"])
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


@pytest.mark.parametrize("text", ["1 / 0", "def (", "import no_such_library", "raise KeyError('a')"])
def test_a_file_that_cannot_be_imported(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.py").write_text(text)
    assert "bad.py cannot be imported" in sentence(f"{tmp_path}/bad.py:Mine")


def test_a_missing_library_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "ghost", "no_such_library.engine:Ghost")
    with pytest.raises(NotInstalled, match=r"no_such_library is not installed \(pip install no_such_library\)"):
        load_engine("ghost")


def test_the_names_are_public() -> None:
    assert set(engines.__all__) >= {"load_engine", "BinaryClassifier", "Parameters", "Steps"}
    assert all(hasattr(engines, name) for name in engines.__all__)
    assert list(ENGINES) == ["numpy", "torch", "jax"]


def test_a_file_leaves_the_known_modules_alone(file: Path) -> None:
    renamed = file.rename(file.parent / "numpy.py")
    before = sys.modules["numpy"]
    load_engine(f"{renamed}:Mine")
    assert sys.modules["numpy"] is before
