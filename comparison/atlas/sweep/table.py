"""The sweeps as a table: a row for each function and type, the worst first."""

from __future__ import annotations

from tabulate import tabulate

from comparison.atlas.sweep.measuring import Sweep
from comparison.atlas.sweep.run import Sweeps


def render(sweeps: Sweeps) -> str:
    """What the command prints."""
    parts = []
    for column in dict.fromkeys((sweep.engine, sweep.mode) for sweep in sweeps.sweeps):
        there = [sweep for sweep in sweeps.sweeps if (sweep.engine, sweep.mode) == column and not sweep.refused]
        lacking = sorted({s.function for s in sweeps.sweeps if (s.engine, s.mode) == column and s.refused})
        head = f"{column[0]} {sweeps.versions[column[0]]}, {column[1]}: derivatives in units in the last place"
        names = ["function", "type", "judged", "median", "worst", "at", "0", "NaN", "inf", "first at"]
        table = tabulate([_row(sweep) for sweep in sorted(there, key=_order)], names, disable_numparse=True)
        parts.append(f"{head}\n{table}" + (f"\nnot there: {', '.join(lacking)}" if lacking else ""))
    parts.append(f"the truth: {sweeps.rate:.0f} derivatives a second (Arb)")
    return "\n\n".join(parts)


def _order(sweep: Sweep) -> tuple[bool, float]:
    return (not (sweep.zeros + sweep.nans + sweep.infinities), -sweep.worst)


def _row(sweep: Sweep) -> list[str]:
    numbers = [str(count or "") for count in (sweep.zeros, sweep.nans, sweep.infinities)]
    return [sweep.function, sweep.dtype, str(sweep.judged), f"{sweep.median:.2f}", f"{sweep.worst:.3g}",
            _at(sweep.worst_at), *numbers, _at(sweep.first_broken)]  # fmt: skip


def _at(arguments: tuple[float, ...]) -> str:
    return ", ".join(f"{a:.6g}" for a in arguments)
