"""``backprop`` for a function that takes a step and returns nothing: with a rate of 1 the step is the gradient."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from backproof.diagnosis.completing.made_up import BIASES, COUNTS, DATA, LABELS, WEIGHTS, examples
from backproof.diagnosis.completing.offer import Offer
from backproof.diagnosis.completing.parts import Part, parts_of

_RATE = re.compile(r"(l_?r|.*rate|alpha|eta|step_?size)$", re.IGNORECASE)
_ACTIVATIONS = {"maximum": "np.maximum({}, 0)", "tanh": "np.tanh({})", "relu": "relu({})", "sigmoid": "sigmoid({})"}


def stepped(tree: ast.Module) -> Offer | None:
    """For the function of a file that steps with most parameters; None where there is none."""
    parts = parts_of(tree)
    found = [part for part in parts if not part.gives and _rate(part) and _parameters(part) and _of(part, DATA)]
    step = max(found, key=lambda part: len(_parameters(part)), default=None)
    if step is None:
        return None
    parameters = _parameters(step)
    takes = tuple(name for name in step.takes if not (_RATE.match(name) or COUNTS.match(name)))
    new = {name: f"new_{name}" for name in parameters}
    given = [new.get(name, name) for name in takes]
    counts = [name for name in _names(step) if COUNTS.match(name)]
    given += [f"{_rate(step)}=1", *(f"{name}=len({_of(step, DATA)})" for name in counts)]
    steps = ", ".join(f'"{name}": {name} - {new[name]}' for name in parameters)
    text = (
        f"def backprop({', '.join(takes)}):\n"
        f"    loss = {_loss(parts, step)}\n"
        f"    {', '.join(new.values())} = {', '.join(f'{name}.copy()' for name in parameters)}\n"
        f"    {step.name}({', '.join(given)})\n"
        f"    return loss, {{{steps}}}\n"
    )
    return examples(tree, takes).to(text)


def _names(part: Part) -> list[str]:
    return [*part.takes, *(name for name, _ in part.optional)]


def _rate(part: Part) -> str:
    return next(filter(_RATE.match, _names(part)), "")


def _of(part: Part, words: re.Pattern[str]) -> str:
    return next(filter(words.match, part.takes), "")


def _parameters(part: Part) -> list[str]:
    return [name for name in part.takes if WEIGHTS.match(name) or BIASES.match(name)]


def _loss(parts: Sequence[Part], step: Part) -> str:
    """The file's own loss of what the parameters give; dots where it is not clear what comes between them."""
    own = next((part for part in parts if part.is_loss and len(part.takes) == 2), None)
    between = [text for name, text in _ACTIVATIONS.items() if name in step.calls]
    weights = [name for name in step.takes if WEIGHTS.match(name)]
    biases = [name for name in step.takes if BIASES.match(name)]
    if own is None or len(biases) not in (0, len(weights)) or (len(weights) > 1 and len(between) != 1):
        return "...  # your own, of the parameters as they are before the step"
    scores = _of(step, DATA)
    for k, weight in enumerate(weights):
        scores = f"{between[0].format(scores) if k else scores} @ {weight}"
        scores = f"{scores} + {biases[k]}" if biases else scores
    return f"{own.name}({scores}, {_of(step, LABELS) or 'y'})"
