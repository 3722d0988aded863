"""Whether a learner's gradient is right for the loss that the learner wrote, whichever loss that is.

Their own loss is differenced along one direction in each parameter, at three step sizes; two extrapolations
(Richardson) give the derivative and, from how far they differ, its error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from check.cases import GRADIENTS, Trial
from check.learner_run import LearnerCall, LearnerRun
from check.matching import explains
from engines.interface import Parameters
from proof.forms import LINES
from proof.probes import Probe

STEPS = (2.0**-4, 2.0**-5, 2.0**-6)

SENTENCES = {  # by: the gradient is right for the learner's loss; that loss is the mean cross-entropy
    (True, True): "Your gradient is right for the loss you wrote, and that loss is the mean cross-entropy.",
    (True, False): "Your gradient is right for the loss you wrote, but that loss is not the mean cross-entropy.",
    (False, True): "Your loss is the mean cross-entropy, but your gradient is not its derivative.",
    (False, False): "Your loss is not the mean cross-entropy, and your gradient is not the derivative of it.",
}


class Slope(NamedTuple):
    """The derivative of their loss along one direction: by differences, with its error, and by their gradient."""

    line: str
    measured: float
    error: float
    claimed: float

    @property
    def agrees(self) -> bool:
        return abs(self.measured - self.claimed) <= self.error


def difference_probes(first: Probe, seed: int) -> list[Probe]:
    """Two samples of a probe, and the same with parameters moved along each direction, by each step size, both ways."""
    base = first._replace(name="differences", X=first.X[:2], y=first.y[:2])
    moved = [
        base._replace(parameters=Parameters(*(p + sign * step * v for p, v in zip(base.parameters, way, strict=True))))
        for way in _directions(base, seed)
        for step in STEPS
        for sign in (1, -1)
    ]
    return [base, *moved]


def _directions(base: Probe, seed: int) -> list[Parameters]:
    """One direction in each of the four parameters, zero in the others."""
    random = np.random.default_rng([seed, 4])
    found = []
    for name in Parameters._fields:
        parts = {field: np.zeros_like(array) for field, array in base.parameters._asdict().items()}
        parts[name] = random.choice((-1.0, 1.0), parts[name].shape) * random.uniform(0.5, 1, parts[name].shape)
        found.append(Parameters(**parts))
    return found


def slopes(run: LearnerRun, first: Probe, seed: int, base: int) -> list[Slope] | None:
    """Their loss's derivatives beside their gradient's; None if the file does not show what is needed.

    Args:
        first: the probe that ``difference_probes`` were made from.
        base: the number of the first of them in the run.
    """
    found = []
    for number, (line, way) in enumerate(zip(GRADIENTS, _directions(first, seed), strict=True)):
        claimed = _mean(run, base, lambda call, line=line, way=way: _along(call, line, way))  # type: ignore[misc]
        start = base + 1 + 2 * len(STEPS) * number
        losses = [_mean(run, start + i, _loss) for i in range(2 * len(STEPS))]
        known = [loss for loss in losses if loss is not None]
        if claimed is None or len(known) < len(losses):
            return None
        found.append(Slope(line, *_derivative(known, _dtype(run)), claimed))
    return found


def _mean(run: LearnerRun, probe: int, of: Callable[[LearnerCall], float | None]) -> float | None:
    """The mean over the calls on a probe: one, or one for each of its samples."""
    found = [of(call) for call in run.calls if call.probe == probe and not call.repetition]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if found and len(known) == len(found) else None


def _along(call: LearnerCall, line: str, way: Parameters) -> float | None:
    """The slope that a gradient claims along a direction."""
    gradient = call.lines.get(line)
    if gradient is None or gradient.layout in ("mean", "other"):
        return None
    return float((gradient.values * getattr(way, line[1:])).sum())


def _dtype(run: LearnerRun) -> str:
    single = any(line.dtype == "float32" for call in run.calls for line in call.lines.values())
    return "float32" if single else "float64"


def _derivative(losses: Sequence[float], dtype: str) -> tuple[float, float]:
    """From central differences at h, h/2 and h/4: the twice extrapolated derivative, and its error."""
    central = [
        (ahead - behind) / (2 * step) for ahead, behind, step in zip(losses[::2], losses[1::2], STEPS, strict=True)
    ]
    once = [(4 * b - a) / 3 for a, b in pairwise(central)]
    twice = (16 * once[1] - once[0]) / 15
    rounding = 50 * np.finfo(dtype).eps * max(map(abs, losses)) / STEPS[-1]
    return twice, abs(twice - once[1]) + float(rounding)


def _loss(call: LearnerCall) -> float | None:
    """The mean of the losses that a call shows."""
    shown = call.lines.get("loss")
    if shown is None or not shown.finite or shown.layout == "other":
        return None
    return float(np.mean(shown.values, dtype=np.float64))


def is_cross_entropy(trial: Trial) -> bool | None:
    """Whether the loss shown, of each sample or its mean, is the cross-entropy by any form; None if none is shown."""
    if not any("loss" in case.call.lines for case in trial.cases):
        return None
    names = ["", *(form.name for form in LINES["loss"].forms if form.given)]
    return any(explains(trial, "loss", lambda own, name=name: own.loss_by(name), ()) for name in names)  # type: ignore[misc]


def sentence(found: Sequence[Slope] | None, cross_entropy: bool | None) -> str:
    """What there is to say; empty if the loss is not shown."""
    if found is None or cross_entropy is None:
        return ""
    return SENTENCES[all(slope.agrees for slope in found), cross_entropy]
