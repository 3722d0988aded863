"""Where things stand in the drawing: the way forward from left to right, and under each thing its derivative.

Arguments stand above the variable that uses them first, and their gradients below, in the same column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from lessons.stepping.walk import Variable, Walk

LETTER, HEIGHT = 8.6, 28  # the width of a letter, at 15 px; the height of a box
BESIDE, GAP, BETWEEN, EDGE = 20, 6, 34, 10  # from column to column, in a stack, from row to row, and to the edge
LONGEST = 12  # letters of a name

Kind = Literal["argument", "forward", "backward", "gradient"]
KINDS: tuple[Kind, ...] = ("argument", "forward", "backward", "gradient")


class Box(msgspec.Struct, frozen=True):
    """An argument or a variable: its name, what it is, its middle and its width."""

    name: str
    kind: Kind
    x: float
    y: float
    width: float


class Drawing(msgspec.Struct, frozen=True):
    """All boxes, the arguments first, then the variables in their order; and the size of it all."""

    boxes: list[Box]
    width: float
    height: float


def drawing(walk: Walk) -> Drawing:
    """Where the arguments and variables of a walk stand."""
    names = [*walk.arguments, *(one.name for one in walk.variables)]
    kinds: list[Kind] = [*("argument" for _ in walk.arguments), *map(_kind, walk.variables)]
    columns = _columns(walk)
    widths = [min(len(name), LONGEST) * LETTER + 18 for name in names]
    cells = _cells(kinds, columns)
    middles, tops = _middles(cells, widths), _tops(cells)
    boxes: dict[int, Box] = {}
    for (kind, column), rows in cells.items():
        # A stack of arguments stands on the row below it, the others hang from above.
        first = _most(cells, kind) - len(rows) if kind == "argument" else 0
        for place, row in enumerate(rows, first):
            left = middles[column] + _aside(rows, widths) * (2 * rows.index(row) - 1) - _width(row, widths) / 2
            for k in row:
                y = tops[kind] + place * (HEIGHT + GAP) + HEIGHT / 2
                boxes[k] = Box(_short(names[k]), kind, left + widths[k] / 2, y, widths[k])
                left += widths[k] + GAP
    last = KINDS[-1]
    height = tops[last] + _most(cells, last) * (HEIGHT + GAP) - GAP + EDGE
    width = max(box.x + box.width / 2 for box in boxes.values()) + EDGE
    return Drawing([boxes[k] for k in range(len(names))], width, height)


Cells = Mapping[tuple[Kind, int], Sequence[Sequence[int]]]  # by kind and column: rows of boxes, by their positions


def _cells(kinds: Sequence[Kind], columns: Sequence[int]) -> Cells:
    found: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for k, of in enumerate(zip(kinds, columns, strict=True)):
        found[of].append(k)
    abreast = {of: 2 if len(several) > 2 else 1 for of, several in found.items()}
    return {
        of: [several[k : k + abreast[of]] for k in range(0, len(several), abreast[of])] for of, several in found.items()
    }


def _width(row: Sequence[int], widths: Sequence[float]) -> float:
    return sum(widths[k] for k in row) + GAP * (len(row) - 1)


def _kind(variable: Variable) -> Kind:
    if variable.forward:
        return "forward"
    return "gradient" if isinstance(variable.of, str) else "backward"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _columns(walk: Walk) -> list[int]:
    """The column of each argument and variable: a way forward has one for each of its variables."""
    forward = [k for k, one in enumerate(walk.variables) if one.forward]
    found: dict[int | str, int] = {k: column for column, k in enumerate(forward)}
    for name in walk.arguments:
        users = [found[step.variable] for step in walk.steps if name in step.uses and step.variable in found]
        found[name] = min(users, default=0)
    for k, one in enumerate(walk.variables):
        if not one.forward and one.of is not None:
            found[k] = found[one.of]
    for k in range(len(walk.variables)):
        if k not in found:  # a derivative of nothing stands where it is used, or where it comes from
            found[k] = next((found[other] for other in _neighbours(walk, k) if other in found), 0)
    return [*(found[name] for name in walk.arguments), *(found[k] for k in range(len(walk.variables)))]


def _neighbours(walk: Walk, variable: int) -> Iterator[int]:
    """The variables of the way back that use one, then all that it was computed from."""
    for step in walk.steps:
        of = {walk.steps[one].variable for one in step.uses if isinstance(one, int)}
        if variable in of and step.variable != variable:
            yield step.variable
    for step in walk.steps:
        if step.variable == variable:
            yield from (walk.steps[one].variable for one in reversed(step.uses) if isinstance(one, int))


def _aside(rows: Sequence[Sequence[int]], widths: Sequence[float]) -> float:
    """How far two rows of as many boxes are moved apart, so that a line to the farther row passes the nearer one."""
    if len(rows) != 2 or len(rows[0]) != len(rows[1]):
        return 0.0
    return max(widths[k] for row in rows for k in row) / 4 + GAP / 2


def _middles(cells: Cells, widths: Sequence[float]) -> dict[int, float]:
    found, left = {}, float(EDGE)
    for column in sorted({column for _, column in cells}):
        stacks = [rows for (_, other), rows in cells.items() if other == column]
        widest = max(_width(row, widths) + 2 * _aside(rows, widths) for rows in stacks for row in rows)
        found[column] = left + widest / 2
        left += widest + BESIDE
    return found


def _most(cells: Cells, kind: Kind) -> int:
    return max((len(rows) for (other, _), rows in cells.items() if other == kind), default=0)


def _tops(cells: Cells) -> dict[Kind, float]:
    found: dict[Kind, float] = {}
    top = float(EDGE)
    for kind in KINDS:
        found[kind] = top
        top += _most(cells, kind) * (HEIGHT + GAP) - GAP + BETWEEN
    return found
