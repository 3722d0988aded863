"""``backprop`` for a file that has it under another name: a function that gives the loss and the gradients itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from backproof.diagnosis.completing.made_up import examples
from backproof.diagnosis.completing.offer import Offer
from backproof.diagnosis.completing.parts import VALUE, parts_of

_LOSS = re.compile(r"(\w*_)?(loss|cost|error|J|L)$", re.IGNORECASE)
_GRADIENT = re.compile(r"(d|grads?|gradients?|nabla|delta)_?\w*$", re.IGNORECASE)


def whole(tree: ast.Module) -> Offer | None:
    """A function that calls the one that gives a loss beside gradients; None without one."""
    found = [part for part in parts_of(tree) if _place_of_loss(part.gives) is not None and not part.trains]
    if not found:
        return None
    part = found[-1]
    place, called = _place_of_loss(part.gives), f"{part.name}({', '.join(part.takes)})"
    gradients = [name for k, name in enumerate(part.gives) if k != place]
    body = [f"return {called}"]
    if place:
        loss = part.gives[place]
        body = [f"{', '.join(part.gives)} = {called}", f"return {', '.join([loss, *gradients])}"]
    text = "".join(f"    {line}\n" for line in body)
    return examples(tree, part.takes).to(f"def backprop({', '.join(part.takes)}):\n{text}")


def _place_of_loss(gives: Sequence[str]) -> int | None:
    """The place of the loss among what is returned, if all else are gradients."""
    places = [k for k, name in enumerate(gives) if VALUE.match(name) or _LOSS.match(name)]
    if len(places) != 1 or len(gives) < 2:
        return None
    others = [name for k, name in enumerate(gives) if k != places[0]]
    return places[0] if all(_GRADIENT.match(name) for name in others) else None
