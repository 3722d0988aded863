"""``python -m benchmarks.compare_runs A.json B.json``: what became faster or slower from one run to a later one.

Compared are multiples of each run's own floor, so that a busier machine does not look like slower code.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tabulate import tabulate

from benchmarks.measure import FLOOR
from benchmarks.results import BenchmarkResults, Measurement, read

AXES = ("dtype", "inputs", "hidden", "batch", "steps")
Key = tuple[tuple[str | int, ...], str]  # the AXES, and the contestant


def multiples(results: BenchmarkResults) -> dict[Key, tuple[float, float, float]]:
    """Lower quartile, median and upper quartile of every contestant, over the median of its floor."""
    floors = {_key(m)[0]: m["microseconds"][1] for m in results["measurements"] if m["contestant"] == FLOOR}

    def over_floor(m: Measurement) -> tuple[float, float, float]:
        lower, median, upper = (microseconds / floors[_key(m)[0]] for microseconds in m["microseconds"])
        return lower, median, upper

    return {_key(m): over_floor(m) for m in results["measurements"]}


def compare(before: BenchmarkResults, after: BenchmarkResults) -> str:
    """A row for everything measured in both runs; "faster" or "slower" where the quartiles do not overlap."""
    old, new = multiples(before), multiples(after)
    rows = []
    for key in (key for key in old if key in new):
        word = "faster" if new[key][2] < old[key][0] else "slower" if new[key][0] > old[key][2] else ""
        rows.append(
            [*key[0], key[1], f"{old[key][1]:.2f}", f"{new[key][1]:.2f}", f"{new[key][1] / old[key][1]:.2f}", word]
        )
    headers = [*AXES, "", "before, x floor", "after, x floor", "after/before", ""]
    return tabulate(rows, headers, floatfmt=".2f")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_runs", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    arguments = parser.parse_args()
    try:
        before, after = read(arguments.before), read(arguments.after)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if before["machine"] != after["machine"]:
        print(f"two machines: {before['machine']}, and {after['machine']}\n")
    print(compare(before, after))


def _key(m: Measurement) -> Key:
    steps = str(m["steps"]) if m["table"] == "length" else ""  # elsewhere as many as fill the time
    return (m["dtype"], m["inputs"], m["hidden"], m["batch_size"], steps), m["contestant"]


if __name__ == "__main__":
    main()
