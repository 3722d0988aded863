"""What a call of the learner's program gave back: the parts of its return value, by the line they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np

from check.harvest import LARGEST, Call, Harvest, numbers
from check.names import GRADIENTS, Candidate, alias
from check.program import CannotRun
from check.stores import Slot
from engines.interface import Parameters

asarray = np.asarray  # kept from before the learner's file could replace it


def returned_lines(returned: Any, harvest: Harvest) -> list[Candidate]:
    """The arrays that were returned, with the line of the file that made each.

    A dict or a NamedTuple says what its parts are; four arrays are the gradients, and so is a Parameters. None says
    nothing, and what ``locals()`` says has been harvested already, but for what was done to the gradients at the end.

    Raises:
        CannotRun: something else, or a part that holds no real numbers.
    """
    own = next((call for call in reversed(harvest.calls) if call.code is harvest.own), None)
    line = own.line if own is not None else None
    lines = harvest.part_lines(returned)
    if returned is None:
        return []
    if isinstance(returned, dict):
        arguments = harvest.own.co_varnames[: harvest.own.co_argcount] if harvest.own is not None else ()
        if arguments and set(arguments) <= set(returned):
            return _of_locals(returned, harvest, own)
        named = {key: value for key, value in returned.items() if isinstance(key, str)}
    elif isinstance(returned, tuple) and (fields := getattr(returned, "_fields", None)):
        named = dict(zip(fields, returned, strict=True))
        lines = {name: lines[key] for i, name in enumerate(fields) for key in (name, i) if key in lines}
    elif isinstance(returned, tuple | list):
        if len(returned) != 4:
            count = f"{len(returned)} value{'' if len(returned) == 1 else 's'}"
            raise CannotRun(f"backprop returned {count}, but four (dW1, db1, dW2, db2) are asked for", line)
        named = dict(zip(GRADIENTS, returned, strict=True))
        lines = {name: lines[i] for i, name in enumerate(GRADIENTS) if i in lines}
    else:
        reason = f"a value of type {type(returned).__name__}, but a dict or (dW1, db1, dW2, db2) is asked for"
        raise CannotRun(f"backprop returned {reason}", line)
    if set(named) == set(Parameters._fields):
        lines = {f"d{name}": at for name, at in lines.items()}
        named = {f"d{name}": value for name, value in named.items()}
    found = []
    for name, value in named.items():
        if value is not None and alias(name) is not None:
            array = real_array(name, value, lines.get(name, line))
            at = harvest.made_at(name, array) or lines.get(name, line)
            found.append(Candidate(name, "returned", at, False, str(array.dtype), array.shape, array.copy()))
    return found


def _of_locals(variables: dict[str, Any], harvest: Harvest, own: Call | None) -> list[Candidate]:
    found = []
    bindings = own.bindings if own is not None else {}
    for name, value in variables.items():
        known = bindings.get(Slot(name))
        array = numbers(value)
        if array is not None and alias(name) and (known is None or name in GRADIENTS):
            line = harvest.made_at(name, array) or (known.line if known else None)
            repeated = known is not None and known.repeated
            found.append(Candidate(name, "returned", line, repeated, str(array.dtype), array.shape, array))
    return found


def real_array(name: str, value: Any, line: int | None) -> np.ndarray:
    """The value as an array of real numbers.

    Raises:
        CannotRun: it is none, or far too large.
    """
    try:
        array = asarray(value)
    except Exception:  # ragged lists, and whatever a stranger's __array__ may raise
        array = asarray(None)
    if array.dtype.kind == "O":
        kind = "an array of Python objects" if isinstance(value, np.ndarray | list | tuple) else type(value).__name__
        raise CannotRun(f"{name} is not an array of real numbers, but {kind}", line)
    if array.dtype.kind not in "biuf":
        raise CannotRun(f"{name} is not an array of real numbers, but of dtype {array.dtype}", line)
    if array.size > LARGEST:
        raise CannotRun(f"{name} has {array.size} entries, far more than any line of this network", line)
    return array
