"""A program of PyTorch's or JAX's as it runs with the library itself: its digits, and those of automatic gradients.

Replay has stand-ins for these libraries, with double precision; what they lose, and what their own differentiation
gives, only they can say.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Sequence

import numpy as np

from backproof.diagnosis.calls.case import Case, FloatCall, Player
from backproof.diagnosis.calls.leaves import leaves_as_they_are, spelled
from backproof.diagnosis.report import Remark
from backproof.diagnosis.verdict.judging import Judgement, digits_of
from backproof.replay.foreign.living import numbers_in
from backproof.replay.loading import Program

LIBRARIES = {"torch": "PyTorch", "jax": "JAX"}


def as_it_runs(case: Case, calls: Sequence[FloatCall], judged: Judgement) -> tuple[list[FloatCall], list[Remark]]:
    """The same calls with the library itself, where it is installed; what its own gradients are, at the first.

    Args:
        judged: the first call's true gradients.
    """
    library = library_of(case.program)
    if library is None:
        return [*calls], []
    found: list[FloatCall] = []
    remarks: list[Remark] = []
    try:
        with Player(case, real=True) as player:
            for call in calls:
                made = player.call(call.arguments)
                made.answer()
                if not found:
                    remarks = _own_gradients(made, judged, LIBRARIES[library])
                found.append(made)
    except Exception as error:
        said = f"with {LIBRARIES[library]} itself the program fails: {type(error).__name__}: {error}"
        return [*calls], [Remark("library", None, said)]
    return found, remarks


def library_of(program: Program) -> str | None:
    """The library with stand-ins that the program imports, where it is installed."""
    return next((name for name in sorted(_imported(program)) if importlib.util.find_spec(name)), None)


def _imported(program: Program) -> set[str]:
    """The libraries that have stand-ins among those that the program imports."""
    names: set[str] = set()
    for tree in program.trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(str(node.module).partition(".")[0])
    return names & set(LIBRARIES)


def _own_gradients(call: FloatCall, judged: Judgement, library: str) -> list[Remark]:
    """What automatic differentiation left in the parameters."""
    parameters = leaves_as_they_are(call.handed)
    returned = list(leaves_as_they_are(call.returned).values())
    said = []
    for one in judged.gradients:
        own = getattr(parameters.get(one.pair.parameter), "grad", None)
        numbers = numbers_in(own) if own is not None else None
        if numbers is None or any(own is other for other in returned):
            continue
        if numbers.shape != one.true.shape:
            continue
        digits = int(digits_of(np.asarray(numbers, np.float64), one.true))
        said.append(f"{spelled(one.pair.parameter)}.grad to {digits}")
    if not said:
        return []
    return [Remark("automatic", None, f"{library}'s own gradients are right, in digits: {', '.join(said)}")]
