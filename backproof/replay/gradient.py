"""The true gradient of a function written with NumPy, and how far any other gradient is from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.balls import UP, Balls
from backproof.replay.array import Traced
from backproof.replay.foreign.foreign import plain
from backproof.replay.foreign.living import stand_in_of
from backproof.replay.number import Number
from backproof.replay.operands import is_traced
from backproof.replay.tape import Adjoints, Tape
from backproof.replay.twins import Twins
from backproof.replay.world import ExactWorld

MOST_DIGITS = 17.0  # that a float64 number can have right


@dataclass(frozen=True)
class Gradient:
    """The true gradient with respect to one array or number.

    Attributes:
        enclosure: balls that contain it.
    """

    enclosure: Balls

    @property
    def nearest(self) -> np.ndarray:
        """The nearest float64 numbers."""
        return self.enclosure.hi.copy()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array that it is the gradient of."""
        return self.enclosure.shape

    def _error(self, gradient: Any) -> np.ndarray:
        """The distance of each number from its ball.

        Raises:
            ValueError: another shape.
        """
        given = np.asarray(gradient)
        if given.shape != self.shape:
            raise ValueError(f"a gradient of shape {given.shape} is compared with the true one of shape {self.shape}")
        wide = given.astype(np.float64)
        with np.errstate(all="ignore"):
            away = np.abs((wide - self.enclosure.hi) - self.enclosure.lo)
            return np.where(np.isfinite(wide), np.maximum(away - self.enclosure.radius * UP, 0.0), np.inf)

    def contains(self, gradient: Any) -> np.ndarray:
        """Whether each number is the true one rounded, up or down, to a number of its own type.

        Raises:
            ValueError: another shape.
        """
        given = _floats(gradient)
        return self._error(given) < np.spacing(np.maximum(np.abs(given), np.abs(self.enclosure.hi.astype(given.dtype))))

    def ulps(self, gradient: Any) -> np.ndarray:
        """The distance of each number from the truth in units in the last place of the truth, in the number's type.

        Raises:
            ValueError: another shape.
        """
        given = _floats(gradient)
        return self._error(given) / np.spacing(np.abs(self.enclosure.hi).astype(given.dtype)).astype(np.float64)

    def digits(self, gradient: Any) -> np.ndarray:
        """How many decimal digits of each number are right: 0 to 17; 17 where it is exact.

        Raises:
            ValueError: another shape.
        """
        error, size = self._error(gradient), np.abs(self.enclosure.hi)
        with np.errstate(all="ignore"):
            digits = -np.log10(error / size)
        digits = np.where(error == 0, MOST_DIGITS, np.where(size == 0, 0.0, digits))
        return np.clip(np.nan_to_num(digits, nan=0.0), 0.0, MOST_DIGITS)


def _floats(gradient: Any) -> np.ndarray:
    given = np.asarray(gradient)
    return given if given.dtype.kind == "f" else given.astype(np.float64)


def true_gradient(function: Callable[..., Any], *arguments: Any, wrt: int | tuple[int, ...] | None = None) -> Any:
    """The exact gradient of a function that returns one number, by replaying it on exact numbers.

    The function is an ordinary Python function of NumPy arrays; functions and classes of yours that it uses are
    replayed too. At a kink (a ReLU at 0, a tie of a maximum) the enclosure holds every one-sided derivative.

    Args:
        function: returns one number, or an array of one number.
        arguments: arrays of floats (NumPy's, PyTorch's or JAX's), floats, and dicts, lists, tuples and objects that
            hold them; anything else is handed on as it is.
        wrt: the positions of the arguments whose gradients are wanted; all by default.

    Returns:
        For each argument asked for, a ``Gradient`` in the place of each array or number with a fraction: in the same
        dicts, lists and tuples, and for an object in a dict by the names of its attributes. A tuple of them, or a
        single one where there is one argument, or where ``wrt`` is a single position.

    Raises:
        NotFollowed: the function uses something that replay does not follow; the text names it.
        TooLarge: it computes too many numbers.
        ValueError: it returns no single number.
    """
    tape = Tape()
    leaves = Leaves(Twins(ExactWorld(tape, keep=False)), tape)
    handed = [leaves.of(argument) for argument in arguments]
    loss = leaves.twins.of(function)(*handed)
    adjoints = tape.adjoints(_entry(loss, function))
    positions = range(len(arguments)) if wrt is None else (wrt,) if isinstance(wrt, int) else wrt
    found = tuple(_gradients(adjoints, handed[position], set()) for position in positions)
    return found[0] if isinstance(wrt, int) or (wrt is None and len(found) == 1) else found


def _entry(loss: Any, function: Callable[..., Any]) -> int:
    loss = plain(loss)
    name = getattr(function, "__name__", "the function")
    if is_traced(loss) and loss.size == 1:
        return int(loss.ids.reshape(()))
    if isinstance(loss, int | float | np.generic):
        raise ValueError(f"{name} returns a number that depends on no argument with a fraction")
    shape = f"an array of shape {loss.shape}" if is_traced(loss) else f"a {type(loss).__name__}"
    raise ValueError(f"{name} returns {shape}, but a gradient is that of one number")


class Leaves:
    """Arguments in the exact world: every float in them an entry of its own."""

    def __init__(self, twins: Twins, tape: Tape) -> None:
        self.twins, self.tape = twins, tape
        self._made: dict[int, Any] = {}
        self._alive: list[Any] = []

    def of(self, thing: Any) -> Any:
        """The same structure of leaves; one array that stands in two places stays one."""
        if type(thing) is float or isinstance(thing, np.floating):
            return Number(self.tape, int(self.tape.leaves(np.asarray(thing))))
        if id(thing) not in self._made:
            self._alive.append(thing)
            self._made[id(thing)] = self._leaf(thing)
        return self._made[id(thing)]

    def _leaf(self, thing: Any) -> Any:
        if isinstance(thing, np.ndarray):
            return self._array(thing)
        foreign = stand_in_of(thing, self.twins.world.modules, self._array)
        if foreign is not None:
            return foreign
        if isinstance(thing, dict):
            made = self.twins.of(dict.fromkeys(thing)) if type(thing) is dict else self.twins.of(thing)
            made.update({key: self.of(value) for key, value in thing.items()})
            return made
        if isinstance(thing, tuple) and hasattr(thing, "_make"):
            return thing._make(map(self.of, thing))
        if isinstance(thing, list | tuple):
            return type(thing)(map(self.of, thing))
        made = self.twins.of(thing)
        if made is not thing and hasattr(thing, "__dict__") and not callable(thing):
            for name, value in vars(thing).items():
                object.__setattr__(made, name, self.of(value))
        return made

    def _array(self, numbers: np.ndarray) -> Any:
        return Traced(self.tape, self.tape.leaves(numbers)) if numbers.dtype.kind == "f" else numbers.copy()


def _gradients(adjoints: Adjoints, handed: Any, seen: set[int]) -> Any:
    handed = plain(handed)
    if is_traced(handed):
        return Gradient(adjoints.of(handed.ids))
    if id(handed) in seen:
        return None
    if isinstance(handed, dict):
        return {key: _gradients(adjoints, value, seen | {id(handed)}) for key, value in handed.items()}
    if isinstance(handed, tuple) and hasattr(handed, "_make"):
        return handed._make(_gradients(adjoints, value, seen) for value in handed)
    if isinstance(handed, list | tuple):
        return type(handed)(_gradients(adjoints, value, seen | {id(handed)}) for value in handed)
    if hasattr(handed, "__dict__") and not callable(handed):
        found = {name: _gradients(adjoints, value, seen | {id(handed)}) for name, value in vars(handed).items()}
        return {name: value for name, value in found.items() if value is not None}
    return None
