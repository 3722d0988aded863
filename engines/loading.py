"""From an engine's name, or ``file.py:Class``, to its class."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from pathlib import Path

from engines.interface import BinaryClassifier, EngineError

ENGINES = {
    "numpy": "engines.numpy_engine:NumpyEngine",
    "torch": "engines.torch_engine:TorchEngine",
    "jax": "engines.jax_engine:JaxEngine",
    "autograd": "engines.autograd_engine:AutogradEngine",
    "numba": "engines.numba_engine:NumbaEngine",
    "tinygrad": "engines.tinygrad_engine:TinygradEngine",
    "sklearn": "engines.sklearn_engine:SklearnEngine",
    "tensorflow": "engines.tensorflow_engine:TensorflowEngine",
}
COMPARED = ("numpy", "torch", "jax")  # unless others are asked for
PACKAGES = {"autograd": "autograd scipy", "sklearn": "scikit-learn"}  # that bring a library, where its name does not


class NotInstalled(EngineError):
    """The library of a known engine is missing or cannot be imported; the text says which, and what helps."""


def package(name: str) -> str:
    """The package that brings the library of a known engine."""
    return PACKAGES.get(name, name).split()[0]


def load_engine(name: str) -> type[BinaryClassifier]:
    """The class of the engine called ``name``: one of ENGINES, or a class in a file, written ``path/to/file.py:Class``.

    Raises:
        NotInstalled: the engine's library is missing or broken.
        EngineError: no such engine, file or class, or a class that is not a whole BinaryClassifier.
    """
    if name in ENGINES:
        module, _, attribute = ENGINES[name].partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except Exception as error:  # of a library that is broken, anything
            raise NotInstalled(why_not(name, error)) from error
    path, colon, attribute = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise EngineError(f"there is no engine {name!r}: choose from {', '.join(ENGINES)}, or give file.py:Class")
    return _class_in_file(Path(path), attribute)


def why_not(name: str, error: Exception) -> str:
    """Why a known engine, which has its library's name, cannot be had, and how to install the library."""
    install = f"pip install {PACKAGES.get(name, name)}"
    if isinstance(error, ModuleNotFoundError) and error.name == name:
        return f"{name} is not installed ({install})"
    why = f"{type(error).__name__}: {' '.join(str(error).split())}"
    advice = f"; {install}" if isinstance(error, ModuleNotFoundError) else ""
    return f"{name} cannot be imported ({why}{advice})"


def _class_in_file(path: Path, attribute: str) -> type[BinaryClassifier]:
    if not path.is_file():
        raise EngineError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(f"stranger_{path.stem}", path)
    assert spec is not None  # the name ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickles look their module up by name
    try:
        spec.loader.exec_module(module)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        raise EngineError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    engine = getattr(module, attribute, None)
    if engine is None:
        raise EngineError(f"{path} has no class {attribute!r}")
    if not (inspect.isclass(engine) and issubclass(engine, BinaryClassifier)):
        raise EngineError(f"{attribute} in {path} is not a subclass of engines.BinaryClassifier")
    if missing := sorted(getattr(engine, "__abstractmethods__", ())):
        raise EngineError(f"{attribute} in {path} lacks {', '.join(missing)}")
    return engine
