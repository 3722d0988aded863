"""What one engine makes of what it is asked: a cell for every formulation and regime."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from comparison.atlas.adapters import Adapter, Numbers
from comparison.atlas.arguments import Call
from comparison.atlas.asking import Asked
from comparison.atlas.cells import Cell
from comparison.atlas.judging import agreement, judged
from comparison.atlas.language import Formulation
from comparison.atlas.types_of_numbers import TYPES


def cells(adapter: Adapter, modes: Sequence[str], asked: Asked) -> list[Cell]:
    """The cells of the formulations whose functions the engine has, in these modes."""
    return [
        cell
        for formulation in asked.formulations
        if formulation.functions <= set(adapter.namespace)
        for regime in asked.calls
        for cell in _cells(adapter, modes, asked, formulation, regime)
    ]


def _cells(
    adapter: Adapter, modes: Sequence[str], asked: Asked, formulation: Formulation, regime: str
) -> Iterator[Cell]:
    calls, kind = asked.calls[regime], TYPES[asked.dtype]
    given: dict[str, list[Numbers]] = {}
    for mode in dict.fromkeys(("eager", *modes)):
        cell = Cell(
            adapter.name, adapter.version, mode, asked.family, formulation.text, formulation.is_own, asked.dtype, regime
        )
        try:
            given[mode] = numbers(adapter, formulation, calls, asked.dtype, mode)
        except Exception as error:  # whatever an engine raises is what it says
            said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            found = msgspec.structs.replace(cell, refused=said)
        else:
            both = mode != "eager" and "eager" in given
            apart = agreement(given["eager"], given[mode], kind) if both else None
            found = msgspec.structs.replace(_judged(cell, given[mode], asked), apart=apart)
        if mode in modes:
            yield found


def _judged(cell: Cell, given: Sequence[Numbers], asked: Asked) -> Cell:
    calls, truths = asked.calls[cell.regime], asked.truths[cell.regime]
    value, gradient, worst = judged(given, truths, asked.held, TYPES[asked.dtype])
    at: tuple[tuple[float, ...], ...] = ()
    if worst is not None:
        call, entry = calls[worst[0]], worst[1]
        at = tuple((float(a[entry]),) if asked.elementwise else tuple(a.ravel().tolist()) for a in call)
    means = "replay and Arb" if any(truth.means != "replay" for truth in truths) else "replay"
    return msgspec.structs.replace(cell, value=value, gradient=gradient, worst_at=at, means=means)


class _Bound:
    """The functions that formulations are in an engine's arrays: one object for each, as compilers want it."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Adapter, dict[Formulation, Callable]] = WeakKeyDictionary()

    def of(self, adapter: Adapter, formulation: Formulation) -> Callable:
        made = self._made.setdefault(adapter, {})
        if formulation not in made:
            made[formulation] = formulation.bound(adapter.namespace)
        return made[formulation]


BOUND = _Bound()


def numbers(adapter: Adapter, formulation: Formulation, calls: Sequence[Call], dtype: str, mode: str) -> list[Numbers]:
    """What an engine makes of a formulation at each call.

    Raises:
        Exception: whatever the engine raises.
    """
    function = BOUND.of(adapter, formulation)
    with np.errstate(all="ignore"):
        return [adapter.plain(adapter.gradient(function, call, dtype, mode)()) for call in calls]
