"""The results of a benchmark as tables, for a terminal or in Markdown, made from the results alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from benchmarks.measure import FLOOR
from benchmarks.replay_tables import replays
from benchmarks.results import BenchmarkResults, CheckCost, Measurement, WholeJob

EPOCHS, SAMPLES = 20, 12_000
AS_PRINTED = "Algorithm 1 as printed"
REPORTED_SECONDS = 150  # that the report gives for its 20 epochs


def render(results: BenchmarkResults, markdown: bool = False) -> str:
    """Everything measured, top to bottom."""
    return "\n\n".join(_sections(results, markdown)) + "\n"


def _sections(results: BenchmarkResults, markdown: bool) -> Iterator[str]:
    def of(table: str) -> list[Measurement]:
        return [m for m in results["measurements"] if m["table"] == table]

    yield conditions(results)
    yield _titled("One step of SGD, 784-12-1, one sample", default(of("default"), markdown), markdown)
    yield from (_twenty_epochs(m) for m in of("default") if (m["contestant"], m["dtype"]) == (AS_PRINTED, "float64"))
    for table, title, axes in (
        ("grid", "hidden units and batch sizes", ("hidden", "batch_size")),
        ("inputs", "inputs, 12 hidden units, one sample", ("inputs",)),
        ("length", "steps in one call of `run`, 784-12-1, one sample", ("steps",)),
    ):
        if of(table):
            title = f"Microseconds a step of SGD (and multiples of the floor): {title}, float64"
            yield _titled(title, grid(of(table), axes, markdown), markdown)
    if results["checks"]:
        yield _titled(
            "A gradient check: one sample of 784-12-1, float64", checks(results["checks"], markdown), markdown
        )
    if results["replays"]:
        yield _titled("Exact replay", replays(results["replays"], _format(markdown)), markdown)
    if results["whole_job"]:
        yield _titled("The whole job: `python compare.py`", whole_job(results["whole_job"]), markdown)
    if results["missing"]:
        yield "\n".join(f"{name}: not measured, {reason}" for name, reason in results["missing"].items())


def conditions(results: BenchmarkResults) -> str:
    """On what machine, with which versions, and how it was measured."""
    flags = ", ".join(f"{name}={value}" for name, value in results["floor_flags"].items())
    return "\n".join(
        [
            f"{results['machine']}; {results['threads']} thread;",
            ", ".join(f"{library} {version}" for library, version in results["versions"].items()) + ";",
            f"medians of {results['repeats']} interleaved repeats;",
            f"the floor is the same step as plain loops compiled by Numba ({flags}).",
        ]
    )


COLUMNS = ("us a step", "(quartiles)", "x floor", "set-up, s", "ulps")
BRIEF = ("us a step", "x floor", "ulps")


def default(measurements: Sequence[Measurement], markdown: bool = False, columns: Sequence[str] = COLUMNS) -> str:
    """A row a contestant, the quickest in float64 first, and for each type some of COLUMNS."""
    dtypes = list(dict.fromkeys(m["dtype"] for m in measurements))
    by_name: dict[str, dict[str, Measurement]] = {}
    for m in sorted(measurements, key=lambda m: (m["dtype"] != dtypes[0], m["microseconds"][1])):
        by_name.setdefault(m["contestant"], {})[m["dtype"]] = m
    rows = []
    for name, row in by_name.items():
        cells = [_cells(row[dtype]) if dtype in row else dict.fromkeys(COLUMNS, "") for dtype in dtypes]
        rows.append([name, *(each[column] for each in cells for column in columns)])
    between = " " if markdown else "\n"
    headers = ["", *(f"{dtype}{between}{column}" for dtype in dtypes for column in columns)]
    return _table(rows, headers, markdown)


def _cells(m: Measurement) -> dict[str, str]:
    lower, median, upper = m["microseconds"]
    wrong = f" WRONG LOSS: {m['loss']}" if m["same_loss"] is False else ""
    return {
        "us a step": f"{median:.2f}{wrong}",
        "(quartiles)": f"{lower:.2f} to {upper:.2f}",
        "x floor": f"{m['multiple_of_floor']:.2f}",
        "set-up, s": f"{m['setup_seconds']:.1f}",
        "ulps": "" if m["ulps"] is None else _two_digits(m["ulps"]),
    }


def _two_digits(value: float) -> str:
    """0.35, 12, 3300."""
    return f"{float(f'{value:.2g}'):g}"


def grid(measurements: Sequence[Measurement], axes: Sequence[str], markdown: bool = False) -> str:
    """A row for every point on these axes, a column for every contestant measured at all of them."""

    def at(m: Measurement) -> tuple[int, ...]:
        return tuple(m[axis] for axis in axes)  # type: ignore[literal-required]

    cells: dict[tuple[int, ...], dict[str, str]] = {}
    for m in sorted(measurements, key=at):
        multiple = "" if m["contestant"] == FLOOR else f" ({m['multiple_of_floor']:.1f})"
        wrong = " WRONG LOSS" if m["same_loss"] is False else ""
        cells.setdefault(at(m), {})[m["contestant"]] = f"{m['microseconds'][1]:.1f}{multiple}{wrong}"
    names = min((list(row) for row in cells.values()), key=len)
    rows = [[*map(str, point), *(row[name] for name in names)] for point, row in cells.items()]
    return _table(rows, [*(axis.replace("_size", "") for axis in axes), *names], markdown)


def checks(costs: Sequence[CheckCost], markdown: bool = False) -> str:
    rows = [[c["checker"], f"{c['milliseconds'][1]:.2f}", c["what"]] for c in costs]
    headers = ["", "ms", "for"]
    return tabulate(rows, headers, _format(markdown), disable_numparse=True, colalign=["left", "right", "left"])


def whole_job(job: WholeJob) -> str:
    loops, warm, cold = job["plain_loops"], job["warm_seconds"], job["cold_seconds"]
    total = sum(loops.values())
    told = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in loops.items())
    return textwrap.fill(
        f"{warm:.1f} s, and {cold:.1f} s where nothing is compiled yet: three engines trained, tried and audited, and "
        f"the page. The same training by the plain loops of three libraries: {told}, together {total:.0f} s; the whole "
        f"job takes {warm / total:.2f} of that, cold {cold / total:.2f}.",
        100,
    )


def _twenty_epochs(as_printed: Measurement) -> str:
    seconds = as_printed["microseconds"][1] * 1e-6 * EPOCHS * SAMPLES
    return (
        f"{AS_PRINTED}: {EPOCHS} epochs of {SAMPLES:,} samples would take {seconds:.0f} s here "
        f"(as reported: {REPORTED_SECONDS} s)."
    )


def _titled(title: str, body: str, markdown: bool) -> str:
    return f"## {title}\n\n{body}" if markdown else f"{title}\n{body}"


def _table(rows: list[list[str]], headers: list[str], markdown: bool) -> str:
    align = ["left"] + ["right"] * (len(headers) - 1)
    return tabulate(rows, headers, _format(markdown), disable_numparse=True, colalign=align)


def _format(markdown: bool) -> str:
    return "github" if markdown else "simple"
