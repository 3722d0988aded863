"""How far an engine's derivatives are from the true ones, in units in the last place."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import numpy as np
from flint import arb, ctx

from comparison.atlas.adapters import Adapter
from comparison.atlas.known import Known
from comparison.atlas.sweep.functions import Swept
from comparison.atlas.types_of_numbers import FloatType

BITS = 160  # of Arb: enough for a derivative that cancels a third of them
STRIPS = 64  # into which the arguments are divided, by rank


class Strip(msgspec.Struct, frozen=True):
    """Arguments next to each other: the first, and the worst ulps; none where nothing is ordinary there.

    Attributes:
        broken: how many are NaN, infinite, or 0 where the truth is not.
    """

    start: float
    ulps: float | None
    broken: int


class Sweep(msgspec.Struct, frozen=True):
    """A function's derivative in one engine, mode and type.

    Attributes:
        judged: at how many the true derivative is an ordinary number.
        median, worst: in units in the last place of the truth; where a number is broken, it does not count.
        worst_at: its arguments.
        zeros, nans, infinities: how many, and first_broken: the smallest argument of them.
    """

    engine: str
    version: str
    mode: str
    function: str
    dtype: str
    judged: int
    median: float
    worst: float
    worst_at: tuple[float, ...]
    zeros: int
    nans: int
    infinities: int
    first_broken: tuple[float, ...]
    strips: list[Strip]
    refused: str = ""


def truth(swept: Swept, arguments: Sequence[np.ndarray]) -> tuple[Known, float]:
    """The true derivatives, and how many of them were computed in a second."""
    began = time.perf_counter()
    with ctx.workprec(BITS):
        rows = zip(*(a.tolist() for a in arguments), strict=True)
        values = [swept.derivative(*map(arb, row)) for row in rows]
        known = Known.of_arb(values, arguments[0].shape)
    return known, len(values) / (time.perf_counter() - began)


def sweep(
    adapter: Adapter, mode: str, swept: Swept, dtype: FloatType, arguments: Sequence[np.ndarray], known: Known
) -> Sweep:
    """One function in one engine."""
    facts = (adapter.name, adapter.version, mode, swept.name, dtype.name)
    try:
        function = swept.formulation.bound(adapter.namespace)
        with np.errstate(all="ignore"):
            _, gradients = adapter.plain(adapter.gradient(function, arguments, dtype.name, mode)())
    except Exception as error:  # whatever an engine raises is what it says
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return Sweep(*facts, 0, 0.0, 0.0, (), 0, 0, 0, (), [], said)
    return _measured(facts, gradients[0], dtype, arguments, known)


def _measured(
    facts: tuple[str, str, str, str, str], given: np.ndarray, kind: FloatType, arguments: Sequence[np.ndarray],
    known: Known,
) -> Sweep:  # fmt: skip
    ordinary, error = known.ordinary(kind) & (known.hi != 0), known.error(given)
    zero = ordinary & (given == 0) & (error > 0)  # at a kink, 0 may be right
    nan, infinite = ordinary & np.isnan(given), ordinary & np.isinf(given)
    broken = zero | nan | infinite
    counted = ordinary & ~broken
    with np.errstate(all="ignore"):
        ulps = np.where(counted, error / kind.spacing(np.where(ordinary, known.hi, 1.0)), -1.0)
    worst = int(np.argmax(ulps))
    sizes = np.where(broken, np.abs(arguments[0]), np.inf)
    first = int(np.argmin(sizes))

    def at(place: int) -> tuple[float, ...]:
        return tuple(float(a[place]) for a in arguments)

    return Sweep(
        *facts, int(ordinary.sum()), round(float(np.median(ulps[counted])), 3) if counted.any() else 0.0,
        float(f"{max(ulps[worst], 0.0):.4g}"), at(worst) if counted.any() else (), int(zero.sum()), int(nan.sum()),
        int(infinite.sum()), at(first) if broken.any() else (),
        [_strip(places, arguments[0], ulps, broken) for places in np.array_split(np.arange(len(given)), STRIPS)],
    )  # fmt: skip


def _strip(places: np.ndarray, x: np.ndarray, ulps: np.ndarray, broken: np.ndarray) -> Strip:
    most = float(ulps[places].max(initial=-1.0))
    return Strip(float(x[places[0]]), float(f"{most:.4g}") if most >= 0 else None, int(broken[places].sum()))
