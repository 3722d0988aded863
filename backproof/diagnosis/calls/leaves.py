"""The numbers inside of what a program takes and gives: in dicts, lists, tuples, objects, with the way to each."""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backproof.replay.foreign.foreign import Foreign, as_array
from backproof.replay.foreign.living import numbers_in, with_numbers
from backproof.replay.operands import is_traced

Where = tuple[str | int, ...]  # keys, positions and attributes, from the outside in

_NOT_ENTERED = (types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType, type, str, bytes)
_PLAIN = frozenset({int, bool, str, bytes, type(None)})


class Key(str):
    """A step into a dict; other text steps are attributes."""

    __slots__ = ()


def is_leaf(thing: Any) -> bool:
    """Whether this is an array of numbers with a fraction, or one such number, exact or not."""
    if is_traced(thing) or isinstance(thing, float | np.floating):
        return True
    return isinstance(thing, np.ndarray) and thing.dtype.kind == "f"


def _is_whole(thing: Any) -> bool:
    if isinstance(thing, np.ndarray):
        return thing.dtype.kind in "iu"
    return isinstance(thing, int | np.integer) and not isinstance(thing, bool)


def held_in(thing: Any) -> Any:
    """What an array of another library holds; anything else as it is."""
    if isinstance(thing, Foreign):
        return thing.held
    numbers = numbers_in(thing)
    return thing if numbers is None else numbers


def leaves(thing: Any, integers: bool = False) -> dict[Where, Any]:
    """Every leaf by the way to it, in order.

    Args:
        integers: whether arrays of whole numbers, and whole numbers, are leaves too.
    """
    return {where: held_in(leaf) for where, leaf in leaves_as_they_are(thing, integers).items()}


def leaves_as_they_are(thing: Any, integers: bool = False) -> dict[Where, Any]:
    """The same, with arrays of other libraries themselves and not what they hold."""
    return dict(_walk(thing, (), set(), integers))


def _walk(thing: Any, where: Where, seen: set[int], integers: bool) -> Iterator[tuple[Where, Any]]:
    held = held_in(thing)
    if is_leaf(held) or (integers and _is_whole(held)):
        yield where, thing
        return
    if held is not thing:
        return
    if isinstance(thing, _NOT_ENTERED) or id(thing) in seen:
        return
    parts = list(_parts(thing))
    if parts:
        seen.add(id(thing))
    for step, part in parts:
        yield from _walk(part, (*where, step), seen, integers)


def _parts(thing: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(thing, Mapping):
        yield from ((key if isinstance(key, int) else Key(key), value) for key, value in thing.items())
    elif isinstance(thing, tuple) and hasattr(thing, "_fields"):
        yield from zip(thing._fields, thing, strict=True)
    elif isinstance(thing, list | tuple) or (
        isinstance(thing, np.ndarray) and thing.dtype == object and thing.ndim == 1
    ):
        yield from enumerate(thing)
    elif not isinstance(thing, np.ndarray | np.generic):
        yield from getattr(thing, "__dict__", {}).items()
        for kind in type(thing).__mro__:
            slots = getattr(kind, "__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if not name.startswith("__") and hasattr(thing, name):
                    yield name, getattr(thing, name)


def refilled(thing: Any, new: Callable[[Where, Any], Any]) -> Any:
    """The same thing with other numbers in its leaves.

    Arrays are written into, so that what shares them still does; lists, dicts and objects stay the same ones; tuples
    are made again.

    Args:
        new: the new value of a leaf, from the way to it and its present value; None leaves it.
    """
    return _refilled(thing, (), new, {})


def _refilled(thing: Any, where: Where, new: Callable[[Where, Any], Any], done: dict[int, Any]) -> Any:
    if _has_no_leaf(thing):
        return thing
    if id(thing) in done and not isinstance(thing, float):
        return done[id(thing)]
    if isinstance(thing, Foreign):
        thing.held = as_array(_refilled(thing.held, where, new, done))
        return thing
    numbers = numbers_in(thing)
    if numbers is not None:
        made = new(where, numbers)
        return thing if made is None else with_numbers(thing, made)
    if is_leaf(thing):
        made = _leaf(thing, new(where, thing))
        done[id(thing)] = made
        return made
    if isinstance(thing, _NOT_ENTERED):
        return thing
    parts = list(_parts(thing))
    if not parts:
        return thing
    done[id(thing)] = thing
    changed = {step: _refilled(part, (*where, step), new, done) for step, part in parts}
    if isinstance(thing, tuple):
        done[id(thing)] = _tuple_of(thing, list(changed.values()))
        return done[id(thing)]
    for step, part in parts:
        if changed[step] is not part:
            _put(thing, step, changed[step])
    return thing


def _has_no_leaf(thing: Any) -> bool:
    """Whether there is no leaf in a thing, as is quickly seen of whole numbers and texts, and lists of them."""
    return type(thing) in _PLAIN or (type(thing) in (list, tuple) and all(type(part) in _PLAIN for part in thing))


def _leaf(old: Any, new: Any) -> Any:
    if new is None:
        return old
    if is_traced(new):
        if not (is_traced(old) and old.ndim):
            return new
        old.ids[...] = new.ids
        return old
    if isinstance(old, np.ndarray) and old.ndim and old.flags.writeable:
        old[...] = new
        return old
    return type(old)(new) if isinstance(old, float | np.floating) else new


def _tuple_of(old: tuple[Any, ...], parts: list[Any]) -> tuple[Any, ...]:
    made: tuple[Any, ...] = old._make(parts) if hasattr(old, "_make") else type(old)(parts)
    return made


def _put(thing: Any, step: str | int, value: Any) -> None:
    if isinstance(thing, Mapping):
        key = next(key for key in thing if key == step or str(key) == step)
        thing[key] = value  # type: ignore[index]
    elif isinstance(thing, list | np.ndarray):
        thing[step] = value  # type: ignore[index]
    else:
        object.__setattr__(thing, str(step), value)


def spelled(where: Where) -> str:
    """As a learner would write it: ``net.W1``, ``params["W1"]``, ``weights[0]``."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        elif isinstance(step, Key):
            text += f'["{step}"]' if text else step
        else:
            text += f".{step}" if text else step
    return text


MOST_NAMED = 8


def listed(every: Sequence[Where]) -> str:
    """Several in words; the many numbers of one argument by their count: ``17 values in network``."""
    inside = Counter(where[:1] for where in every)
    if len(every) <= MOST_NAMED:
        return ", ".join(map(spelled, every))
    found = dict.fromkeys(
        spelled(where) if inside[where[:1]] == 1 else f"{inside[where[:1]]} values in {spelled(where[:1])}"
        for where in every
    )
    return ", ".join(found)
