"""Stand-ins for ``numpy``, ``math``, ``random`` and ``scipy.special``: what a program computes with them is exact.

A stand-in function gives exact numbers to the tables, and lifts whatever floats NumPy makes (``np.zeros``,
``np.linspace``, seeded random numbers: the same as in the float run) into exact ones. Nothing of the real modules
changes.
"""

from __future__ import annotations

import math
import random
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backproof.replay import dispatch, elementwise
from backproof.replay.creation import CREATING, lift
from backproof.replay.mathematics import of_math, scipy_modules
from backproof.replay.operands import FUNCTIONS, array, holds_floats, holds_traced, ids_of, is_traced, number
from backproof.replay.random_numbers import seeded
from backproof.replay.refusal import NotFollowed
from backproof.replay.rules import rule_of
from backproof.replay.standin import StandIn, refused
from backproof.replay.tape import Tape


class Function:
    """A function of NumPy's on exact numbers; a ufunc's methods too."""

    def __init__(self, tape: Tape, name: str, real: Any) -> None:
        self.tape, self.name, self.real = tape, name, real
        self.__name__ = name.rpartition(".")[2]
        self.__doc__ = getattr(real, "__doc__", None)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if holds_traced(arguments) or holds_traced(list(options.values())):
            return dispatch.call(self.tape, self.name, self.real, arguments, options)
        made = self.real(*arguments, **options)
        if not holds_floats(made):
            return made
        if self.name in FUNCTIONS or isinstance(self.real, np.ufunc) or rule_of(self.name):
            # It computes: from the numbers themselves, not from what floating point makes of them.
            return dispatch.call(self.tape, self.name, self.real, arguments, options)
        return lift(self.tape, made)

    def __getattr__(self, name: str) -> Any:
        if isinstance(self.real, np.ufunc) and name in ("reduce", "accumulate", "outer", "at", "reduceat"):
            return lambda *a, **k: self._method(name, *a, **k)
        return getattr(self.real, name)

    def __reduce__(self) -> Any:
        return (getattr, (np, self.name))

    def _method(self, how: str, *arguments: Any, **options: Any) -> Any:
        if holds_floats(arguments):
            if how == "at" and not is_traced(arguments[0]):
                raise NotFollowed(f"np.{self.name}.at into an array that holds no exact numbers")
            return elementwise.method(self.tape, self.name, how, *arguments, **options)
        return getattr(self.real, how)(*arguments, **options)


def libraries(tape: Tape) -> dict[str, Callable[[], Mapping[str, types.ModuleType]]]:
    """What makes the stand-ins of each library."""
    return {
        "numpy": lambda: numpy_modules(tape),
        "math": lambda: {"math": StandIn("math", math, lambda name, value: of_math(tape, name, value))},
        "random": lambda: {"random": StandIn("random", random, lambda name, value: seeded(tape, value))},
        "scipy": lambda: scipy_modules(tape),
    }


def numpy_modules(tape: Tape) -> Mapping[str, types.ModuleType]:
    """NumPy's stand-ins by their dotted names."""
    found: dict[str, types.ModuleType] = {}

    def numpy_part(prefix: str, real: types.ModuleType) -> StandIn:
        made = StandIn(real.__name__, real, lambda name, value: _numpy(tape, prefix + name, value, numpy_part))
        found[real.__name__] = made
        return made

    top = numpy_part("", np)
    for name in ("linalg", "random", "testing", "fft", "lib", "ma", "polynomial", "typing", "exceptions"):
        setattr(top, name, getattr(top, name))
    found["numpy.lib.stride_tricks"] = top.lib.stride_tricks
    return found


SCALAR_TYPES = {"float64", "float32", "float16", "double", "single", "half", "longdouble", "float128", "float_"}


def _numpy(tape: Tape, name: str, value: Any, part: Callable[[str, types.ModuleType], StandIn]) -> Any:
    if isinstance(value, types.ModuleType):
        if not value.__name__.startswith("numpy"):
            return value
        return part(f"{name}.", value)
    if name in CREATING:
        return lambda *a, **k: CREATING[name](tape, *a, **k)
    if name in SCALAR_TYPES:
        return scalar_type(tape, value)
    if name.startswith("random."):
        return seeded(tape, value)
    if name == "vectorize":
        return lambda function, *a, **k: _vectorized(tape, function)
    if name == "frompyfunc":
        return lambda function, *a, **k: _vectorized(tape, function)
    if name in ("c_", "r_"):
        return _Joined(tape, value)
    if name == "matrix":
        return refused("np.matrix")
    if isinstance(value, type) or not callable(value):
        return value
    return Function(tape, name, value)


def scalar_type(tape: Tape, real: type) -> type:
    """A type of floats: a dtype where one is asked for; called, it leaves exact numbers as they are."""

    def new(cls: type, x: Any = 0.0) -> Any:
        if is_traced(x):
            return x if not isinstance(x.shape, tuple) or x.ndim else number(tape, int(x.ids))
        return lift(tape, real(x)) if not isinstance(x, str) else lift(tape, np.float64(x))

    return type(real.__name__, (real,), {"__new__": new, "stands_for": real})


class _Joined:
    """``np.c_`` and ``np.r_``."""

    def __init__(self, tape: Tape, real: Any) -> None:
        self.tape, self.real = tape, real

    def __getitem__(self, key: Any) -> Any:
        if not holds_floats(key):
            return lift(self.tape, self.real[key])
        parts = tuple(ids_of(self.tape, part) if not isinstance(part, slice | str) else part for part in _tuple(key))
        return array(self.tape, self.real[parts])


def _tuple(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _vectorized(tape: Tape, function: Callable[..., Any]) -> Callable[..., Any]:
    """``np.vectorize``: the function called for every number."""

    def call(*arguments: Any) -> Any:
        spread = np.broadcast_arrays(*(ids_of(tape, x) for x in arguments))
        made = [
            function(*(number(tape, int(i)) for i in one)) for one in zip(*(s.ravel() for s in spread), strict=True)
        ]
        ids = ids_of(tape, made).reshape(spread[0].shape)
        return array(tape, ids) if ids.ndim else number(tape, int(ids))

    return call
