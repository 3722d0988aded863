"""Each of the twelve lines on its own: one word for every line that a function returns by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engines import Lines, Parameters
from proof.judgement import GRAVITY
from proof.probes import Probe, probe, saturated
from proof.verdict import judge

GRADIENTS = ("dW1", "db1", "dW2", "db2")


def probes() -> list[Probe]:
    """Networks of different sizes, with five samples, with two and with one, and one with large logits."""
    rng = np.random.default_rng(0)

    def of(n: int, d: int, h: int) -> Probe:
        parameters = Parameters(*(rng.normal(size=shape) for shape in ((h, d), h, (1, h), 1)))
        return probe(f"{n} x {d} x {h}", parameters, rng.random((n, d)), (np.arange(n) % 2).astype(float))

    small = [of(5, 7, 3), of(2, 9, 4), of(1, 7, 3)]
    return [*small, saturated(small[0].X, small[0].y, hidden=3)]


def words(function: Callable[..., Any], samples: int | None = None) -> dict[str, str]:
    """What the proof says of each line that a function returns.

    Args:
        function: of X (n, d), y (n,), W1, b1, W2, b2; it returns a dict of lines by name, or the four gradients.
        samples: how many it can take; any number if this is None.

    Returns:
        By the name of a line: rounding, cancels, wrong, follows, shape or not finite; the gravest of all probes.
    """
    at = [one for one in probes() if samples in (None, len(one.y))]
    shown = [_lines(function(p.X, p.y, *p.parameters)) for p in at]
    judged = judge(at, shown, "float64")
    given = [line for line in Lines._fields if any(getattr(lines, line) is not None for lines in shown)]
    return {line: max((j[line].word for j in judged), key=GRAVITY.index) for line in given}


def _lines(returned: Any) -> Lines:
    by_name = dict(returned) if isinstance(returned, Mapping) else dict(zip(GRADIENTS, returned, strict=True))
    return Lines(**{line: _array(by_name.get(line)) for line in Lines._fields})


def _array(values: Any) -> np.ndarray | None:
    return None if values is None else np.asarray(values)
