"""What exact replay costs, beside what the same gradient costs to check by other means; the contestants take turns.

Central differences, complex steps and gradcheck's slow mode try parameters one by one. They are given the smallest
arrays of parameters, and the time is scaled to all; the fast mode and ``check_grads`` try one random direction.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backproof.replay.loading import Program
from backproof.replay.run import Inputs, replay
from benchmarks.interleave import Quartiles, interleave, quartiles
from benchmarks.replayed import convolution, dense, loops, lstm, recurrence
from benchmarks.results import ReplayCost, Replays, ScalingPoint

FOLDER = Path(__file__).parent / "replayed"
MOST_TRIED = 400  # parameters that are tried one by one
REPEATS = 5
NUMBERS = 2000  # steps of the recurrence
BACKPROOF = "Backproof"
ALONE = 1  # tried by the checkers of one random direction


class Network(NamedTuple):
    """A network of ``benchmarks/replayed``, its file's name, and the arguments of one call."""

    name: str
    file: str
    parameters: dict[str, Any]
    X: Any
    target: Any

    @property
    def size(self) -> int:
        """How many parameters."""
        return sum(np.size(p) for p in self.parameters.values())


class Proof(NamedTuple):
    """A replay with the true derivative of the loss by everything."""

    entries: int
    worst: float  # returned gradient minus true one: how far from 0 it may be at most


def networks() -> list[Network]:
    """Those of the table."""
    return [
        Network("784-30-10, ReLU, softmax, batch 8", "dense", *dense.example((784, 30, 10), 8)),
        Network("784-128-64-10, ReLU, softmax, batch 16", "dense", *dense.example((784, 128, 64, 10), 16)),
        Network("convolutions by im2col, 28x28, batch 4", "convolution", *convolution.example(4)),
        Network("convolution by four loops, 8x8, batch 2", "loops", *loops.example()),
        Network("LSTM, 50 steps, 32 units, batch 4", "lstm", *lstm.example()),
    ]


def prove(network: Network) -> Proof:
    """From the file to the verdict: load, forward, backward, the true adjoints, each gradient compared."""

    def call(space: Mapping[str, Any], inputs: Inputs) -> Any:
        def given(value: Any) -> Any:
            return inputs.array(value) if isinstance(value, np.ndarray) else inputs.number(value)

        parameters = {name: given(value) for name, value in network.parameters.items()}
        X = given(network.X) if np.asarray(network.X).dtype.kind == "f" else network.X
        return parameters, space["backprop"](parameters, X, network.target)

    run = replay(Program(FOLDER / f"{network.file}.py"), call, keep=False)
    parameters, (loss, gradients) = run.result
    adjoints = run.tape.adjoints(int(loss.ids.reshape(())))
    pairs = [(gradients[name].ids.reshape(-1), parameters[name].ids.reshape(-1)) for name in gradients]
    away = [run.tape.values(gradient) - adjoints.of(parameter) for gradient, parameter in pairs]
    return Proof(run.tape.size, max(float(balls.size.max()) for balls in away))


def measure_replays() -> Replays:
    """The table, the growth with the size, and the cost of single numbers."""
    return Replays(
        costs=[cost for network in networks() for cost in _costs(network)],
        scaling=_scaling(),
        microseconds_a_number=_number(),
    )


# The other checkers.


def _tried(network: Network) -> list[str]:
    """The names of the smallest arrays, as many as hold no more than MOST_TRIED numbers."""
    names = sorted(network.parameters, key=lambda name: np.size(network.parameters[name]))
    sizes = np.cumsum([np.size(network.parameters[name]) for name in names])
    return names[: max(1, int((sizes <= MOST_TRIED).sum()))]


def _differences(network: Network, step: complex, slope: Callable[[Any, Any], float]) -> Callable[[], object]:
    loss = import_module(f"benchmarks.replayed.{network.file}").loss
    kind = np.result_type(type(step), np.float64)
    parameters = {name: value.astype(kind) for name, value in network.parameters.items()}

    def check() -> float:
        total = 0.0
        for name in _tried(network):
            flat = parameters[name].reshape(-1)
            for at in range(flat.size):
                kept = flat[at]
                flat[at] = kept + step
                above = loss(parameters, network.X, network.target)
                below = None
                if kind.kind == "f":
                    flat[at] = kept - step
                    below = loss(parameters, network.X, network.target)
                flat[at] = kept
                total += slope(above, below)
        return total

    return check


def _gradcheck(network: Network, fast: bool) -> Callable[[], object]:
    import torch

    from benchmarks.replayed import in_torch

    tried = list(network.parameters) if fast else _tried(network)
    loss: in_torch.Loss = getattr(in_torch, network.file)
    fixed = {name: torch.tensor(value) for name, value in network.parameters.items()}
    inputs = [fixed[name].clone().requires_grad_() for name in tried]
    X, target = torch.tensor(network.X), torch.tensor(network.target)

    def of(*some: torch.Tensor) -> torch.Tensor:
        return loss(fixed | dict(zip(tried, some, strict=True)), X, target)

    return lambda: torch.autograd.gradcheck(of, inputs, fast_mode=fast, raise_exception=False)


def _check_grads(network: Network) -> Callable[[], object]:
    import jax
    from jax.test_util import check_grads

    from benchmarks.replayed import in_jax

    loss = jax.jit(getattr(in_jax, network.file))
    parameters = {name: jax.numpy.asarray(value) for name, value in network.parameters.items()}

    def check() -> None:
        with suppress(AssertionError):  # at a kink its differences are off
            check_grads(lambda p: loss(p, network.X, network.target), (parameters,), order=1, modes=["rev"])

    return check


def _costs(network: Network) -> list[ReplayCost]:
    contestants: dict[str, tuple[int, Callable[[], object]]] = {
        BACKPROOF: (network.size, lambda: prove(network)),
        "complex step": (0, _differences(network, 1e-30j, lambda above, _: above.imag / 1e-30)),
        "central differences": (0, _differences(network, 1e-6, lambda above, below: (above - below) / 2e-6)),
        "gradcheck, slow": (0, _gradcheck(network, fast=False)),
        "gradcheck, fast": (ALONE, _gradcheck(network, fast=True)),
        "check_grads": (ALONE, _check_grads(network)),
    }
    seconds = interleave({name: call for name, (_, call) in contestants.items()}, REPEATS)
    one_by_one = sum(np.size(network.parameters[name]) for name in _tried(network))
    entries = prove(network).entries
    return [
        ReplayCost(
            network=network.name,
            parameters=network.size,
            entries=entries,
            checker=name,
            tried=tried or one_by_one,
            milliseconds=_scaled(seconds[name], 1 if tried else network.size / one_by_one),
            megabytes=_megabytes(network) if name == BACKPROOF else None,
        )
        for name, (tried, _) in contestants.items()
    ]


def _scaled(seconds: list[float], times: float) -> Quartiles:
    return quartiles([s * 1e3 * times for s in seconds])


def _megabytes(network: Network) -> float:
    """The most that is allocated at one time."""
    tracemalloc.start()
    try:
        prove(network)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


# Growth.

SIZES = ((8, 8, 4), (64, 16, 10), (64, 64, 64, 10), (256, 64, 10), (784, 30, 10), (784, 128, 64, 10), (784, 256, 10))
BATCHES = (4, 16, 64)


def _scaling() -> list[ScalingPoint]:
    points = {
        (sizes, batch): Network("", "dense", *dense.example(sizes, batch)) for sizes in SIZES for batch in BATCHES
    }
    calls = {str(key): (lambda network=network: prove(network)) for key, network in points.items()}
    seconds = interleave(calls, REPEATS)
    return [
        ScalingPoint(
            entries=prove(network).entries,
            multiply_adds=_multiply_adds(*key),
            milliseconds=quartiles([s * 1e3 for s in seconds[str(key)]])[1],
        )
        for key, network in points.items()
    ]


def _multiply_adds(sizes: tuple[int, ...], batch: int) -> int:
    """Of the program's own matrix products: forward, the weights' gradients, and the inputs' ones."""
    return 3 * batch * sum(a * b for a, b in pairwise(sizes))


def _number() -> float:
    network = Network("", "recurrence", *recurrence.example(NUMBERS))
    (seconds,) = interleave({"numbers": lambda: prove(network)}, REPEATS).values()
    return quartiles(seconds)[1] * 1e6 / (NUMBERS * recurrence.OPERATIONS)
