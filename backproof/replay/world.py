"""The two worlds that a program runs in: floating point as ever, and exact numbers on a tape.

A world records every value that passes a hook, with how often its place was passed before, and replaces it where that
is asked for.
"""

from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from backproof.balls import Balls
from backproof.replay import creation, elementwise, instrument, standins
from backproof.replay.foreign.foreign import Foreign, plain
from backproof.replay.foreign.jax_module import jax_modules
from backproof.replay.foreign.torch_module import torch_modules
from backproof.replay.operands import array, floats, holds_traced, is_traced, number, result
from backproof.replay.records import again
from backproof.replay.standin import StandIns
from backproof.replay.tape import Tape

Visit = tuple[int, int]  # the key of a place, and how often it was passed before

_PLAIN: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "+": (operator.add, operator.iadd), "-": (operator.sub, operator.isub), "*": (operator.mul, operator.imul),
    "/": (operator.truediv, operator.itruediv), "//": (operator.floordiv, operator.ifloordiv),
    "%": (operator.mod, operator.imod), "**": (operator.pow, operator.ipow), "@": (operator.matmul, operator.imatmul),
}  # fmt: skip
_UFUNC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
_NUMBERS = (int, float, bool, np.number, np.bool_)


class Recorded(NamedTuple):
    """A value that passed a hook: entries in the exact world, a copy of floats in the other."""

    key: int
    occurrence: int
    value: np.ndarray


class FloatWorld:
    """Floating point.

    Args:
        replaced: values to put in the place of others.
        keep: whether to record.
        real: whether other libraries are themselves, and have no stand-ins.
    """

    exact = False
    foreign: ClassVar[Mapping[str, types.ModuleType]] = StandIns(
        {"torch": lambda: torch_modules(np), "jax": lambda: jax_modules(np)}
    )
    builtins: Mapping[str, Any] = {}

    def __init__(
        self, replaced: Mapping[Visit, np.ndarray] | None = None, keep: bool = False, real: bool = False
    ) -> None:
        self.modules: Mapping[str, types.ModuleType] = {} if real else self.foreign
        self.keep = keep
        self.begin(replaced)
        self.single = False  # whether a value that was kept had less than double precision
        self.hooks: Mapping[str, Callable[..., Any]] = {
            instrument.VALUE: self.value,
            instrument.STORE: self.value,
            instrument.WROTE: self.wrote,
        }

    def begin(self, replaced: Mapping[Visit, np.ndarray] | None = None) -> None:
        """Before another call: nothing has passed, and other values are replaced."""
        self.replaced = dict(replaced or {})
        self.at = {key for key, _ in self.replaced}
        self.records: list[Recorded] = []
        self.passed: dict[int, int] = {}

    def value(self, key: int, value: Any) -> Any:
        """A value passes; the one that goes on."""
        if key not in self.at and not self.keep:  # most often: it is only counted
            self.passed[key] = self.passed.get(key, 0) + 1
            return value
        if isinstance(value, Foreign):
            return value.holding(self.value(key, value.held))
        visit = key, self.passed.get(key, 0)
        self.passed[key] = visit[1] + 1
        if visit in self.replaced and _is_float(value):
            value = instead_of(value, self.replaced[visit])
        if self.keep and _is_float(value):
            self.single |= getattr(value, "dtype", np.dtype(float)).itemsize < 8
            self.records.append(Recorded(*visit, np.array(value, np.float64)))
        return value

    def wrote(self, key: int, base: Any, index: Any) -> None:
        """An item was written: of an array all of it passes, of a dict or list the item."""
        if key not in self.at and not self.keep and not isinstance(base, dict | list):
            self.passed[key] = self.passed.get(key, 0) + 1
            return
        base = plain(base) if isinstance(base, Foreign) else base
        if isinstance(base, np.ndarray):
            visit = key, self.passed.get(key, 0)
            self.passed[key] = visit[1] + 1
            if base.dtype.kind == "f":
                if visit in self.replaced:
                    base[...] = self.replaced[visit]
                if self.keep:
                    self.records.append(Recorded(*visit, base.astype(np.float64)))
        elif isinstance(base, dict | list) and index is not None:
            base[index] = self.value(key, base[index])


def instead_of(value: Any, new: np.ndarray) -> Any:
    """Another value in the place of one: an array of its own, or a number for a number."""
    return new.copy() if isinstance(value, np.ndarray) or new.ndim else new[()]


def _is_float(value: Any) -> bool:
    return (
        isinstance(value, float)
        or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
        or isinstance(value, np.floating)
    )


class ExactWorld:
    """Exact numbers.

    Args:
        tape: where they are kept.
        replaced: values to put in the place of others.
        keep: whether to record.
        parts: whether every value that passes becomes an entry of its own, so that its adjoint is what this one use
            adds; views are no views any more then.
        shared: the places where values stay themselves all the same.
    """

    exact = True

    def __init__(
        self,
        tape: Tape,
        replaced: Mapping[Visit, Balls] | None = None,
        keep: bool = True,
        parts: bool = False,
        shared: frozenset[int] = frozenset(),
    ) -> None:
        self.parts, self.shared = parts, shared
        self.tape = tape
        self.replaced = dict(replaced or {})
        self.keep = keep
        self.records: list[Recorded] = []
        self.passed: dict[int, int] = {}
        self.modules: Mapping[str, types.ModuleType] = StandIns(
            {
                **standins.libraries(tape),
                "torch": lambda: torch_modules(self.modules["numpy"]),
                "jax": lambda: jax_modules(self.modules["numpy"]),
            }
        )
        float_type = standins.scalar_type(tape, np.float64)
        self.builtins: Mapping[str, Any] = {"float": float_type, "isinstance": _isinstance, "divmod": _divmod}
        self.hooks: Mapping[str, Callable[..., Any]] = {
            instrument.VALUE: self.value,
            instrument.STORE: self.value,
            instrument.WROTE: self.wrote,
            instrument.BINARY: self.binary,
            instrument.IN_PLACE: self.in_place,
        }

    def value(self, key: int, value: Any) -> Any:
        """A value passes; the one that goes on, with floats made exact."""
        if isinstance(value, Foreign):
            return value.holding(self.value(key, value.held))
        occurrence = self.passed.get(key, 0)
        self.passed[key] = occurrence + 1
        if isinstance(value, np.ndarray | np.floating):
            value = creation.lift(self.tape, value)
        if is_traced(value):
            if (key, occurrence) in self.replaced:
                ids = self.tape.add(self.replaced[key, occurrence], fixed=True)
                is_array = type(value).__name__ == "Traced" or ids.ndim
                value = array(self.tape, ids) if is_array else number(self.tape, int(ids.reshape(())))
            elif self.parts and key not in self.shared:
                value = result(self.tape, again(self.tape, value.ids))
            if self.keep:
                self.records.append(Recorded(key, occurrence, value.ids.copy()))
        elif type(value) is float and self.keep:
            self.records.append(Recorded(key, occurrence, np.asarray(self.tape.constant(value))))
        return value

    def wrote(self, key: int, base: Any, index: Any) -> None:
        """An item was written: of an array all of it passes, of a dict or list the item."""
        base = plain(base) if isinstance(base, Foreign) else base
        if is_traced(base):
            occurrence = self.passed.get(key, 0)
            self.passed[key] = occurrence + 1
            if (key, occurrence) in self.replaced:
                base.ids[...] = self.tape.add(self.replaced[key, occurrence], fixed=True)
            if self.keep:
                self.records.append(Recorded(key, occurrence, base.ids.copy()))
        elif isinstance(base, np.ndarray):
            self.passed[key] = self.passed.get(key, 0) + 1
        elif isinstance(base, dict | list) and index is not None:
            base[index] = self.value(key, base[index])

    def binary(self, sign: str, a: Any, b: Any) -> Any:
        """An operator of Python's; numbers with a fraction are not rounded."""
        if sign == "dot":
            return np.dot(a, b) if isinstance(a, np.ndarray) and is_traced(b) else a.dot(b)
        if sign == "%" and isinstance(a, str | bytes):
            return a % floats(self.tape, b)
        if is_traced(a) or is_traced(b):
            return _PLAIN[sign][0](a, b)
        made = _PLAIN[sign][0](a, b)
        return self._exactly(sign, a, b, made)

    def _exactly(self, sign: str, a: Any, b: Any, made: Any) -> Any:
        """The exact result of two plain numbers or arrays, where floating point has rounded it."""
        kind = made.dtype.kind if isinstance(made, np.ndarray | np.generic) else "f" if type(made) is float else ""
        if kind != "f" or sign not in _UFUNC:
            return made
        if type(made) is float and _is_exact(sign, float(a), float(b), made):
            return made
        return elementwise.call(self.tape, _UFUNC[sign], a, b)

    def in_place(self, sign: str, a: Any, b: Any) -> Any:
        """``a op= b``."""
        if isinstance(a, _NUMBERS) and not is_traced(a):
            return self.binary(sign, a, b)
        return _PLAIN[sign][1](a, b)


def _is_exact(sign: str, a: float, b: float, made: float) -> bool:
    """Whether floating point did not round: sums and products by their errors, quotients by the product back."""
    from fractions import Fraction

    if not (np.isfinite(made) and np.isfinite(a) and np.isfinite(b)):
        return True
    if sign == "**":
        return bool(b == int(b)) and 0 <= b < 64 and Fraction(a) ** int(b) == Fraction(made)
    x, y = Fraction(a), Fraction(b)
    return {"+": x + y, "-": x - y, "*": x * y}.get(sign, x / y if y else None) == Fraction(made)


def _isinstance(x: Any, kinds: Any) -> bool:
    """``isinstance``, for which an exact array is an ``ndarray`` and an exact number a float of either kind."""
    every = _flat(kinds)
    if not is_traced(x):
        return builtins.isinstance(x, tuple(getattr(kind, "stands_for", kind) for kind in every))
    looks_like: tuple[type, ...] = (np.ndarray,) if type(x).__name__ == "Traced" else (np.float64,)
    return any(_is_type(kind) and issubclass(looks_like[0], getattr(kind, "stands_for", kind)) for kind in every)


def _is_type(kind: Any) -> bool:
    return builtins.isinstance(kind, type)


def _flat(kinds: Any) -> list[Any]:
    if builtins.isinstance(kinds, types.UnionType):
        return list(kinds.__args__)
    return [k for kind in kinds for k in _flat(kind)] if builtins.isinstance(kinds, tuple) else [kinds]


def _divmod(a: Any, b: Any) -> Any:
    return (a // b, a % b) if holds_traced((a, b)) else builtins.divmod(a, b)
