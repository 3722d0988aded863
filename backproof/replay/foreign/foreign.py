"""An array of another library: a NumPy array or an exact one, that answers to the other library's words.

The words are a table of functions on NumPy's own; what computes, moves and refuses stays NumPy's, or its stand-in's.
Floats are float64 whatever type the program asks for: the search for a mistake needs the digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from backproof.replay.operands import array, floats, is_traced
from backproof.replay.standin import refused

Word = Callable[..., Any]  # from NumPy, or its stand-in, and plain arrays to plain arrays


class Foreign:
    """An array with other words.

    Attributes:
        held: the numbers, an array of NumPy's or an exact one, without axes for a single number; may be a view.
        np: NumPy or its stand-in; each world has a subclass with its own.
        words: the library's functions and methods, by name.
        library: its name, as the program spells it.
    """

    __slots__ = ("held",)
    np: ClassVar[Any] = np
    words: ClassVar[Mapping[str, Word]] = {}
    library: ClassVar[str] = ""
    __hash__ = object.__hash__
    __array_priority__ = 1000  # an array of NumPy's leaves its operators to this one

    def __init__(self, held: Any) -> None:
        self.held = as_array(plain(held))

    @classmethod
    def of(cls, held: Any) -> Any:
        """An array that holds these numbers, which are NumPy's or exact ones."""
        made = cls.__new__(cls)
        made.held = held if type(held) is np.ndarray else as_array(held)
        return made

    shape = property(lambda self: self.held.shape)
    ndim = property(lambda self: self.held.ndim)
    T = property(lambda self: self.of(self.held.T))
    mT = property(lambda self: self.of(self.np.swapaxes(self.held, -1, -2)))

    def __array__(self, *arguments: Any, **options: Any) -> np.ndarray:
        return np.asarray(self.held, *arguments)

    def __len__(self) -> int:
        return len(self.held)

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self.held)))

    def __getitem__(self, key: Any) -> Any:
        return self.of(self.held[plain(key)])

    def __contains__(self, value: Any) -> bool:
        return bool(self.np.any(self.held == plain(value)))

    def __bool__(self) -> bool:
        return bool(self.held)

    def __int__(self) -> int:
        return int(self.held)

    __index__ = __int__

    def __float__(self) -> float:
        return float(self.held)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({nearest(self)!r})"

    def __format__(self, spec: str) -> str:
        value = nearest(self)
        return format(value if np.ndim(value) else np.asarray(value).item(), spec)

    def holding(self, held: Any) -> Any:
        """The same array, or another one where it holds something else."""
        return self if held is self.held else self.of(held)

    def item(self) -> Any:
        """The only number, still exact."""
        return self.held.reshape(()).item() if not is_traced(self.held) else self.held.reshape(-1)[0]

    def tolist(self) -> Any:
        """Lists of numbers, still exact."""
        return self.held.tolist() if self.held.ndim else self.item()

    def __neg__(self) -> Any:
        return self.called("negative")

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self.called("abs")

    def __invert__(self) -> Any:
        return self.of(~self.held)

    def called(self, name: str, *arguments: Any, **options: Any) -> Any:
        """A word of the library with this array in front."""
        return spoken(type(self), name)(self, *arguments, **options)

    def __deepcopy__(self, memo: Any) -> Any:
        return self.of(self.held.copy())


def plain(x: Any) -> Any:
    """Whatever holds foreign arrays with what they hold in their places."""
    if isinstance(x, Foreign):
        return x.held
    if type(x) is list or type(x) is tuple:
        return type(x)(plain(part) for part in x)
    if isinstance(x, slice):
        return slice(*(None if part is None else int(part) for part in (x.start, x.stop, x.step)))
    return x


def nearest(x: Any) -> Any:
    """The nearest floats of what an array holds, which is NumPy's or exact."""
    held = as_array(plain(x))
    return floats(held.tape, held) if is_traced(held) else held


def real(x: Any, make: Callable[[np.ndarray], Any] = np.asarray) -> Any:
    """Arguments for a function of the library itself: arrays as NumPy's, or as what is made of these."""
    if isinstance(x, Foreign):
        return make(np.asarray(nearest(x)))
    if isinstance(x, dict):
        return {key: real(value, make) for key, value in x.items()}
    return type(x)(real(part, make) for part in x) if isinstance(x, list | tuple) else x


def along(x: Any, axis: int, index: Any) -> tuple[Any, ...]:
    """The key of an index along one axis."""
    return (*(slice(None),) * (axis % x.ndim), index)


def as_array(x: Any) -> Any:
    """An array, without axes for a single number; NumPy's or an exact one."""
    if is_traced(x):
        return x if type(x).__name__ == "Traced" else array(x.tape, x.ids)
    return x if isinstance(x, np.ndarray) else np.asarray(x)


def wrapped(kind: type[Foreign], made: Any) -> Any:
    """What a word gives: arrays as the library's, also in tuples and lists."""
    if isinstance(made, np.ndarray | np.generic) or is_traced(made):
        return kind.of(made)
    if isinstance(made, tuple) and hasattr(made, "_make"):
        return made._make(wrapped(kind, part) for part in made)
    return type(made)(wrapped(kind, part) for part in made) if type(made) in (tuple, list) else made


def spoken(kind: type[Foreign], name: str, words: Mapping[str, Word] | None = None) -> Callable[..., Any]:
    """A word of a library as a function on its arrays.

    Args:
        words: the table that it is in, by default that of the methods.

    Raises:
        NotFollowed: when it is called, if it is in no table.
    """
    word = (kind.words if words is None else words).get(name)
    if word is None:
        return refused(f"{kind.library}.{name}")

    def call(*arguments: Any, **options: Any) -> Any:
        made = word(kind.np, *map(plain, arguments), **{key: plain(value) for key, value in options.items()})
        return wrapped(kind, made)

    call.__name__ = name
    return call


_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "power", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor",
}  # fmt: skip
_COMPARISONS = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
}  # fmt: skip


def _fits(other: Any) -> bool:
    return isinstance(other, Foreign | int | float | np.ndarray | np.generic) or is_traced(other)


def _operator(name: str, ufunc: str) -> None:
    def forward(self: Foreign, other: Any) -> Any:
        return self.of(getattr(self.np, ufunc)(self.held, plain(other))) if _fits(other) else NotImplemented

    def backward(self: Foreign, other: Any) -> Any:
        return self.of(getattr(self.np, ufunc)(plain(other), self.held)) if _fits(other) else NotImplemented

    setattr(Foreign, f"__{name}__", forward)
    if ufunc not in _COMPARISONS.values():
        setattr(Foreign, f"__r{name}__", backward)


for _name, _ufunc in (_OPERATORS | _COMPARISONS).items():
    _operator(_name, _ufunc)
