"""What ``backprop`` returned, taken apart: the loss, and the gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.diagnosis.calls.leaves import Where, is_leaf, leaves
from backproof.replay.operands import is_traced


class NotAnAnswer(ValueError):
    """What came back is no loss with gradients; the text says what to change."""


@dataclass(frozen=True)
class Answer:
    """A loss and its gradients.

    Attributes:
        loss: one number.
        gradients: every array and number among them, with the way to it.
    """

    loss: Any
    gradients: dict[Where, Any]


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
    loss, *rest = returned
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


def _kind(thing: Any) -> str:
    if isinstance(thing, dict):
        return "a dict"
    return "an array" if is_leaf(thing) and np.ndim(thing) else f"a {type(thing).__name__}"
