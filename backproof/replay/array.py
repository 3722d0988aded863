"""An array of exact numbers: it looks like a float64 array and holds entry numbers of a tape.

Whatever moves numbers (indexing, views, reshaping, writing) is NumPy's, run on the entry numbers: aliasing and
broadcasting are right by construction. Whatever computes goes to the tables. Nothing turns it into floats silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from backproof.replay import dispatch, elementwise
from backproof.replay.operands import floats, ids_of, is_traced, result
from backproof.replay.refusal import NotFollowed
from backproof.replay.tape import Tape

FLOAT64 = np.dtype(np.float64)


class Operators:
    """The operators that exact arrays and exact numbers share."""

    __slots__ = ()
    is_exact_number = True
    tape: Tape
    ids: np.ndarray

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return elementwise.method(self.tape, ufunc.__name__, method, *inputs, **options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return dispatch.call(self.tape, dispatch.name_of(function), function, arguments, options)

    def __array__(self, *arguments: Any, **options: Any) -> np.ndarray:
        raise NotFollowed("exact numbers handed to something that wants floats")

    def __float__(self) -> float:
        raise NotFollowed("an exact number handed to something that wants a float")

    def __complex__(self) -> complex:
        raise NotFollowed("an exact number handed to something that wants a complex number")

    def __neg__(self) -> Any:
        return elementwise.call(self.tape, "negative", self)

    def __pos__(self) -> Any:
        return elementwise.call(self.tape, "positive", self)

    def __abs__(self) -> Any:
        return elementwise.call(self.tape, "absolute", self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if hasattr(np.ndarray, name):
            raise NotFollowed(f"the array's .{name}")
        raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}")


def _operator(name: str, ufunc: str) -> None:
    def forward(self: Operators, other: Any) -> Any:
        return elementwise.call(self.tape, ufunc, self, other) if _fits(other) else NotImplemented

    def backward(self: Operators, other: Any) -> Any:
        return elementwise.call(self.tape, ufunc, other, self) if _fits(other) else NotImplemented

    setattr(Operators, f"__{name}__", forward)
    setattr(Operators, f"__r{name}__", backward)


def _fits(other: Any) -> bool:
    return is_traced(other) or isinstance(other, int | float | np.ndarray | np.generic | list | tuple)


for _name, _ufunc in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "power", "matmul": "matmul",
}.items():  # fmt: skip
    _operator(_name, _ufunc)


def _comparison(name: str, ufunc: str) -> None:
    def compare(self: Operators, other: Any) -> Any:
        return elementwise.call(self.tape, ufunc, self, other) if _fits(other) else NotImplemented

    setattr(Operators, f"__{name}__", compare)


for _name, _ufunc in {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
}.items():  # fmt: skip
    _comparison(_name, _ufunc)


class Traced(Operators):
    """An array of exact numbers.

    Attributes:
        tape: where they are kept.
        ids: their entries, int64; may be a view of another array's.
    """

    __slots__ = ("ids", "tape")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tape: Tape, ids: np.ndarray) -> None:
        self.tape, self.ids = tape, ids

    # What an array says of itself; entry numbers take as many bytes as float64 numbers do.
    dtype = property(lambda self: FLOAT64)
    shape = property(lambda self: self.ids.shape, lambda self, shape: setattr(self.ids, "shape", shape))
    ndim = property(lambda self: self.ids.ndim)
    size = property(lambda self: self.ids.size)
    strides = property(lambda self: self.ids.strides)
    itemsize = property(lambda self: self.ids.itemsize)
    nbytes = property(lambda self: self.ids.nbytes)
    flags = property(lambda self: self.ids.flags)
    T = property(lambda self: Traced(self.tape, self.ids.T))
    mT = property(lambda self: Traced(self.tape, self.ids.mT))
    real = property(lambda self: self)
    flat = property(lambda self: _Flat(self))
    base = property(lambda self: None if self.ids.base is None else Traced(self.tape, self.ids.base))

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self.ids)))

    def __getitem__(self, key: Any) -> Any:
        part = self.ids[key]
        return Traced(self.tape, part) if isinstance(part, np.ndarray) else result(self.tape, np.asarray(part))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.ids[key] = ids_of(self.tape, value)

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

    def __bool__(self) -> bool:
        return bool(floats(self.tape, self))

    def __int__(self) -> int:
        return int(floats(self.tape, self))

    def __repr__(self) -> str:
        return repr(floats(self.tape, self))

    def __str__(self) -> str:
        return str(floats(self.tape, self))

    def __format__(self, spec: str) -> str:
        return format(floats(self.tape, self), spec)

    def __copy__(self) -> Traced:
        return Traced(self.tape, self.ids.copy())

    def __deepcopy__(self, memo: Any) -> Traced:
        return self.__copy__()

    def __reduce__(self) -> Any:
        raise NotFollowed("pickling exact numbers")

    # Methods that move numbers.

    def _ids(self, ids: np.ndarray) -> Traced:
        return Traced(self.tape, ids)

    def reshape(self, *shape: Any, **order: Any) -> Traced:
        """As NumPy's."""
        return self._ids(self.ids.reshape(*shape, **order))

    def transpose(self, *axes: Any) -> Traced:
        """As NumPy's."""
        return self._ids(self.ids.transpose(*axes))

    def copy(self, order: Any = "C") -> Traced:
        """As NumPy's."""
        return self._ids(self.ids.copy(order))

    def astype(self, dtype: Any, **how: Any) -> Any:
        """A copy for a type of floats; else what the numbers are cut to."""
        return dispatch.cast(self, dtype)

    def view(self, *kind: Any) -> Traced:
        """A view of the same numbers; of other bits it is refused."""
        if kind and kind[0] not in (np.ndarray, np.float64, float):
            raise NotFollowed("the array's .view with another type")
        return self._ids(self.ids.view())

    def item(self, *place: Any) -> Any:
        """One of the numbers, still exact."""
        return result(self.tape, np.asarray(self.ids.item(*place)))

    def tolist(self) -> Any:
        """Lists of exact numbers."""
        return self[()] if self.ndim == 0 else [row.tolist() if row.ndim else row for row in self]

    def fill(self, value: Any) -> None:
        """As NumPy's."""
        self.ids[...] = ids_of(self.tape, value)

    def sort(self, axis: int = -1, **how: Any) -> None:
        """As NumPy's."""
        self.ids[...] = dispatch.call(self.tape, "sort", np.sort, (self, axis), how).ids

    def put(self, places: Any, values: Any, mode: Any = "raise") -> None:
        """As NumPy's."""
        self.ids.put(places, ids_of(self.tape, values), mode)

    def tobytes(self, *order: Any) -> bytes:
        """The bytes of the nearest floats: to be compared, not computed with."""
        return floats(self.tape, self).tobytes(*order)


class _Flat:
    """``array.flat``: the numbers in a row, read and written."""

    def __init__(self, array: Traced) -> None:
        self.array = array

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array.reshape(-1))

    def __len__(self) -> int:
        return self.array.size

    def __getitem__(self, key: Any) -> Any:
        return self.array.reshape(-1)[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array.ids.flat[key] = ids_of(self.array.tape, value)


def _in_place(name: str, ufunc: str) -> None:
    def change(self: Traced, other: Any) -> Any:
        return elementwise.call(self.tape, ufunc, self, other, out=self) if _fits(other) else NotImplemented

    setattr(Traced, f"__i{name}__", change)


for _name, _ufunc in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power", "matmul": "matmul",
    "floordiv": "floor_divide", "mod": "remainder",
}.items():  # fmt: skip
    _in_place(_name, _ufunc)


def _method(name: str) -> None:
    """A method that is a function of the same name with the array in front."""

    def method(self: Operators, *arguments: Any, **options: Any) -> Any:
        return dispatch.call(self.tape, name, getattr(np, name), (self, *arguments), options)

    method.__name__ = name
    setattr(Operators, name, method)


for _name in [
    "sum",
    "mean",
    "var",
    "std",
    "prod",
    "max",
    "min",
    "argmax",
    "argmin",
    "argsort",
    "any",
    "all",
    "cumsum",
    "cumprod",
    "dot",
    "clip",
    "round",
    "ravel",
    "squeeze",
    "swapaxes",
    "repeat",
    "take",
    "diagonal",
    "trace",
    "nonzero",
    "compress",
    "searchsorted",
    "ptp",
    "conj",
    "conjugate",
]:
    _method(_name)
Traced.flatten = lambda self, order="C": Traced(self.tape, self.ids.flatten(order))  # type: ignore[attr-defined]
