"""What the arrays in a line were, where NumPy refuses to combine them: said in the learner's names, not in NumPy's."""

from __future__ import annotations

import ast
import traceback

from backproof.diagnosis.calls.case import Case, Player

MOST_NAMES = 4


def misfit(case: Case, error: BaseException) -> tuple[str, int] | None:
    """The shapes of the arrays in the line where a call has failed, and the line; None where that says nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    if not isinstance(error, ValueError | IndexError) or not frames or frames[-1].lineno is None:
        return None
    file, line = frames[-1].filename, frames[-1].lineno
    if file != str(case.program.path) or _raises(case, line):
        return None
    shapes: dict[str, tuple[int, ...]] = {}
    try:
        with Player(case, only=None, keep=True) as player:
            try:
                player.call()
            except Exception:
                records = player.world.records
            else:
                return None
    except Exception:
        return None
    for record in reversed(records):
        place = case.program.expressions[record.key]
        if place.line != line or len(shapes) == MOST_NAMES:
            break
        if place.kind == "load" and record.value.ndim:
            shapes.setdefault(place.text, record.value.shape)
    if len(shapes) < 2:
        return None
    named = ", ".join(f"{name} is {shape}" for name, shape in reversed(shapes.items()))
    return f"the shapes in this line do not fit together: {named}", line


def _raises(case: Case, line: int) -> bool:
    """Whether the learner's own program raises it."""
    return any(isinstance(node, ast.Raise) and node.lineno == line for node in ast.walk(case.program.main.tree))
