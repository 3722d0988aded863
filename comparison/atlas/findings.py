"""The bad cells of each column, the worst first, each with what keeps the digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comparison.atlas.cells import Cell, Finding
from comparison.atlas.severity import worst

WORST = 10  # of each column, in the table


def findings(cells: Sequence[Cell]) -> list[Finding]:
    """For each formulation that is bad in a column, the worst of its cells; by column, the worst first."""
    there: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        there.setdefault(_place(cell), []).append(cell)
    found = []
    for column in columns(cells):
        for cell in worst(one for one in cells if one.column == column):
            keeps = max(_keeping(there[_place(cell)]), key=_quality, default=None)
            text, digits = (keeps.formulation, keeps.gradient.worst) if keeps and keeps.gradient else ("", 0.0)
            found.append(Finding(cell, text, digits))
    return found


def columns(cells: Sequence[Cell]) -> list[str]:
    """The columns, in order."""
    return list(dict.fromkeys(cell.column for cell in cells))


def ten_worst(found: Sequence[Finding], column: str) -> list[Finding]:
    """The worst of a column, one of each family."""
    first: dict[str, Finding] = {}
    for finding in found:
        if finding.cell.column == column:
            first.setdefault(finding.cell.family, finding)
    return list(first.values())[:WORST]


def _place(cell: Cell) -> tuple[str, ...]:
    return cell.column, cell.family, cell.dtype, cell.regime


def _keeping(cells: Sequence[Cell]) -> Iterator[Cell]:
    """The formulations that are not bad."""
    return (cell for cell in cells if cell.gradient and not cell.is_bad)


def _quality(cell: Cell) -> tuple[float, float]:
    return (cell.gradient.worst, cell.gradient.median) if cell.gradient else (0.0, 0.0)
