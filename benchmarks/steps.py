"""The cost of a step of SGD on the real images: engines, floor and peers in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from benchmarks.contestant import Contestant, engine_contestant
from benchmarks.floor import floor, memory
from benchmarks.measure import FLOOR, measure
from benchmarks.peers import PEERS
from benchmarks.results import Measurement
from data import Dataset
from engines import COMPARED, ENGINES, NotInstalled, load_engine

HIDDEN = (1, 12, 64, 256)
BATCH_SIZES = (1, 8, 64)
INPUTS = (49, 196, 784)  # the first pixels of each image
LENGTHS = (10, 100, 1000, 10000)  # steps in one call of ``run``
REPEATS = 9
EAGER = "eager PyTorch"


class Task(NamedTuple):
    """What is measured, for which table, and who takes part."""

    who: dict[str, Contestant]
    table: str = "default"
    dtype: str = "float64"
    inputs: int = 784
    hidden: int = 12
    batch_size: int = 1
    steps: int | None = None
    accuracy: bool = False


def contestants() -> tuple[dict[str, Contestant], dict[str, str]]:
    """Everybody who takes part, and by name the engines whose library is not installed."""
    engines, missing = {}, {}
    for name in ENGINES:
        if name == "numba":  # it is the floor
            continue
        try:
            engines[f"{name} engine"] = engine_contestant(load_engine(name))
        except NotInstalled as error:
            missing[f"{name} engine"] = str(error)
    return {FLOOR: floor, "W1 read and written": memory, **engines, **PEERS}, missing


def tasks(everybody: Mapping[str, Contestant], quick: bool) -> Iterator[Task]:
    """The default task with everybody; unless it has to be quick, also in float32, and larger and smaller ones."""
    for dtype in ("float64",) if quick else ("float64", "float32"):
        yield Task(dict(everybody), dtype=dtype, accuracy=True)
    if quick:
        return
    of_each_size = {FLOOR, *(f"{name} engine" for name in COMPARED)}
    ours = {name: c for name, c in everybody.items() if name in of_each_size}
    for hidden, batch_size in product(HIDDEN, BATCH_SIZES):
        yield Task(ours | {EAGER: everybody[EAGER]}, "grid", hidden=hidden, batch_size=batch_size)
    for inputs in INPUTS:
        yield Task(ours, "inputs", inputs=inputs)
    for steps in LENGTHS:
        yield Task(ours, "length", steps=steps)


def measure_steps(dataset: Dataset, quick: bool) -> tuple[list[Measurement], dict[str, str]]:
    """Every measurement, and who could not take part, and why."""
    everybody, missing = contestants()
    measurements = []
    for who, table, dtype, inputs, hidden, batch_size, steps, accuracy in tasks(everybody, quick):
        X, y = dataset.X_train[:, :inputs], dataset.y_train
        measured, absent = measure(
            who, X, y, dtype, hidden, batch_size, REPEATS, table=table, steps=steps, accuracy=accuracy
        )
        measurements += measured
        missing |= absent
    return measurements, missing
