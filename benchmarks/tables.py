"""The results of a benchmark as text, made from the results alone."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from benchmarks.measure import FLOOR
from benchmarks.results import BenchmarkResults, Measurement

EPOCHS, SAMPLES = 20, 12_000
AS_PRINTED = "Algorithm 1 as printed"


def render(results: BenchmarkResults) -> str:
    """Everything measured, top to bottom."""
    return "\n\n".join(_sections(results))


def _sections(results: BenchmarkResults) -> Iterator[str]:
    measurements = results["measurements"]
    flags = ", ".join(f"{name}={value}" for name, value in results["floor_flags"].items())
    yield "\n".join(
        [
            f"{results['machine']}; {results['threads']} thread",
            ", ".join(f"{library} {version}" for library, version in results["versions"].items()),
            f"{results['repeats']} interleaved repeats; the floor is the same loops compiled by Numba ({flags})",
        ]
    )
    for dtype in dict.fromkeys(m["dtype"] for m in measurements):
        rows = [m for m in measurements if (m["dtype"], m["hidden"], m["batch_size"]) == (dtype, 12, 1)]
        yield f"One step of SGD, 784-12-1, one sample, {dtype}\n" + one_task(rows)
        yield from (_twenty_epochs(m) for m in rows if m["contestant"] == AS_PRINTED)
    if any(m["hidden"] != 12 for m in measurements):
        yield "Microseconds a step (and multiples of the floor), float64\n" + grid(measurements)
    if results["missing"]:
        yield "\n".join(f"{name}: not measured, {reason}" for name, reason in results["missing"].items())


def one_task(measurements: list[Measurement]) -> str:
    rows = [
        [
            m["contestant"],
            *(
                f"{microseconds:.2f}"
                for microseconds in (m["microseconds"][1], m["microseconds"][0], m["microseconds"][2])
            ),
            f"{m['multiple_of_floor']:.2f}",
            f"{m['setup_seconds']:.1f}",
            {True: "yes", False: f"NO: {m['loss']}", None: ""}[m["same_loss"]],
        ]
        for m in sorted(measurements, key=lambda m: m["microseconds"][1])
    ]
    headers = ["", "median, us", "quartile 1", "quartile 3", "x floor", "set-up, s", "same loss"]
    return tabulate(rows, headers, disable_numparse=True, colalign=["left"] + ["right"] * 6)


def grid(measurements: list[Measurement]) -> str:
    """A row for every number of hidden units and batch size, a column for every contestant measured at all of them."""
    cells: dict[tuple[int, int], dict[str, str]] = {}
    for m in sorted((m for m in measurements if m["dtype"] == "float64"), key=lambda m: (m["hidden"], m["batch_size"])):
        multiple = "" if m["contestant"] == FLOOR else f" ({m['multiple_of_floor']:.1f})"
        cell = f"{m['microseconds'][1]:.1f}{multiple}" + (" WRONG LOSS" if m["same_loss"] is False else "")
        cells.setdefault((m["hidden"], m["batch_size"]), {})[m["contestant"]] = cell
    names = min((list(row) for row in cells.values()), key=len)
    rows = [[str(hidden), str(batch), *(row[name] for name in names)] for (hidden, batch), row in cells.items()]
    headers = ["hidden", "batch", *names]
    return tabulate(rows, headers, disable_numparse=True, colalign=["right"] * len(headers))


def _twenty_epochs(as_printed: Measurement) -> str:
    seconds = as_printed["microseconds"][1] * 1e-6 * EPOCHS * SAMPLES
    return f"{AS_PRINTED}: {EPOCHS} epochs of {SAMPLES:,} samples would take {seconds:.0f} s here (as reported: 150 s)"
