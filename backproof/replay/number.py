"""One exact number: what NumPy gives as a scalar and Python as a float. It is never changed in place.

Single numbers go a short way of their own, without arrays, which is ten times as quick.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.replay import dispatch
from backproof.replay.array import FLOAT64, Operators, Traced
from backproof.replay.records import one_of
from backproof.replay.rule import Rule
from backproof.replay.rules import RULES
from backproof.replay.tape import Tape


class Number(Operators):
    """An exact number: an entry of a tape."""

    __slots__ = ("id", "tape")

    def __init__(self, tape: Tape, entry: int) -> None:
        self.tape, self.id = tape, entry

    ids = property(lambda self: np.asarray(self.id))
    dtype = property(lambda self: FLOAT64)
    shape = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    itemsize = nbytes = property(lambda self: 8)
    T = real = property(lambda self: self)
    imag = property(lambda self: 0.0)

    @property
    def nearest(self) -> float:
        """The nearest float; NaN where nothing is known."""
        tape, entry = self.tape, self.id
        return float(tape.hi[entry]) if np.isfinite(tape.radius[entry]) else float("nan")

    def __hash__(self) -> int:
        return hash(self.nearest)

    def __bool__(self) -> bool:
        return self.nearest != 0

    def __int__(self) -> int:
        return int(self.nearest)

    __trunc__ = __int__

    def __round__(self, digits: int | None = None) -> Any:
        return round(self.nearest) if digits is None else self

    def __floor__(self) -> int:
        return int(np.floor(self.nearest))

    def __ceil__(self) -> int:
        return int(np.ceil(self.nearest))

    def __repr__(self) -> str:
        return repr(self.nearest)

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.nearest, spec)

    def __copy__(self) -> Number:
        return self

    def __deepcopy__(self, memo: Any) -> Number:
        return self

    def __getitem__(self, key: Any) -> Any:
        return Traced(self.tape, self.ids)[key]

    def is_integer(self) -> bool:
        """As Python's."""
        return self.nearest.is_integer()

    def item(self, *place: Any) -> Number:
        """Itself: exact numbers stay exact."""
        return self

    tolist = copy = item

    def astype(self, dtype: Any, **how: Any) -> Any:
        """The number for a type of floats; else what it is cut to."""
        return dispatch.cast(self, dtype)

    def reshape(self, *shape: Any) -> Traced:
        """As NumPy's."""
        return Traced(self.tape, self.ids.reshape(*shape))

    def flatten(self) -> Traced:
        """As NumPy's."""
        return self.reshape(1)

    def transpose(self, *axes: Any) -> Number:
        """Itself."""
        return self


def _quick(name: str, rule: Rule) -> None:
    """Numbers with numbers; anything else goes the way of arrays."""
    slow, slow_back = getattr(Operators, f"__{name}__"), getattr(Operators, f"__r{name}__")

    def forward(self: Number, other: Any) -> Any:
        if type(other) is Number:
            return Number(self.tape, one_of(self.tape, rule, self.id, other.id))
        if type(other) in (float, int, bool):
            return Number(self.tape, one_of(self.tape, rule, self.id, self.tape.constant(float(other))))
        return slow(self, other)

    def backward(self: Number, other: Any) -> Any:
        if type(other) in (float, int, bool):
            return Number(self.tape, one_of(self.tape, rule, self.tape.constant(float(other)), self.id))
        return slow_back(self, other)

    setattr(Number, f"__{name}__", forward)
    setattr(Number, f"__r{name}__", backward)


for _name, _rule in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power"}.items():
    _quick(_name, RULES[_rule])
