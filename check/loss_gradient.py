"""Whether a learner's gradient is right for the loss that the learner wrote, whichever loss that is.

Their own loss is differenced along one direction in each parameter, at three step sizes; two extrapolations
(Richardson) give the derivative and, from how far they differ, its error.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    (True, True): "Your gradient is the derivative of the loss you wrote, and that loss is the mean cross-entropy.",
    (
        True,
        False,
    ): "Your gradient is the derivative of the loss you wrote, but that loss is not the mean cross-entropy.",
    (False, True): "Your loss is the mean cross-entropy, but your gradient is not its derivative.",
    (False, False): "Your loss is not the mean cross-entropy, and your gradient is not the derivative of your loss.",
}


class Slope(NamedTuple):
    """The derivative of the learner's loss along one direction: by differences with an error, and by their gradient."""

    line: str
    measured: float
    error: float
    claimed: float

    @property
    def agrees(self) -> bool:
        return abs(self.measured - self.claimed) <= self.error


def directions(base: Probe, seed: int) -> list[Parameters]:
    """One direction in each of the four parameters, zero in the others."""
    random = np.random.default_rng([seed, 4])
    found = []
    for name in Parameters._fields:
        parts = {field: np.zeros_like(array) for field, array in base.parameters._asdict().items()}
        parts[name] = random.choice((-1.0, 1.0), parts[name].shape) * random.uniform(0.5, 1, parts[name].shape)
        found.append(Parameters(**parts))
    return found


def difference_probes(base: Probe, seed: int) -> list[Probe]:
    """The base with its parameters moved along each direction, by each step size, forwards and backwards."""
    return [
        base._replace(
            name=f"{base.name}, moved",
            parameters=Parameters(*(p + sign * step * v for p, v in zip(base.parameters, direction, strict=True))),
        )
        for direction in directions(base, seed)
        for step in STEPS
        for sign in (1, -1)
    ]


def slopes(run: LearnerRun, base: Probe, seed: int, first: int) -> list[Slope] | None:
    """Their loss's derivatives beside their gradient's; None if the file does not show what is needed.

    Args:
        base: the run's first probe.
        first: the number of the first of the difference probes in the run.
    """
    start = _call(run, 0)
    if start is None or _loss(start) is None:
        return None
    found = []
    for number, (line, direction) in enumerate(zip(GRADIENTS, directions(base, seed), strict=True)):
        gradient = start.lines.get(line)
        calls = [_call(run, first + 2 * len(STEPS) * number + i) for i in range(2 * len(STEPS))]
        losses = [None if call is None else _loss(call) for call in calls]
        if gradient is None or gradient.layout in ("mean", "other") or any(loss is None for loss in losses):
            return None
        claimed = float((gradient.values * getattr(direction, line[1:])).sum())
        found.append(
            Slope(line, *_derivative([x for x in losses if x is not None], start.lines["loss"].dtype), claimed)
        )
    return found


def _derivative(losses: Sequence[float], dtype: str) -> tuple[float, float]:
    """From central differences at h, h/2 and h/4: the twice extrapolated derivative, and its error."""
    central = [
        (ahead - behind) / (2 * step) for ahead, behind, step in zip(losses[::2], losses[1::2], STEPS, strict=True)
    ]
    once = [(4 * b - a) / 3 for a, b in pairwise(central)]
    twice = (16 * once[1] - once[0]) / 15
    eps = np.finfo("float32" if dtype == "float32" else "float64").eps
    rounding = 50 * eps * max(map(abs, losses)) / STEPS[-1]
    return twice, abs(twice - once[1]) + float(rounding)


def _call(run: LearnerRun, probe: int) -> LearnerCall | None:
    return next((c for c in run.calls if c.probe == probe and not c.repetition and c.sample in (None, 0)), None)


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
