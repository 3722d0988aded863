"""What a library's own differentiation gives inside of a program: the true derivative, where numbers are exact.

In floating point there is no tape; there it is 0, and nothing that is judged may be read from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from backproof.replay.foreign.foreign import Foreign, as_array
from backproof.replay.operands import array, is_traced
from backproof.replay.records import again


def derivative(np: Any, loss: Any) -> Callable[[Any], Any]:
    """From an array to the derivative of a loss of one number with respect to it, as constants of its shape.

    Raises:
        TypeError: the loss is no single number.
    """
    loss = as_array(loss)
    if loss.size != 1:
        raise TypeError(f"the derivative of an array of shape {loss.shape}: only one number has a gradient")
    adjoints = loss.tape.adjoints(int(loss.ids.reshape(()))) if is_traced(loss) else None

    def of(held: Any) -> Any:
        if adjoints is None or not is_traced(held):
            return np.zeros(numpy.shape(held))
        held = as_array(held)
        return array(held.tape, held.tape.add(adjoints.of(held.ids), fixed=True))

    return of


def afresh(thing: Foreign) -> Any:
    """The same numbers, of which a derivative is only what comes through this array."""
    held = as_array(thing.held)
    return thing.of(array(held.tape, again(held.tape, held.ids))) if is_traced(held) else thing.of(held.copy())
