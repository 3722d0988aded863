"""What the arrays in a line were, where NumPy refuses to combine them: said in the learner's names, not in NumPy's."""

from __future__ import annotations

import ast
import traceback

from backproof.diagnosis.calls.case import Case, Player
from backproof.replay.places import Expression

MOST_NAMES = 4


def misfit(case: Case, error: BaseException) -> tuple[str, int] | None:
    """The shapes of the arrays in the line where a call has failed, and the line; None where that says nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    if not isinstance(error, ValueError | IndexError) or not frames or frames[-1].lineno is None:
        return None
    file, line = frames[-1].filename, frames[-1].lineno
    if file != str(case.program.path) or _raises(case, line):
        return None
    shapes: dict[Expression, tuple[int, ...]] = {}
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
        if place.line != line or len(shapes) == MOST_NAMES or any(_holds(place, other) for other in shapes):
            break  # what holds another was computed before it: in an earlier turn of a loop
        if place.kind != "store" and record.value.ndim and not any(_holds(other, place) for other in shapes):
            shapes.setdefault(place, record.value.shape)
    if len(shapes) < 2:
        return None
    named = ", ".join(dict.fromkeys(f"{place.text} is {shape}" for place, shape in reversed(shapes.items())))
    return f"the shapes in this line do not fit together: {named}", line


def _holds(one: Expression, other: Expression) -> bool:
    """Whether another stands in it, as ``W`` in ``W.T``."""
    start, end = (one.line, one.column), (one.end_line, one.end_column)
    return one != other and start <= (other.line, other.column) and (other.end_line, other.end_column) <= end


def _raises(case: Case, line: int) -> bool:
    """Whether the learner's own program raises it."""
    return any(isinstance(node, ast.Raise) and node.lineno == line for node in ast.walk(case.program.main.tree))
