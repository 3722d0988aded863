"""Functions that bring their own derivative, and living functions of tensors and arrays, on trial as they are."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import tanh

from backproof import assert_backprop, check_backprop, true_gradient


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any, beta: Any) -> Any:
        s = torch.sigmoid(beta * x)
        ctx.save_for_backward(x, s, beta)
        return x * s

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        x, s, beta = ctx.saved_tensors
        grad_x = grad_output * (s + beta * x * s * (1 - s))
        return grad_x, (grad_output * x * x * s * (1 - s)).sum()


class WithoutBeta(Swish):
    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        x, s, _ = ctx.saved_tensors
        grad_x = grad_output * (s + x * s * (1 - s))
        return grad_x, (grad_output * x * x * s * (1 - s)).sum()


class TwoOutputs(torch.autograd.Function):
    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        return torch.exp(x) * y, x + y

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:  # noqa: ARG004
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Any, h: Any) -> Any:
        x, y = ctx.saved_tensors
        return g * torch.exp(x) * y + h, g * torch.exp(x) + h


def sine(slope: Any) -> Any:
    @jax.custom_vjp
    def function(x: Any, y: Any) -> Any:
        return jnp.sin(x) * y

    function.defvjp(lambda x, y: (function(x, y), (jnp.cos(x), jnp.sin(x), y)), slope)
    return function


def right_slope(kept: Any, g: Any) -> Any:
    cos_x, sin_x, y = kept
    return cos_x * y * g, sin_x * g


def wrong_slope(kept: Any, g: Any) -> Any:
    cos_x, sin_x, _ = kept
    return cos_x * g, sin_x * g


X = torch.tensor([0.3, -1.2, 0.7, 2.1])
BETA = torch.tensor(1.5)


def test_a_function_of_torch_with_its_own_backward() -> None:
    assert_backprop(Swish, X, BETA)
    assert_backprop(TwoOutputs, X, X * 2)
    found = check_backprop(WithoutBeta, X, BETA).diagnosis
    assert found.verdict == "wrong"
    (culprit,) = found.culprits
    assert "grad_x = " in culprit.patch.text  # type: ignore[union-attr]
    assert culprit.proven
    assert culprit.gradients == ["x"]


def test_a_function_of_jax_with_its_own_vjp() -> None:
    given = jnp.array([1.0, 2.0]), jnp.array([0.5, -2.0])
    assert_backprop(sine(right_slope), *given)
    found = check_backprop(sine(wrong_slope), *given).diagnosis
    assert (found.verdict, found.gradients["x"].status, found.gradients["y"].status) == ("wrong", "wrong", "right")


def test_inputs_that_do_not_fit_are_said() -> None:
    with pytest.raises(TypeError, match="Swish takes x, beta, but 1 inputs are given"):
        check_backprop(Swish, X)


def by_tensors(X: Any, y: Any, W: Any, b: Any) -> Any:
    h = tanh(X @ W + b)
    loss = F.mse_loss(h, y)
    dz = 2 * (h - y) / h.numel() * (1 - h**2)
    return loss, {"W": X.T @ dz, "b": dz.sum(0)}


@torch.no_grad()
def decorated(X: Any, y: Any, W: Any, b: Any) -> Any:
    return by_tensors(X, y, W, b)


@pytest.mark.parametrize("function", [by_tensors, decorated])
def test_living_functions_of_tensors(function: Any) -> None:
    r = torch.Generator().manual_seed(0)
    W = torch.randn(3, 2, generator=r, requires_grad=True)
    given = {"X": torch.randn(4, 3, generator=r), "y": torch.randn(4, 2, generator=r), "W": W * 1, "b": torch.zeros(2)}
    assert_backprop(function, **given)


@jax.jit
def forward(X: Any, W: Any) -> Any:
    return jnp.tanh(X @ W)


def by_arrays(X: Any, W: Any) -> Any:
    h = forward(X, W)
    return jnp.sum(h**2), {"W": X.T @ (2 * h * (1 - h**2))}


def test_living_functions_of_jax() -> None:
    key = jax.random.PRNGKey(0)
    assert_backprop(by_arrays, jax.random.normal(key, (4, 3)), jax.random.normal(key, (3, 2)))


@pytest.mark.parametrize("make", [torch.tensor, jnp.array])
def test_the_true_gradient_of_a_function_of_tensors_or_arrays(make: Any) -> None:
    library = torch if make is torch.tensor else jnp
    found = true_gradient(lambda w: library.tanh(w).sum(), make([1.0, 2.0]))
    assert np.abs(found.nearest - (1 - np.tanh([1.0, 2.0]) ** 2)).max() < 1e-7
