"""Time beside digits, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tabulate import tabulate

from comparison.atlas.cells import Timing

_WIDTHS = [20, 50]


def render(times: Sequence[Timing]) -> str:
    """What the command prints: for each type a row for each formulation; then what the first gradients cost."""
    parts = [_of_type([one for one in times if one.dtype == dtype]) for dtype in dict.fromkeys(t.dtype for t in times)]
    return "\n\n".join(parts) if parts else "Nothing was timed: these formulas name single entries, and cannot grow."


def _of_type(times: Sequence[Timing]) -> str:
    columns = list(dict.fromkeys(one.column for one in times))
    cells = {(t.family, t.formulation, t.column): f"{t.milliseconds:.3g} ({t.digits:.0f})" for t in times}
    rows = [
        [
            family,
            text.replace("\n", "; "),
            f"{entries:,}",
            *(cells.get((family, text, column), "") for column in columns),
        ]
        for family, text, entries in dict.fromkeys((t.family, t.formulation, t.entries) for t in times)
    ]
    names = ["function", "formulation", "entries", *columns]
    widths = [*_WIDTHS, *[None] * (len(names) - len(_WIDTHS))]
    table = tabulate(rows, names, maxcolwidths=widths, disable_numparse=True)
    first = ", ".join(
        f"{column} {median(t.first_milliseconds for t in times if t.column == column):.3g} ms" for column in columns
    )
    return (
        f"Milliseconds of a gradient in {times[0].dtype} (right digits at the worst)\n{table}\n"
        f"The first gradient, compilation included, in the middle: {first}"
    )
