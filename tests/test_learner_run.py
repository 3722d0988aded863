"""Two calls on the same inputs are compared bit for bit."""

from dataclasses import replace

import numpy as np
from learner_files import probe

from check.learner_run import LearnerCall, LearnerRun, ShownLine

LINE = ShownLine(np.zeros((1, 3)), "float64", (1, 3), "same", True, "returned", "dW2", "exact", 4)


def call(line: ShownLine = LINE, repetition: int = 0, sample: int | None = None) -> LearnerCall:
    return LearnerCall(0, repetition, sample, probe(1), {"dW2": line}, {}, ())


def test_repetition_is_judged_by_bits() -> None:
    minus = replace(LINE, values=-LINE.values)
    nan = replace(LINE, values=np.full((1, 3), np.nan))
    assert LearnerRun("f", calls=[call()]).repeats is None
    assert LearnerRun("f", calls=[call(), call(repetition=1)]).repeats is True
    assert LearnerRun("f", calls=[call(nan), call(nan, 1)]).repeats is True
    assert LearnerRun("f", calls=[call(), call(minus, 1)]).repeats is False
    assert LearnerRun("f", calls=[call(), call(replace(LINE, dtype="float32"), 1)]).repeats is False
    assert LearnerRun("f", calls=[call(sample=0), call(minus, sample=1)]).repeats is None


def test_steps_hold_only_what_has_the_shape_of_its_line() -> None:
    assert call().whole_lines.dW2 is LINE.values
    assert call().whole_lines.dZ1 is None
    assert call(replace(LINE, layout="other")).whole_lines.dW2 is None
