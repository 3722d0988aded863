"""What ``backprop`` returned, taken apart: the loss, and the gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.diagnosis.calls.leaves import Where, held_in, is_leaf, leaves
from backproof.replay.operands import is_traced


class NotAnAnswer(ValueError):
    """What came back is no loss with gradients; the text says what to change."""


@dataclass(frozen=True)
class Answer:
    """A loss and its gradients.

    Attributes:
        loss: one number; None where a reference has it and the program returns gradients alone.
        gradients: every array and number among them, with the way to it.
    """

    loss: Any
    gradients: dict[Where, Any]


LOSS: Where = ("loss",)  # where a reference says what the loss must be, it is judged like a gradient
WANTED = "backprop must return the loss and the gradients: return loss, {'W': dW, ...}"


def answer_of(returned: Any) -> Answer:
    """Take apart what came back.

    Raises:
        NotAnAnswer: it is something else.
    """
    if returned is None:
        raise NotAnAnswer(f"backprop returns nothing. {WANTED[0].upper()}{WANTED[1:]}")
    if isinstance(returned, dict) or is_leaf(returned) or not isinstance(returned, tuple | list):
        raise NotAnAnswer(f"backprop returns {_kind(returned)} alone. {WANTED[0].upper()}{WANTED[1:]}")
    if len(returned) < 2:
        raise NotAnAnswer(f"backprop returns {len(returned)} value. {WANTED[0].upper()}{WANTED[1:]}")
    if _is_open(returned):
        raise NotAnAnswer("the ... in what backprop returns is still to be filled in")
    loss, *rest = returned
    loss = held_in(loss)
    if np.ndim(loss) if not is_traced(loss) else loss.ndim:
        if loss.size != 1:
            raise NotAnAnswer(
                f"the first value that backprop returns, the loss, is an array of shape {tuple(loss.shape)}: "
                "return one number, its mean or its sum"
            )
        loss = loss.reshape(-1)[0]
    if not (is_leaf(loss) or isinstance(loss, int | np.integer)):
        raise NotAnAnswer(f"the first value that backprop returns is {_kind(loss)}, not the loss. {WANTED}")
    gradients = rest[0] if len(rest) == 1 else tuple(rest)
    found = leaves(gradients, integers=True)
    if not found:
        raise NotAnAnswer("backprop returns no gradients beside the loss")
    return Answer(loss, found)


def answer_with_reference(returned: Any, parameters: Sequence[str]) -> Answer:
    """Take apart what a program returned whose loss is known from elsewhere: with its own loss or without.

    Args:
        parameters: the names of the arguments that gradients are wanted of; with a ``dW1`` for each ``W1``, whatever
            else is in a dict has no meaning. Empty where they are not known.

    Raises:
        NotAnAnswer: there are no gradients.
    """
    if returned is None:
        raise NotAnAnswer("backprop returns nothing: return the gradients, as in return dW1, db1, dW2, db2")
    if isinstance(returned, tuple | list) and len(returned) > 1 and is_number(held_in(returned[0])):
        own = answer_of(returned)
        return Answer(own.loss, {LOSS: own.loss, **own.gradients})
    if hasattr(returned, "_asdict"):
        returned = returned._asdict()
    if isinstance(returned, dict) and parameters and all(f"d{name}" in returned for name in parameters):
        returned = {f"d{name}": returned[f"d{name}"] for name in parameters}
    found = leaves(returned, integers=True)
    if not found:
        raise NotAnAnswer("backprop returns no gradients")
    return Answer(None, found)


def _is_open(returned: Any) -> bool:
    """Whether something is still to be filled in: lines that were to be completed are handed in as they were shown."""
    parts = returned.values() if isinstance(returned, dict) else returned if isinstance(returned, tuple | list) else ()
    return returned is ... or any(_is_open(part) for part in parts)


def is_number(thing: Any) -> bool:
    """Whether this is a single number without axes."""
    whole = isinstance(thing, int | np.integer) and not isinstance(thing, bool)
    return whole or (is_leaf(thing) and (thing.ndim if is_traced(thing) else np.ndim(thing)) == 0)


def _kind(thing: Any) -> str:
    if isinstance(thing, dict):
        return "a dict"
    return "an array" if is_leaf(thing) and np.ndim(thing) else f"a {type(thing).__name__}"
