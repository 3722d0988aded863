"""``python -m benchmarks``: what a step, a gradient check and the whole job cost, in one run."""

from __future__ import annotations

import argparse
import json
from contextlib import nullcontext
from pathlib import Path

from backproof.outputs import DATA, pending
from benchmarks import tables
from benchmarks.floor import FLAGS
from benchmarks.results import BenchmarkResults, machine, versions
from benchmarks.steps import REPEATS, measure_steps
from data import DataError, load


def run(quick: bool) -> BenchmarkResults:
    dataset = load()
    measurements, missing = measure_steps(dataset, quick)
    checks, replays, whole_job = [], None, None
    if not quick:
        from benchmarks.checks import measure_checks  # needs torch and jax
        from benchmarks.replay_cost import measure_replays
        from benchmarks.whole_job import measure_whole_job

        checks, replays = measure_checks(dataset, REPEATS), measure_replays()
        whole_job = measure_whole_job(measurements)
    return BenchmarkResults(
        version=2,
        machine=machine(),
        threads=1,
        versions=versions(),
        repeats=REPEATS,
        floor_flags={name: value if isinstance(value, str) else sorted(value) for name, value in FLAGS.items()},
        measurements=measurements,
        checks=checks,
        replays=replays,
        whole_job=whole_job,
        missing=missing,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the default step only, in float64: under a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file")
    arguments = parser.parse_args()
    try:
        with pending(arguments.json, DATA) if arguments.json else nullcontext() as file:
            results = run(arguments.quick)
            if file:
                file.write((json.dumps(results, indent=1) + "\n").encode())
    except (DataError, OSError) as error:
        parser.error(str(error))
    print(tables.render(results))


if __name__ == "__main__":
    main()
