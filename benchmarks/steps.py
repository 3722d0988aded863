"""``python -m benchmarks.steps``: the cost of a step of SGD on the real images, engines, floor and peers in one run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from benchmarks import tables
from benchmarks.contestant import Contestant, engine_contestant
from benchmarks.floor import FLAGS, floor, memory
from benchmarks.measure import FLOOR, measure
from benchmarks.peers import PEERS
from benchmarks.results import BenchmarkResults, machine, versions
from data import DataError, load
from engines import ENGINES, NotInstalled, load_engine

HIDDEN = (1, 12, 64, 256)
BATCH_SIZES = (1, 8, 64)
REPEATS = 9


def contestants() -> tuple[dict[str, Contestant], dict[str, str]]:
    """Everybody who takes part, and by name the engines whose library is not installed."""
    engines, missing = {}, {}
    for name in ENGINES:
        try:
            engines[f"{name} engine"] = engine_contestant(load_engine(name))
        except NotInstalled as error:
            missing[f"{name} engine"] = str(error)
    return {FLOOR: floor, "W1 read and written": memory, **engines, **PEERS}, missing


def tasks(everybody: Mapping[str, Contestant], quick: bool) -> Iterator[tuple[str, int, int, dict[str, Contestant]]]:
    """What is measured: dtype, hidden units, batch size, and who takes part."""
    for dtype in ("float64",) if quick else ("float64", "float32"):
        yield dtype, 12, 1, dict(everybody)
    if not quick:
        few = {name: c for name, c in everybody.items() if name.endswith("engine") or name in (FLOOR, "eager PyTorch")}
        for hidden, batch_size in product(HIDDEN, BATCH_SIZES):
            if (hidden, batch_size) != (12, 1):
                yield "float64", hidden, batch_size, few


def run(quick: bool) -> BenchmarkResults:
    dataset = load()
    everybody, missing = contestants()
    measurements = []
    for dtype, hidden, batch_size, who in tasks(everybody, quick):
        X, y = dataset.X_train, dataset.y_train
        measured, absent = measure(who, X, y, dtype, hidden, batch_size, REPEATS)
        measurements += measured
        missing |= absent
    return BenchmarkResults(
        version=1,
        machine=machine(),
        threads=1,
        versions=versions(),
        repeats=REPEATS,
        floor_flags=dict(FLAGS),
        measurements=measurements,
        missing=missing,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="float64, 12 hidden units, batch size 1 only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file")
    arguments = parser.parse_args()
    try:
        if arguments.json:
            arguments.json.touch()
        results = run(arguments.quick)
        if arguments.json:
            arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    except (DataError, OSError) as error:
        parser.error(str(error))
    print(tables.render(results))


if __name__ == "__main__":
    main()
