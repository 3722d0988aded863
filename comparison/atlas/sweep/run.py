"""A run of the sweeps: the truth once for each function and type, then every engine at the same arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from importlib import metadata

import msgspec
import numpy as np

from comparison.atlas.adapters import Adapter
from comparison.atlas.engines_apart import Engine, engines_apart
from comparison.atlas.known import Known
from comparison.atlas.run import NothingToAsk
from comparison.atlas.sweep.bit_patterns import arguments
from comparison.atlas.sweep.functions import SWEPT, Swept
from comparison.atlas.sweep.measuring import Sweep, sweep, truth
from comparison.atlas.types_of_numbers import TYPES

_AHEAD = 16  # so many sweeps wait for their engines at most, each with its arguments: a million of them are 40 MB


class Sweeps(msgspec.Struct, frozen=True):
    """All of them.

    Attributes:
        rate: true derivatives a second.
    """

    versions: dict[str, str]
    rate: float
    sweeps: list[Sweep]


def run(
    names: Sequence[str],
    dtypes: Sequence[str],
    swept: Sequence[Swept],
    count: int,
    watch: Callable[[str, int, int], None],
) -> Sweeps:
    """The sweeps of these engines.

    Args:
        count: arguments of a type that has too many numbers to ask at all of them.

    Raises:
        NotThere: an engine is not known or not installed.
    """
    waiting: list[Future[Sweep]] = []
    seconds, computed = 0.0, 0
    with engines_apart(names) as engines:
        for number, (function, dtype) in enumerate((function, dtype) for function in swept for dtype in dtypes):
            watch("truth", number, len(swept) * len(dtypes))
            wait(waiting[:-_AHEAD])
            given = arguments(TYPES[dtype], count, "y" in function.formulation.arguments)
            known, rate = truth(function, given)
            seconds, computed = seconds + len(known.hi) / rate, computed + len(known.hi)
            for engine in engines:
                waiting += _asked(engine, function, dtype, (given, known))
        found = []
        for number, future in enumerate(waiting):
            watch("engines", number, len(waiting))
            found.append(future.result())
        versions = {engine.facts.name: engine.facts.version for engine in engines}
    versions["python-flint"] = metadata.version("python-flint")
    return Sweeps(versions, round(computed / max(seconds, 1e-9)), found)


def _asked(engine: Engine, function: Swept, dtype: str, at: tuple) -> list[Future[Sweep]]:
    if dtype not in engine.facts.dtypes:
        return []
    modes = [mode for mode in engine.facts.modes if mode == "eager" or engine.facts.name != "torch"]
    return [engine.call(dtype, _swept, mode, SWEPT.index(function), dtype, *at) for mode in modes]


def _swept(adapter: Adapter, mode: str, place: int, dtype: str, given: tuple[np.ndarray, ...], known: Known) -> Sweep:
    return sweep(adapter, mode, SWEPT[place], TYPES[dtype], given, known)


def chosen(part: str | None) -> list[Swept]:
    """The functions whose text contains this.

    Raises:
        NothingToAsk: there is none.
    """
    found = [swept for swept in SWEPT if part is None or part in swept.name]
    if not found:
        raise NothingToAsk(f"no function that is swept has {part!r} in its text")
    return found
