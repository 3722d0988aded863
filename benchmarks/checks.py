"""The cost of a gradient check: one sample of the default network, by us and by what people use, interleaved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backproof.arithmetic import EXACT
from benchmarks.checkers import PIXELS, checkers
from benchmarks.correct_programs import CORRECT_PROGRAMS
from benchmarks.interleave import interleave, quartiles
from benchmarks.results import CheckCost
from data import Dataset
from engines import initial_weights
from proof.enclosure import enclose
from proof.probes import probe
from proof.verdict import judge


def measure_checks(dataset: Dataset, repeats: int) -> list[CheckCost]:
    """The truth alone, a judgement, and the other checkers at their defaults, each from the start."""
    at = probe("initial", initial_weights(784, 12, seed=0), dataset.X_train[:1], dataset.y_train[:1])
    program = CORRECT_PROGRAMS[0]
    shown = program(*at[1:])
    calls: dict[tuple[str, str], Callable[[], object]] = {
        ("Backproof", "the truth"): lambda: enclose(*at[1:], EXACT),
        ("Backproof", "the truth, what rounding can do, a verdict on every line"): lambda: judge(
            [at], [shown], "float64"
        ),
    }
    for checker in checkers("float64"):
        if checker.settings == "defaults":
            what = f"{PIXELS} of the 784 columns of W1" if "gradcheck" in checker.name else "a verdict on the gradient"
            calls[checker.name, what] = lambda checker=checker: checker.at([at])(program)
    names = {" ".join(key): key for key in calls}
    seconds = interleave({name: calls[key] for name, key in names.items()}, repeats)
    return [
        CheckCost(checker=checker, what=what, milliseconds=quartiles((np.array(seconds[name]) * 1e3).tolist()))
        for name, (checker, what) in names.items()
    ]
