"""Engines as the atlas sees them: array language in their own arrays, and the gradient of a sum of entries."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from comparison.atlas.language import Namespace
from engines.loading import why_not

Numbers = tuple[np.ndarray, tuple[np.ndarray, ...]]  # the entries of a value, and the gradient of their sum
ADAPTERS = {
    "torch": "torch_adapter:Torch",
    "jax": "jax_adapter:Jax",
    "autograd": "autograd_adapter:Autograd",
    "tinygrad": "tinygrad_adapter:Tinygrad",
    "tensorflow": "tensorflow_adapter:Tensorflow",
}
# Engines of the comparison that have no gradient of a formula.
WITHOUT_FORMULAS = {
    "numpy": "NumPy does not differentiate",
    "numba": "numba compiles a backward pass, and derives none",
    "sklearn": "scikit-learn differentiates the losses of its own networks, and no other formula",
}


class Adapter(Protocol):
    """An engine.

    Attributes:
        name: of the library.
        version: of the library.
        modes: "eager", and "compiled" where the engine has a compiler.
        dtypes: the types that it computes in.
        namespace: the functions of array language, and its own ones.
    """

    name: str
    version: str
    modes: tuple[str, ...]
    dtypes: tuple[str, ...]
    namespace: Namespace

    def gradient(
        self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, mode: str
    ) -> Callable[[], object]:
        """A call that computes entries and gradients in the engine's arrays, and returns when they are finished."""

    def plain(self, found: object) -> Numbers:
        """What such a call returned, as float64."""


class NotThere(ValueError):
    """An engine that is not known, not installed, or has no gradients of formulas; the text is one sentence."""


def load(name: str) -> Adapter:
    """The adapter of an engine.

    Raises:
        NotThere: there is no such engine, its library is not installed, or it has no gradients of formulas.
    """
    if name not in ADAPTERS:
        why = f": {WITHOUT_FORMULAS[name]}" if name in WITHOUT_FORMULAS else ""
        raise NotThere(f"the atlas knows no engine {name!r}{why}; choose from {', '.join(ADAPTERS)}")
    module, _, attribute = ADAPTERS[name].partition(":")
    try:
        return getattr(importlib.import_module(f"comparison.atlas.adapters.{module}"), attribute)()
    except Exception as error:  # of a library that is broken, anything
        raise NotThere(why_not(name, error)) from error
