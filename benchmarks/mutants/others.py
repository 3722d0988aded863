"""The same mutants before what people use: each is given the loss as a black box, and the gradients that come with it.

``gradcheck`` and ``check_grads`` at their defaults, central differences, and a complete comparison with the right
gradient, as ``jax.grad`` of a second writing would give it, by ``np.allclose``. None of them says which line is wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.test_util import check_grads

from backproof.diagnosis.calls.case import Case, Player
from backproof.diagnosis.calls.pairing import Pair
from backproof.diagnosis.verdict.judging import judge
from backproof.replay.loading import Program
from benchmarks.mutants.edits import Mutant

jax.config.update("jax_enable_x64", True)  # before the first array
STEP = 1e-6  # of central differences
CLOSE = 1e-5  # relative, of np.allclose
FAILURES = (AssertionError, RuntimeError, ValueError, TypeError)  # how a library says that a gradient is wrong


class Checked(NamedTuple):
    """What one checker made of one program."""

    checker: str
    reported: bool
    seconds: float


class BlackBox:
    """The loss and the gradients of a program as functions of one row of all its parameters."""

    def __init__(self, player: Player, pairs: tuple[Pair, ...]) -> None:
        self.player, self.pairs = player, pairs
        self.arguments = player.call().arguments
        self.start = np.concatenate([np.ravel(self.arguments[pair.parameter]) for pair in pairs])

    def __call__(self, row: np.ndarray) -> tuple[float, np.ndarray]:
        """Loss and gradients.

        Raises:
            ValueError: a gradient has another size than its parameter.
        """
        given, at = dict(self.arguments), 0
        for pair in self.pairs:
            old = self.arguments[pair.parameter]
            given[pair.parameter] = row[at : at + old.size].reshape(old.shape)
            at += old.size
        answer = self.player.call(given).answer()
        gradients = [np.asarray(answer.gradients[pair.gradient], np.float64) for pair in self.pairs]
        for pair, gradient in zip(self.pairs, gradients, strict=True):
            if gradient.size != self.arguments[pair.parameter].size:
                raise ValueError("a gradient has another size than its parameter")
        return float(np.squeeze(answer.loss)), np.concatenate([np.ravel(g) for g in gradients])


def gradcheck(box: BlackBox, fast: bool) -> None:
    """Raises as ``torch.autograd.gradcheck`` does."""

    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, row: torch.Tensor) -> torch.Tensor:
            loss, gradient = box(row.detach().numpy())
            ctx.gradient = torch.from_numpy(gradient)
            return torch.tensor(loss, dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, upstream: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
            return upstream * ctx.gradient

    torch.manual_seed(0)
    torch.autograd.gradcheck(Loss.apply, torch.tensor(box.start, requires_grad=True), fast_mode=fast)


def by_check_grads(box: BlackBox) -> None:
    """Raises as ``jax.test_util.check_grads`` does."""
    box(box.start)  # what it raises need not pass through JAX
    number = jax.ShapeDtypeStruct((), jnp.float64)
    row = jax.ShapeDtypeStruct(box.start.shape, jnp.float64)

    @jax.custom_vjp
    def loss(x: Any) -> Any:
        return jax.pure_callback(lambda x: np.float64(box(np.asarray(x))[0]), number, x)

    def backward(x: Any, upstream: Any) -> Any:
        return (upstream * jax.pure_callback(lambda x: box(np.asarray(x))[1], row, x),)

    loss.defvjp(lambda x: (loss(x), x), backward)
    check_grads(loss, (jnp.asarray(box.start),), order=1, modes=["rev"])


def by_differences(box: BlackBox) -> None:
    """Raises AssertionError unless the gradient is close to central differences."""
    found = np.empty(box.start.shape)
    for at in range(found.size):
        ends = []
        for sign in (1, -1):
            moved = box.start.copy()
            moved[at] += sign * STEP
            ends.append(box(moved)[0])
        found[at] = (ends[0] - ends[1]) / (2 * STEP)
    assert np.allclose(box(box.start)[1], found, rtol=CLOSE)


def by_another_gradient(box: BlackBox, true: np.ndarray) -> None:
    """Raises AssertionError unless the gradient is close to the right one."""
    assert np.allclose(box(box.start)[1], true, rtol=CLOSE)


def checked(mutant: Mutant, pairs: tuple[Pair, ...]) -> list[Checked]:
    """Every checker at the program's example."""
    case = Case(Program(mutant.path, mutant.text))
    with Player(case) as player:
        box = BlackBox(player, pairs)
        judged = judge(case, box.arguments, pairs)
        true = np.concatenate([np.ravel(g.true) for g in judged.gradients])
        checkers: dict[str, Callable[[], None]] = {
            "torch gradcheck, slow": lambda: gradcheck(box, fast=False),
            "torch gradcheck, fast": lambda: gradcheck(box, fast=True),
            "jax check_grads": lambda: by_check_grads(box),
            "central differences, rtol 1e-5": lambda: by_differences(box),
            "jax.grad of a second writing, rtol 1e-5": lambda: by_another_gradient(box, true),
        }
        return [_timed(name, check) for name, check in checkers.items()]


def _timed(name: str, check: Callable[[], None]) -> Checked:
    start = time.perf_counter()
    try:
        with np.errstate(all="ignore"):
            check()
        reported = False
    except FAILURES:
        reported = True
    return Checked(name, reported, time.perf_counter() - start)
