"""The checkers as their users call them: Backproof, and those that take the network for a black box.

A black box is given the mean loss, and a program's gradient as its derivative: by ``torch.autograd.Function``, by
``jax.custom_vjp``, or as plain NumPy arrays. Experts follow one rule: no absolute tolerance, and the tightest relative
one, a power of ten, at which none of the correct programs is accused at initial weights; ``eps``, a power of ten as
well, is the one at which that tolerance is tightest.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.test_util import check_grads

from benchmarks.correct_programs import Program
from engines import Lines, Parameters
from proof.probes import Probe
from proof.verdict import judge

jax.config.update("jax_enable_x64", True)  # before the first array

Check = Callable[[Program], bool]  # whether the checker accuses the program
Method = Callable[..., Check]  # from probes and settings
# Columns of W1 that gradcheck is given, the brightest: its slow mode takes seconds for all of them, and its fast mode
# runs the slow one to word its error.
PIXELS = 6
FAILURES = (AssertionError, RuntimeError, TypeError, ValueError)  # how a library says that a gradient is wrong


@dataclass(frozen=True)
class Checker:
    """One checker with its settings.

    Attributes:
        name: as printed.
        settings: as printed.
        samples: whether it is given one sample, or the batch, or both: some of "one" and "batch".
        at: the check at these probes, one for each of ``samples``, all their arrays in the dtype to be checked.
    """

    name: str
    settings: str
    samples: tuple[str, ...]
    at: Callable[[list[Probe]], Check]

    @property
    def label(self) -> str:
        """The name and the settings, which no other checker has."""
        return f"{self.name}, {self.settings}"


# Backproof.


def backproof(probes: list[Probe]) -> Check:
    """Every line of the program is judged."""
    return lambda program: _accused(probes, [program(probe.parameters, probe.X, probe.y) for probe in probes])


def backproof_gradient(probes: list[Probe]) -> Check:
    """The program shows its gradient and nothing else."""

    def check(program: Program) -> bool:
        gradients = [program.gradient(probe.parameters, probe.X, probe.y) for probe in probes]
        hidden = dict.fromkeys(Lines._fields)
        shown = [Lines(**hidden | {f"d{name}": dp for name, dp in g._asdict().items()}) for g in gradients]
        return _accused(probes, shown)

    return check


def _accused(probes: list[Probe], shown: list[Lines]) -> bool:
    return any(judgement.culprit for judgement in judge(probes, shown, probes[0].X.dtype.name))


# PyTorch.


def gradcheck(probes: list[Probe], **settings: Any) -> Check:
    """``torch.autograd.gradcheck`` of an autograd.Function whose inputs are PIXELS columns of W1, b1, W2 and b2."""
    (probe,) = probes
    columns = np.argsort(-probe.X.sum(0), kind="stable")[:PIXELS]
    X, y = torch.tensor(probe.X[:, columns]), torch.tensor(probe.y.astype(probe.X.dtype))
    rest = torch.tensor(np.delete(probe.X, columns, 1) @ np.delete(probe.parameters.W1, columns, 1).T)
    _, *others = probe.parameters
    inputs = [torch.tensor(p, requires_grad=True) for p in (probe.parameters.W1[:, columns], *others)]

    def check(program: Program) -> bool:
        class MeanLoss(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, W1: torch.Tensor, b1: torch.Tensor, W2: torch.Tensor, b2: torch.Tensor) -> Any:
                ctx.save_for_backward(W1, b1, W2, b2)
                Z2 = torch.sigmoid(X @ W1.T + rest + b1) @ W2.T + b2
                signed = (1 - 2 * y) * Z2[:, 0]
                return torch.logaddexp(torch.zeros_like(signed), signed).mean()

            @staticmethod
            def backward(ctx: Any, grad: torch.Tensor) -> Any:
                part, *others = (p.detach().numpy() for p in ctx.saved_tensors)
                W1 = probe.parameters.W1.copy()
                W1[:, columns] = part
                dW1, *others = program.gradient(Parameters(W1, *others), probe.X, probe.y)
                gradient = (np.ascontiguousarray(g) for g in (dW1[:, columns], *others))
                return tuple(grad * torch.from_numpy(g) for g in gradient)

        torch.manual_seed(0)  # the fast mode draws its directions
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that float32 is likely to fail: the table shows it
            return _fails(lambda: torch.autograd.gradcheck(MeanLoss.apply, inputs, **settings))

    return check


SLOW: Method = partial(gradcheck, fast_mode=False)
FAST: Method = partial(gradcheck, fast_mode=True)


# JAX.


def jax_check_grads(probes: list[Probe], **settings: Any) -> Check:
    """``jax.test_util.check_grads`` of a function with a ``jax.custom_vjp``, which has a reverse mode only."""
    (probe,) = probes
    parameters = tuple(jnp.asarray(p) for p in probe.parameters)
    loss = _jax_loss(jnp.asarray(probe.X), jnp.asarray(probe.y.astype(probe.X.dtype)))

    def check(program: Program) -> bool:
        @jax.custom_vjp
        def mean_loss(*parameters: jax.Array) -> jax.Array:
            return loss(*parameters)

        def forward(*parameters: jax.Array) -> tuple[jax.Array, tuple[jax.Array, ...]]:
            return loss(*parameters), parameters

        def backward(parameters: tuple[jax.Array, ...], grad: jax.Array) -> tuple[jax.Array, ...]:
            arrays = Parameters(*(np.asarray(p) for p in parameters))
            return tuple(grad * jnp.asarray(g) for g in program.gradient(arrays, probe.X, probe.y))

        mean_loss.defvjp(forward, backward)
        return _fails(lambda: check_grads(mean_loss, parameters, order=1, modes=("rev",), **settings))

    return check


def _jax_loss(X: jax.Array, y: jax.Array) -> Callable[..., jax.Array]:
    @jax.jit
    def mean_loss(W1: jax.Array, b1: jax.Array, W2: jax.Array, b2: jax.Array) -> jax.Array:
        Z2 = jax.nn.sigmoid(X @ W1.T + b1) @ W2.T + b2
        return jnp.logaddexp(0, (1 - 2 * y) * Z2[:, 0]).mean()

    return mean_loss


# NumPy.


def central_differences(probes: list[Probe], *, eps: float, **tolerances: float) -> Check:
    """``(loss(p + eps) - loss(p - eps)) / (2 eps)`` and ``np.allclose``."""
    (probe,) = probes
    step = probe.X.dtype.type(eps)

    def slope(parameters: Parameters, array: np.ndarray, at: tuple[int, ...]) -> np.floating:
        value, losses = array[at], []
        for moved in (value + step, value - step):
            array[at] = moved
            losses.append(_mean_loss(parameters, probe.X, probe.y))
        array[at] = value
        return (losses[0] - losses[1]) / (2 * step)

    return _allclose(probe, _differentiate(probe.parameters, slope), tolerances)


def complex_step(probes: list[Probe], **tolerances: float) -> Check:
    """``Im(loss(p + i step)) / step`` and ``np.allclose``."""
    (probe,) = probes
    step = probe.X.dtype.type(1e-20)

    def slope(parameters: Parameters, array: np.ndarray, at: tuple[int, ...]) -> np.floating:
        value = array[at]
        array[at] = value + 1j * step
        loss = _mean_loss(parameters, probe.X, probe.y)
        array[at] = value
        return loss.imag / step

    kind = np.complex128 if probe.X.dtype == np.float64 else np.complex64
    return _allclose(probe, _differentiate(Parameters(*(p.astype(kind) for p in probe.parameters)), slope), tolerances)


def _mean_loss(parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Any:
    """The mean loss from its definition, of real or complex parameters."""
    W1, b1, W2, b2 = parameters
    Z2 = 1 / (1 + np.exp(-(X @ W1.T + b1))) @ W2.T + b2
    return np.log1p(np.exp((1 - 2 * y.astype(X.dtype)) * Z2[:, 0])).mean()


def _differentiate(
    parameters: Parameters, slope: Callable[[Parameters, np.ndarray, tuple[int, ...]], np.floating]
) -> Parameters:
    """The slope with respect to every parameter, one after the other."""
    moved = Parameters(*(p.copy() for p in parameters))
    return Parameters(*(np.array([slope(moved, p, at) for at in np.ndindex(p.shape)]).reshape(p.shape) for p in moved))


def _allclose(probe: Probe, numeric: Parameters, tolerances: dict[str, Any]) -> Check:
    def check(program: Program) -> bool:
        gradient = program.gradient(probe.parameters, probe.X, probe.y)
        return _fails(lambda: all(np.allclose(a, b, **tolerances) for a, b in zip(gradient, numeric, strict=True)))

    return check


def _fails(passes: Callable[[], object]) -> bool:
    try:
        return passes() is False
    except FAILURES:
        return True


# What they are called with.

USUAL_EPS = {"float64": 1e-6, "float32": 1e-3}  # of central differences: NumPy has no default
EXPERT: dict[str, dict[Method, dict[str, float]]] = {
    "float64": {
        SLOW: {"eps": 1e-4, "rtol": 1e-7},
        FAST: {"eps": 1e-4, "rtol": 1e-8},
        jax_check_grads: {"eps": 1e-6, "rtol": 1e-9},
        central_differences: {"eps": 1e-4, "rtol": 1e-5},
        complex_step: {"rtol": 1e-11},
    },
    # Central differences of all parameters accuse correct programs at any tolerance below 1.
    "float32": {
        SLOW: {"eps": 1e-1, "rtol": 1e-1},
        FAST: {"eps": 1e-2, "rtol": 1e-3},
        jax_check_grads: {"eps": 1e-3, "rtol": 1e-3},
        central_differences: {"eps": 1e-2, "rtol": 1e-1},
        complex_step: {"rtol": 1e-2},
    },
}
NAMES: dict[Method, str] = {
    SLOW: "torch gradcheck, slow mode",
    FAST: "torch gradcheck, fast mode",
    jax_check_grads: "jax check_grads",
    central_differences: "central differences, np.allclose",
    complex_step: "complex step, np.allclose",
}


def checkers(dtype: str, *, gradient_alone: bool = False) -> list[Checker]:
    """All checkers for programs that compute in this dtype, the libraries at their defaults and as an expert sets them.

    With ``gradient_alone``, Backproof also judges programs that show nothing else; a wrong one then takes seconds.
    """
    found = [Checker("Backproof", "every line shown", ("one", "batch"), backproof)]
    if gradient_alone:
        found.append(Checker("Backproof", "gradient alone shown", ("one", "batch"), backproof_gradient))
    for method, name in NAMES.items():
        usual = {"eps": USUAL_EPS[dtype]} if method is central_differences else {}
        found.append(Checker(name, "defaults", ("one",), partial(method, **usual)))
        expert = EXPERT[dtype][method]
        said = ", ".join(f"{setting} {value:.0e}".replace("e-0", "e-") for setting, value in expert.items())
        found.append(Checker(name, f"expert: {said}", ("batch",), partial(method, atol=0.0, **expert)))
    return found
