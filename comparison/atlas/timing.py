"""Time beside digits: what the gradient of one formula costs in each engine, and how many digits it has right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from comparison.atlas.adapters import Adapter
from comparison.atlas.answering import BOUND
from comparison.atlas.cells import Cell, Timing
from comparison.atlas.engines_apart import Engine
from comparison.atlas.family import Family
from comparison.atlas.growth import grown
from comparison.atlas.language import Formulation

ROUNDS = 5


class Timed(NamedTuple):
    """What is measured: a formulation in one mode of an engine, any cell of it, and its right digits."""

    engine: Engine
    mode: str
    formulation: Formulation
    cell: Cell
    digits: float


def timings(
    engines: Sequence[Engine],
    families: Sequence[Family],
    cells: Sequence[Cell],
    size: int,
    watch: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> list[Timing]:
    """The formulations that were judged, at arguments of about this many entries.

    All columns and formulations of a function take turns, one gradient each, so that whatever else the machine does
    falls on all alike; nothing else of ours runs meanwhile.
    """
    by_question: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        by_question.setdefault((cell.family, cell.dtype), []).append(cell)
    by_name = {family.name: family for family in families}
    by_engine = {engine.facts.name: engine for engine in engines}
    found: list[Timing] = []
    for number, ((name, dtype), there) in enumerate(by_question.items()):
        watch("times", number, len(by_question))
        arguments = grown(by_name[name], dtype, size)
        if arguments is not None:
            found += _of_a_function(list(_measured(by_engine, by_name[name], there)), arguments)
    return found


def _measured(engines: dict[str, Engine], family: Family, cells: Sequence[Cell]) -> Iterator[Timed]:
    for engine, mode, text in dict.fromkeys((cell.engine, cell.mode, cell.formulation) for cell in cells):
        formulation = next(one for one in family.formulations if one.text == text)
        of_it = [cell for cell in cells if (cell.engine, cell.mode, cell.formulation) == (engine, mode, text)]
        scores = [cell.gradient for cell in of_it if cell.gradient and cell.regime != "edge"]
        if formulation.grows and scores:
            digits = min(0.0 if s.zeros or s.nans or s.infinities else s.worst for s in scores)
            yield Timed(engines[engine], mode, formulation, of_it[0], digits)


def _of_a_function(measured: Sequence[Timed], arguments: Sequence[np.ndarray]) -> list[Timing]:
    turns = [
        [
            one.engine.call(one.cell.dtype, _seconds, one.mode, one.formulation, arguments, one.cell.dtype).result()
            for one in measured
        ]
        for _ in range(ROUNDS + 1)
    ]
    entries = max(a.size for a in arguments)
    return [
        Timing(one.cell.column, one.cell.family, one.cell.formulation, one.cell.dtype, entries,
               _milliseconds(median(turn.warm for turn in later)), _milliseconds(first.cold), one.digits)
        for one, (first, *later) in zip(measured, zip(*turns, strict=True), strict=True)
    ]  # fmt: skip


def _milliseconds(seconds: float) -> float:
    return float(f"{seconds * 1000:.3g}")


class _Turn(NamedTuple):
    """Seconds of the first gradient at new arguments, and of the second."""

    cold: float
    warm: float


def _seconds(
    adapter: Adapter, mode: str, formulation: Formulation, arguments: Sequence[np.ndarray], dtype: str
) -> _Turn:
    run = adapter.gradient(BOUND.of(adapter, formulation), arguments, dtype, mode)
    began = time.perf_counter()
    run()
    between = time.perf_counter()
    run()
    return _Turn(between - began, time.perf_counter() - between)
