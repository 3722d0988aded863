"""Which of two bad cells is the worse."""

from __future__ import annotations

from collections.abc import Iterable

from comparison.atlas.arguments import REGIMES
from comparison.atlas.cells import Cell
from comparison.atlas.types_of_numbers import TYPES


def worst(cells: Iterable[Cell]) -> list[Cell]:
    """The worst cell of each formulation that is bad anywhere in a column, the worst of all first."""
    first: dict[tuple[str, str, str], Cell] = {}
    for cell in sorted((cell for cell in cells if cell.is_bad), key=severity):
        first.setdefault((cell.column, cell.family, cell.formulation), cell)
    return list(first.values())


def severity(cell: Cell) -> tuple[float, ...]:
    """What sorts bad cells, the worst first.

    What still has half of its digits comes last. Ordinary arguments come before large, small and cancelling ones, and
    these before edges; then no numbers before zeros, and zeros before lost digits; then an engine's own function before
    a formula, and the larger type first.
    """
    score = cell.gradient
    assert score is not None
    extreme = {"ordinary": 0, "edge": 2}.get(cell.regime, 1)
    kind = 0 if score.nans else 1 if score.infinities else 2 if score.zeros else 3
    lost = score.worst / TYPES[cell.dtype].digits if kind == 3 else 0.0
    place = REGIMES.index(cell.regime)
    return (lost > 0.5, extreme, kind, round(lost, 1), not cell.own, place, -TYPES[cell.dtype].bits)
