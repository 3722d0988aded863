"""The sweep as a table for the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from comparison.sweep.asked import Asked, Group
from comparison.sweep.reached import Run
from comparison.sweep.spread import Measure, Row, group_of, rows
from report.columns import table


class _Setting(NamedTuple):
    name: str
    of: Callable[[Group], str]


def short(engine: str) -> str:
    """The engine's name; of ``path/to/file.py:Class`` the class."""
    return engine.rpartition(":")[2] if ":" in engine else engine


SETTINGS = (
    _Setting("engine", lambda group: short(group.engine)),
    _Setting("hidden", lambda group: str(group.hidden)),
    _Setting("learning rate", lambda group: f"{group.learning_rate:.6g}"),
    _Setting("batch size", lambda group: str(group.batch_size)),
)
MEASURES: tuple[tuple[str, Measure, str], ...] = (
    ("test %", lambda reached: 100 * reached.test_accuracy, ".2f"),
    ("training %", lambda reached: 100 * reached.train_accuracy, ".2f"),
    ("test loss", lambda reached: reached.test_loss, ".4f"),
    ("seconds", lambda reached: reached.seconds, ".2f"),
)


def render(runs: Sequence[Run], epochs: Sequence[int]) -> str:
    """What all have in common, a row for each setting and number of epochs, and what failed."""
    found = rows(runs, epochs)
    differing = [s for s in SETTINGS if len({s.of(row.group) for row in found}) > 1] or [SETTINGS[1]]
    failed = [run for run in runs if run.failure]
    headers = [*(setting.name for setting in differing), "epochs", *(name for name, _, _ in MEASURES)]
    cells = [
        [*(setting.of(row.group) for setting in differing), str(row.epochs), *_measured(row), *_how_many(row, failed)]
        for row in found
    ]
    shown = table(cells, [*headers, "failed"] if failed else headers, first=len(differing) + 1)
    return "\n".join([_heading(runs, differing), "", shown, *_failures(failed)])


def describe(asked: Asked) -> str:
    """All settings of a training, in words."""
    return f"{settings(group_of(asked))}, seed {asked.seed}"


def settings(group: Group, among: Sequence[_Setting] = SETTINGS) -> str:
    """Some of a group's settings in words."""
    return ", ".join(s.of(group) if s.name == "engine" else f"{s.name} {s.of(group)}" for s in among)


def _heading(runs: Sequence[Run], differing: Sequence[_Setting]) -> str:
    asked = runs[0].asked
    seeds = sorted({run.asked.seed for run in runs})
    samples = f", the first {asked.train_samples:,} training samples" if asked.train_samples else ""
    common = settings(group_of(asked), [setting for setting in SETTINGS if setting not in differing])
    over = f"mean ± standard deviation over {len(seeds)} seeds" if len(seeds) > 1 else f"seed {seeds[0]}"
    data = f"{asked.classes[0]} (0) against {asked.classes[1]} (1){samples}"
    return "\n".join(line for line in (data, common, over) if line)


def _measured(row: Row) -> list[str]:
    cells = []
    for _, measure, digits in MEASURES:
        spread = row.of(measure)
        if spread is None:
            cells.append("-")
        elif math.isnan(spread.mean):
            cells.append("not finite")
        elif spread.deviation is None:
            cells.append(f"{spread.mean:{digits}}")
        else:
            cells.append(f"{spread.mean:{digits}} ± {spread.deviation:{digits}}")
    return cells


def _how_many(row: Row, failed: Sequence[Run]) -> list[str]:
    return [f"{row.failed} of {row.failed + len(row.reached)}"] if failed else []


def _failures(failed: Sequence[Run]) -> list[str]:
    return ["", *(f"failed: {describe(run.asked)}: {run.failure}" for run in failed)] if failed else []
