"""Tables for a terminal: what is wider than it goes on below, with the first columns again."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

WIDTH = 80


def table(rows: Sequence[Sequence[str]], headers: Sequence[str], first: int = 1) -> str:
    """The rows under their headers, in as many tables as it takes for none to be wider than WIDTH.

    Args:
        first: how many columns each table begins with; the first of all is aligned to the left.
    """
    begin = tuple(range(first))
    parts: list[tuple[int, ...]] = [begin]
    for column in range(first, len(headers)):
        longer = (*parts[-1], column)
        fits = max(map(len, _one(rows, headers, longer).splitlines())) <= WIDTH
        if fits or parts[-1] == begin:
            parts[-1] = longer
        else:
            parts.append((*begin, column))
    return "\n\n".join(_one(rows, headers, part) for part in parts)


def _one(rows: Sequence[Sequence[str]], headers: Sequence[str], columns: Sequence[int]) -> str:
    align = ("left",) + ("right",) * (len(columns) - 1)
    cells, names = [[row[column] for column in columns] for row in rows], [headers[column] for column in columns]
    return tabulate(cells, names, tablefmt="simple", colalign=align if rows else None, disable_numparse=True)
