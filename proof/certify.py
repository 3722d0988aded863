"""The whole training run in exact arithmetic: followed, with more bits where they run out, and kept in the cache.

The run of ``proof.trajectory`` needs so many bits that, at the end of every epoch, each parameter's ball is narrower
than a thousandth of its float64 ulp and the mean loss is known to 20 digits. Where they do not suffice it starts again
with more. After every epoch its state is written down, and a run that was ended goes on from there.

It runs on one core: every step starts from the weights that the one before it reached, and the bound on the distance
from the true run grows from group to group, so that no block of it can begin before the last has ended. What could be
shared out is the preparation of the samples and the logits at the end, 784-12-1: an eighth of 20 epochs, most of which
the start of other processes would take.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from flint import arb

from engines.interface import Parameters
from proof import sealed_file
from proof.certificate import (
    Certificate,
    CertifyError,
    Experiment,
    cache_folder,
    experiment,
    load_certificate,
    radii,
    read_certificate,
    widths_in_ulps,
    write_certificate,
)
from proof.trajectory import PrecisionExhaustedError, State, Trajectory, WeightsTooLargeError

__all__ = ["Certificate", "CertifyError", "Progress", "certify", "load_certificate"]

FIRST_BITS = 128  # enough for 784-12-1 and 240,000 steps
MOST_BITS = 4096
WIDEST = 1e-3  # ulp
LOSS_DIGITS = 20


class Progress(NamedTuple):
    """How far a certificate has come."""

    step: int
    steps: int
    decimals: float  # to which every parameter is known
    seconds_left: float
    message: str  # one sentence about something unusual, or nothing


class _Run(NamedTuple):
    """A run at the end of an epoch: the certificate so far, and all that is needed to go on."""

    bits: int
    seconds: float
    mean_losses: tuple[str, ...]
    high: list[Parameters]
    low: list[Parameters]
    distances: list[float]
    state: State | None  # None before the first epoch


class _TooFewBitsError(ArithmeticError):
    """These bits cannot follow the run beyond this step; ``enough`` may."""

    def __init__(self, bits: int, step: int, enough: int) -> None:
        super().__init__(f"{bits} bits of precision ran out at step {step:,}")
        self.enough = enough


def certify(
    initial: Parameters,
    X_train: np.ndarray,
    y_train: np.ndarray,
    X_test: np.ndarray,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int = 1,
    cache: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Certificate:
    """The certificate of this experiment: from the cache, or computed, going on where an earlier call was ended.

    Args:
        initial: W1 (h, d), b1 (h,), W2 (1, h), b2 (1,).
        X_train, y_train, X_test: (n, d), (n,) of exactly 0 and 1, (n_test, d); visited in this order in every epoch.
        learning_rate: of the mean loss of a batch, taken at its exact value.
        batch_size: samples a step; the last batch of an epoch may be smaller.
        cache: the folder; by default the environment variable BACKPROOF_CACHE, or the user's cache.
        progress: called every few hundred steps.

    Raises:
        CertifyError: wrong input, a cache that cannot be used, or a run that 4096 bits cannot follow.
    """
    asked = experiment(initial, X_train, y_train, X_test, epochs, learning_rate, batch_size)
    folder, tell = cache_folder(cache), _Teller(asked, progress)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CertifyError(f"the cache {folder} cannot be used: {error.strerror}") from None
    try:
        certificate = read_certificate(folder, asked.fingerprint)
    except CertifyError as damage:
        certificate = None
        tell(0, math.inf, f"{damage}, so it is computed again")
    if certificate is None:
        unfinished = folder / f"{asked.fingerprint}.unfinished.npz"
        certificate = _compute(asked, unfinished, tell)
        write_certificate(folder, certificate)
        unfinished.unlink(missing_ok=True)
    return certificate


class _Teller:
    """Calls the caller back, and reckons the time left from the steps done since ``begin``."""

    def __init__(self, asked: Experiment, progress: Callable[[Progress], None] | None) -> None:
        self._steps = asked.epochs * asked.steps_per_epoch
        self._progress = progress
        self.begin(0)

    def begin(self, step: int) -> None:
        self._first, self._started = step, time.perf_counter()

    def __call__(self, step: int, decimals: float, message: str = "") -> None:
        if self._progress is not None:
            done = step - self._first
            left = (time.perf_counter() - self._started) / done * (self._steps - step) if done else math.inf
            self._progress(Progress(step, self._steps, decimals, left, message))


def _compute(asked: Experiment, unfinished: Path, tell: _Teller) -> Certificate:
    try:
        run = _read_run(unfinished, asked.fingerprint)
    except CertifyError as damage:
        run = None
        tell(0, math.inf, f"{damage}, so training starts at its first step")
    run = run or _Run(FIRST_BITS, 0.0, (), [], [], [], None)
    begun = time.perf_counter() - run.seconds
    while True:
        try:
            return _follow(asked, run, begun, unfinished, tell)
        except _TooFewBitsError as shortage:
            if shortage.enough > MOST_BITS:
                raise CertifyError(f"{shortage}, and more than {MOST_BITS} are not tried") from None
            run = _Run(shortage.enough, 0.0, (), [], [], [], None)
            unfinished.unlink(missing_ok=True)
            tell(0, math.inf, f"{shortage}, so training starts again with {run.bits}")
        except WeightsTooLargeError:
            raise CertifyError("the weights grow too large to be followed exactly; try a lower learning rate") from None


def _follow(asked: Experiment, run: _Run, begun: float, unfinished: Path, tell: _Teller) -> Certificate:
    """The certificate, computed on from where this run stands, with its bits; ``begun`` is when it all began."""
    samples = asked.X_train, asked.y_train
    trajectory = Trajectory(asked.initial, *samples, asked.learning_rate, asked.batch_size, run.bits)
    if run.state is not None:
        trajectory.state = run.state
    run = run._replace(bits=trajectory.bits)
    tell.begin(len(run.distances) * asked.steps_per_epoch)
    for epoch in range(len(run.distances), asked.epochs):
        run = _epoch(trajectory, epoch * asked.steps_per_epoch, run, tell)
        run = run._replace(seconds=time.perf_counter() - begun)
        _write_run(unfinished, run, asked.fingerprint)
    logits = trajectory.logits(asked.X_test)
    return Certificate(
        asked.fingerprint,
        run.bits,
        time.perf_counter() - begun,
        run.mean_losses,
        _stacked(run.high, asked.initial),
        _stacked(run.low, asked.initial),
        np.array(run.distances, np.float64),
        np.array([z.mid() > 0 for z in logits], np.int64),
        np.array([z > 0 or z <= 0 for z in logits], bool),
    )


def _epoch(trajectory: Trajectory, first_step: int, run: _Run, tell: _Teller) -> _Run:
    step = first_step

    def after_block(steps: int, distance: arb) -> None:
        nonlocal step
        step = first_step + steps
        tell(step, _decimals(distance))

    try:
        loss = trajectory.epoch(after_block)
    except PrecisionExhaustedError as exhausted:
        raise _TooFewBitsError(run.bits, first_step + exhausted.step, 2 * run.bits) from None
    high, low = trajectory.parameters()
    distance = math.nextafter(float(trajectory.distance), math.inf) if trajectory.distance > 0 else 0.0
    widest = max(widths_in_ulps(nearest, radii(rest, distance)).max() for nearest, rest in zip(high, low, strict=True))
    loss_bits = math.ceil((LOSS_DIGITS + 1) / math.log10(2))
    missing = max(math.log2(max(widest, 5e-324) / WIDEST), loss_bits - loss.rel_accuracy_bits())
    if not missing <= 0:
        raise _TooFewBitsError(run.bits, step, run.bits + 16 + math.ceil(missing))
    return _Run(
        run.bits,
        run.seconds,
        (*run.mean_losses, loss.str(LOSS_DIGITS, radius=False)),
        [*run.high, high],
        [*run.low, low],
        [*run.distances, distance],
        trajectory.state,
    )


def _decimals(distance: arb) -> float:
    if not distance > 0:
        return math.inf
    mantissa, exponent = distance.man_exp()
    return -(math.log2(int(mantissa)) + int(exponent)) * math.log10(2)


def _stacked(epochs: list[Parameters], initial: Parameters) -> Parameters:
    arrays = ([epoch[i] for epoch in epochs] for i in range(len(initial)))
    return Parameters(*(np.array(a).reshape(len(epochs), *p.shape) for a, p in zip(arrays, initial, strict=True)))


def _write_run(path: Path, run: _Run, fingerprint: str) -> None:
    assert run.state is not None
    about = {"fingerprint": fingerprint, "bits": run.bits, "seconds": run.seconds, "mean_losses": run.mean_losses}
    about |= {"inner": [f"{w:x}" for w in run.state.inner]}
    about |= {"output": [(f"{m:x}", e) for m, e in run.state.output]}
    about |= {"distance": (f"{run.state.distance[0]:x}", run.state.distance[1])}
    arrays = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8), "distances": np.array(run.distances)}
    for half, epochs in (("high", run.high), ("low", run.low)):
        arrays |= {f"{half} {field}": array for field, array in _stacked(epochs, epochs[0])._asdict().items()}
    sealed_file.write(path, arrays)


def _read_run(path: Path, fingerprint: str) -> _Run | None:
    try:
        arrays = sealed_file.read(path)
    except FileNotFoundError:
        return None
    except sealed_file.BrokenSealError as damage:
        raise CertifyError(str(damage)) from None
    about = json.loads(arrays["about"].tobytes())
    if about["fingerprint"] != fingerprint:
        raise CertifyError(f"{path} belongs to another experiment")
    state = State(
        [int(w, 16) for w in about["inner"]],
        [(int(m, 16), e) for m, e in about["output"]],
        (int(about["distance"][0], 16), about["distance"][1]),
    )
    stacks = ([arrays[f"{half} {field}"] for field in Parameters._fields] for half in ("high", "low"))
    high, low = ([Parameters(*epoch) for epoch in zip(*stack, strict=True)] for stack in stacks)
    distances = arrays["distances"].tolist()
    return _Run(about["bits"], about["seconds"], tuple(about["mean_losses"]), high, low, distances, state)
