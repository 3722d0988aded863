"""``backprop`` for a file that has only its parts: functions that forward, loss and backward are spread over.

The functions are joined by names: what one returns as ``cache`` another takes as ``cache``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backproof.diagnosis.completing.made_up import examples
from backproof.diagnosis.completing.offer import Offer
from backproof.diagnosis.completing.parts import BACK, INITIAL, Part, parts_of
from backproof.diagnosis.completing.sizes import made_by

PARAMETERS = re.compile(r"param|weights$|theta$|model$|net(work)?$", re.IGNORECASE)


def joined(tree: ast.Module) -> Offer | None:
    """A function that calls the file's own functions; None where names do not join them."""
    parts = parts_of(tree)
    back = _chosen([part for part in parts if _is_backward(part)])
    loss = _chosen([part for part in parts if part is not back and part.is_loss and not part.trains])
    if back is None or loss is None:
        return None
    steps = _Steps(tuple(_named(_before(parts, back, loss), back)))
    for name in (*loss.takes, *back.takes):
        steps.provide(name)
    lines = [*steps.lines, f"loss = {loss.name}({', '.join(loss.takes)})"]
    body = "\n".join(f"    {line}" for line in lines)
    text = f"def backprop({', '.join(steps.free)}):\n{body}\n    return loss, {back.name}({', '.join(back.takes)})\n"
    return examples(tree, tuple(steps.free), _made(parts, steps.free)).to(text)


def _is_backward(part: Part) -> bool:
    """Whether it may give the gradients: a slope of one value, or what trains, does not."""
    slope = len(part.takes) < 2 and "deriv" in part.name.lower()
    return bool(BACK.search(part.name) and part.takes and part.gives) and not part.trains and not slope


def _chosen(parts: Sequence[Part]) -> Part | None:
    """The one that takes most of those that no other calls: the others are helpers."""
    roots = [part for part in parts if not any(part.name in other.calls for other in parts if other is not part)]
    return max(roots, key=lambda part: len(part.takes), default=None)


def _before(parts: Sequence[Part], back: Part, loss: Part) -> list[Part]:
    """The parts that may come before the backward one: none that calls it, takes what it gives or makes parameters."""
    gradients = {name for name in back.gives if name}
    return [
        part
        for part in parts
        if part not in (back, loss)
        and back.name not in part.calls
        and gradients.isdisjoint(part.takes)
        and not INITIAL.match(part.name)
        and not part.trains
    ]


def _named(parts: Sequence[Part], back: Part) -> list[Part]:
    """The same parts; what one returns without a name is what only the backward part takes: its cache."""
    taken = {name for part in parts for name in (*part.takes, *part.gives)}
    wanted = [name for name in back.takes if name not in taken]
    named = []
    for part in parts:
        gives = list(part.gives)
        if len(gives) > 1:
            for place in [k for k, given in enumerate(gives) if not given]:
                gives[place] = wanted.pop(0) if wanted else ""
        named.append(part._replace(gives=tuple(gives)))
    return named


@dataclass
class _Steps:
    """Calls one after the other, and the names that none of them gives: the arguments."""

    parts: tuple[Part, ...]
    lines: list[str] = field(default_factory=list)
    free: dict[str, None] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def provide(self, name: str, waiting: tuple[str, ...] = ()) -> None:
        """Write the call that gives a name, after those that give what it takes; without one it becomes an argument."""
        if name in self.known:
            return
        giver = next((p for p in self.parts if name in p.gives and name not in p.takes), None)
        if giver is None or giver.name in waiting:
            self.free[name] = None
            self.known.add(name)
            return
        for taken in giver.takes:
            self.provide(taken, (*waiting, giver.name))
        self.lines.append(
            f"{', '.join(given or '_' for given in giver.gives)} = {giver.name}({', '.join(giver.takes)})"
        )
        self.known.update(given for given in giver.gives if given)


def _made(parts: Sequence[Part], names: Iterable[str]) -> dict[str, str]:
    """Arguments that a function of the file makes: its parameters."""
    found: dict[str, str] = {}
    for name in names:
        for part in parts:
            same = part.gives == (name,) or (bool(PARAMETERS.search(name)) and len(part.gives) == 1)
            if INITIAL.match(part.name) and same and (made := made_by(part, part.name)) is not None:
                found.setdefault(name, made.text)
    return found
