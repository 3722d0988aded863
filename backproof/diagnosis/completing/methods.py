"""``backprop`` for a class whose methods give the loss and the gradients."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from backproof.diagnosis.completing.made_up import DATA, LABELS, SAMPLES, examples
from backproof.diagnosis.completing.offer import Offer
from backproof.diagnosis.completing.parts import BACK, LOSS, VALUE, Part, parts_of
from backproof.diagnosis.completing.sizes import IMAGES, INPUTS, OUTPUTS, Made, made_by

_CHECKS = re.compile(r"numer|check|approx|deriv|prime|step|update|train|fit|batch", re.IGNORECASE)
_FORWARD = re.compile(r"forward|predict|output", re.IGNORECASE)
_BEFORE = re.compile(r"(nabla|delta|grads?|d)_?(?=\w)")  # what stands before a parameter's name


class _Call(NamedTuple):
    """The lines of ``backprop``, what it takes besides the network, and whether it is of a single sample."""

    lines: tuple[str, ...]
    takes: tuple[str, ...]
    one: bool = False


def built(tree: ast.Module) -> Offer | None:
    """For the last class of a file that has such methods; None where there is none, or its sizes are not known."""
    for node in reversed(tree.body):
        if isinstance(node, ast.ClassDef):
            methods = parts_of(node)
            made = made_by(next((p for p in methods if p.name == "__init__"), None), node.name, skip=1)
            call = _whole(methods) or _apart(node, methods)
            if made is not None and call is not None:
                body = "\n".join(f"    {line}" for line in call.lines)
                text = f"def backprop(net, {', '.join(call.takes)}):\n{body}\n"
                return examples(tree, ("net", *call.takes), _arguments(call, made)).to(text)
    return None


def _arguments(call: _Call, made: Made) -> dict[str, str]:
    """The network; images or a single sample, where that is what it takes."""
    found = {"net": made.text}
    for name in call.takes:
        if made.images and DATA.match(name):
            found[name] = f"rng.normal(size={(SAMPLES, *IMAGES)})"
        elif call.one and DATA.match(name):
            found[name] = f"rng.normal(size={(INPUTS, 1)})"
        elif call.one and LABELS.match(name):
            found[name] = f"np.eye({OUTPUTS})[:, :1]"
    return found


def _whole(methods: Sequence[Part]) -> _Call | None:
    """One method returns the loss and the gradients."""
    for part in methods:
        if len(part.gives) == 2 and VALUE.match(part.gives[0]) and len(part.takes) > 1:
            labels, strengths = _optional(part)
            arguments = (*part.takes[1:], *labels)
            given = ", ".join([*arguments, *(f"{strength}=0.1" for strength in strengths)])
            return _Call((f"return net.{part.name}({given})",), arguments)
    return None


def _optional(part: Part) -> tuple[list[str], list[str]]:
    """The labels, whose default is None, and strengths of 0.0, as of a regulariser, that would hide a mistake."""
    values = [(name, default.value) for name, default in part.optional if isinstance(default, ast.Constant)]
    return [a for a, v in values if v is None][:1], [a for a, v in values if type(v) is float and v == 0]


def _apart(node: ast.ClassDef, methods: Sequence[Part]) -> _Call | None:
    """One method returns the gradients, another the loss of the same arguments."""
    usable = [part for part in methods if not _CHECKS.search(part.name) and part.gives]
    for back in usable:
        takes = back.takes[1:]
        if not BACK.search(back.name) or not any(map(DATA.match, takes)) or not any(map(LABELS.match, takes)):
            continue
        loss = next((p for p in usable if LOSS.search(p.name) and p.is_loss and set(p.takes[1:]) <= set(takes)), None)
        one = any(name.startswith("nabla") for name in back.gives)
        first = f"loss = net.{loss.name}({', '.join(loss.takes[1:])})" if loss else _open(methods, takes)
        call = f"net.{back.name}({', '.join(takes)})"
        if len(back.gives) == 1:
            return _Call((first, f"return loss, {call}"), takes, one)
        held = _attributes(node)
        named = [(next((a for a in held if a.startswith(_BEFORE.sub("", g, 1))), ""), g) for g in back.gives]
        if all(g and a for a, g in named):
            gradients = ", ".join(f'"{attribute}": {given}' for attribute, given in named)
            return _Call((first, f"{', '.join(back.gives)} = {call}", f"return loss, {{{gradients}}}"), takes, one)
        return _Call((first, f"return loss, *{call}"), takes, one)
    return None


def _open(methods: Sequence[Part], takes: Sequence[str]) -> str:
    """A line for the loss, to be filled in."""
    forward = next((p.name for p in methods if _FORWARD.search(p.name) and len(p.takes) == 2), "forward")
    x, y = (next(filter(words.match, takes), "x") for words in (DATA, LABELS))
    return f"loss = ...  # your own, for instance 0.5 * np.sum((net.{forward}({x}) - {y}) ** 2)"


def _attributes(node: ast.ClassDef) -> list[str]:
    """What its methods keep on ``self``."""
    found = [
        target.attr
        for target in ast.walk(node)
        if isinstance(target, ast.Attribute)
        and isinstance(target.ctx, ast.Store)
        and isinstance(target.value, ast.Name)
        and target.value.id == "self"
    ]
    return list(dict.fromkeys(found))
