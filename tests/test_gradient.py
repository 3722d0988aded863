"""``true_gradient``: of functions, methods and closures, against jax, torch, the engines and the old enclosure."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof import Gradient, NotFollowed, true_gradient
from backproof.arithmetic import EXACT
from backproof.balls import Balls
from backproof.replay.number import Number
from backproof.replay.run import Inputs
from backproof.replay.tape import Tape
from backproof.replay.world import ExactWorld
from engines import BinaryClassifier
from engines.interface import Parameters
from proof.enclosure import enclose

jax.config.update("jax_enable_x64", True)
X = np.array([0.1, 0.2, 0.3])


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


class Net:
    def __init__(self) -> None:
        self.W = np.array([[0.1, 0.2], [0.3, -0.4]])
        self.__scale = 2.0

    def loss(self, x: Any) -> Any:
        return np.sum(sigmoid(x @ self.W)) * self.__scale


class Deeper(Net):
    def loss(self, x: Any) -> Any:
        return super().loss(x) + self.W.sum() / 3


def test_the_nearest_floats_the_enclosure_and_the_distances() -> None:
    gradient = true_gradient(lambda x: np.sum(np.tanh(x) ** 2) / 3, X)
    by_hand = 2 * np.tanh(X) * (1 - np.tanh(X) ** 2) / 3
    assert isinstance(gradient, Gradient)
    assert gradient.shape == (3,)
    assert np.all(gradient.contains(gradient.nearest))
    assert np.all(gradient.ulps(gradient.nearest) <= 0.5)
    assert np.all(gradient.ulps(by_hand) <= 8)
    assert np.all(gradient.digits(by_hand) >= 14.5)
    off = gradient.nearest * (1 + 1e-5)
    assert np.all(np.abs(gradient.digits(off) - 5) < 0.1)
    assert not gradient.contains(off).any()
    assert np.all(gradient.ulps(gradient.nearest.astype(np.float32)) <= 0.5 + 1e-6)
    assert np.all(gradient.digits(np.full(3, np.nan)) == 0)
    assert not gradient.contains(np.full(3, np.nan)).any()
    with pytest.raises(ValueError, match=r"a gradient of shape \(1, 3\) is compared"):
        gradient.ulps(by_hand[None])


def test_functions_of_every_kind() -> None:
    weights = np.array([1.0, 2.0, 3.0])

    def make(a: float) -> Any:
        def inner(x: Any, y: float = 2.0) -> Any:
            return a * np.dot(x, weights) * y

        return inner

    assert np.all(true_gradient(make(0.5), X).nearest == weights)
    assert np.all(true_gradient(functools.partial(make(0.5), y=4.0), X).nearest == 2 * weights)
    slope = lambda z: sigmoid(z) * (1 - sigmoid(z))  # noqa: E731
    net, x = Deeper(), np.ones(2)
    expected = 2 * slope(x @ net.W) @ net.W.T
    assert np.allclose(true_gradient(net.loss, x).nearest, expected, rtol=1e-14)
    found = true_gradient(lambda net, x: net.loss(x), net, x)
    assert np.allclose(found[0]["W"].nearest, 2 * slope(x @ net.W) + 1 / 3, rtol=1e-14)
    assert np.allclose(found[1].nearest, expected, rtol=1e-14)
    assert net.W[0, 0] == 0.1  # nothing of the caller's is touched


def test_arguments_in_dicts_lists_and_numbers() -> None:
    def loss(p: Any, names: list[str], k: int) -> Any:
        return np.sum(p["W"] * p["b"][0]) * k + p["c"] * p["c"] + len(names)

    parameters = {"W": X, "b": [2.0], "c": 3.0}
    found = true_gradient(loss, parameters, ["a"], 2, wrt=0)
    assert np.all(found["W"].nearest == 4)
    assert abs(float(found["b"][0].nearest) - 1.2) < 1e-15
    assert float(found["c"].nearest) == 6
    assert true_gradient(loss, parameters, ["a"], 2)[1:] == ([None], None)


@pytest.mark.parametrize(("function", "sentence"), [
    (lambda x: x * 2, r"returns an array of shape \(3,\)"),
    (lambda x: 3.0, "depends on no argument"),
    (lambda x: "no", "returns a str"),
])  # fmt: skip
def test_what_has_no_gradient_is_one_sentence(function: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        true_gradient(function, X)


def test_what_is_not_followed_is_named() -> None:
    with pytest.raises(NotFollowed, match=r"np\.fft\.fft"):
        true_gradient(lambda x: np.abs(np.fft.fft(x)).sum(), X)


def test_a_kink_holds_every_one_sided_derivative() -> None:
    gradient = true_gradient(lambda x: np.maximum(0, x).sum(), np.array([-1.0, 0.0, 2.0]))
    for at_zero in (0.0, 0.3, 1.0):
        assert np.all(gradient.ulps(np.array([0.0, at_zero, 1.0])) == 0)
    assert gradient.ulps(np.array([0.0, 1.1, 1.0]))[1] > 0


# A custom backward pass of PyTorch's and of JAX's, tested without a tolerance.


def swish_in_numpy(x: Any) -> Any:
    return np.sum(x / (1 + np.exp(-x)))


@pytest.mark.parametrize("right", [True, False])
def test_a_custom_torch_function(right: bool) -> None:
    import torch

    class Swish(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * torch.sigmoid(x)

        @staticmethod
        def backward(ctx: Any, coming: Any) -> Any:
            (x,) = ctx.saved_tensors
            s = torch.sigmoid(x)
            return coming * (s + x * s * (1 - s)) if right else coming * (s + s * (1 - s))

    x = torch.tensor(X, requires_grad=True)
    Swish.apply(x).sum().backward()
    assert bool(np.all(true_gradient(swish_in_numpy, X).ulps(x.grad.numpy()) <= 4)) == right


@pytest.mark.parametrize("right", [True, False])
def test_a_custom_jax_rule(right: bool) -> None:
    @jax.custom_vjp
    def swish(x: Any) -> Any:
        return x * jax.nn.sigmoid(x)

    def forward(x: Any) -> Any:
        return swish(x), x

    def backward(x: Any, coming: Any) -> Any:
        s = jax.nn.sigmoid(x)
        return (coming * (s + x * s * (1 - s)) if right else coming * s * (1 + x),)

    swish.defvjp(forward, backward)
    gradient = np.asarray(jax.grad(lambda x: swish(x).sum())(jnp.asarray(X)))
    assert bool(np.all(true_gradient(swish_in_numpy, X).ulps(gradient) <= 4)) == right


# The report's network: two independent derivations of the truth, and the three engines.


def reports_loss(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, y: Any) -> Any:
    Z2 = sigmoid(X @ W1.T + b1) @ W2.T + b2
    return np.mean(np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]))


class Problem(NamedTuple):
    parameters: Parameters
    X: np.ndarray
    y: np.ndarray


@pytest.fixture(scope="module")
def problem() -> Problem:
    rng = np.random.default_rng(6)
    parameters = Parameters(rng.normal(size=(3, 7)), rng.normal(size=3), rng.normal(size=(1, 3)), rng.normal(size=1))
    return Problem(parameters, rng.random((5, 7)), np.array([1.0, 0, 1, 1, 0]))


@pytest.fixture(scope="module")
def truth(problem: Problem) -> tuple[Gradient, ...]:
    return true_gradient(reports_loss, *problem.parameters, problem.X, problem.y, wrt=(0, 1, 2, 3))


def test_the_enclosure_of_the_engines_judge_agrees(problem: Problem, truth: tuple[Gradient, ...]) -> None:
    lines = enclose(problem.parameters, problem.X, problem.y, EXACT)
    for name, gradient in zip(("dW1", "db1", "dW2", "db2"), truth, strict=True):
        other = getattr(lines, name)
        difference: Balls = gradient.enclosure - other.reshape(*gradient.shape)
        assert np.all(np.abs(difference.hi) <= difference.radius)
        assert np.all(difference.radius <= 1e-24)


def test_the_engines_are_right(engine: type[BinaryClassifier], problem: Problem, truth: tuple[Gradient, ...]) -> None:
    made = engine(problem.parameters)
    for gradient, true in zip(made.gradients(problem.X, problem.y), truth, strict=True):
        assert np.all(true.digits(gradient) >= 12)


# Random programs of array operations, against jax.

UNARY = [
    "{}.T.T",
    "np.tanh({})",
    "np.exp(-{} * {})",
    "np.sin({})",
    "({} - {}.mean(0))",
    "({} * 2)[::-1]",
    "{} @ np.ones((3, 3)) / 3",
    "np.where({} > 0, {}, 0.1 * {})",
    "np.maximum({}, 0.25)",
    "{} / (1 + {} ** 2)",
    "np.concatenate([{}, {}])[2:4]",
    "np.sqrt({} * {} + 1)",
    "({} - {}.max(axis=1, keepdims=True))",
    "np.cumsum({}, axis=1)",
    "np.logaddexp({}, 0)",
    "({}[:, [2, 0, 1]] + {}[:, :1])",
    "np.einsum('ij,kj->ik', {}, {}) @ np.ones((2, 3))",
    "np.pad({}, 1)[1:-1, 1:-1]",
]
BINARY = [
    "{} + {}",
    "{} * {}",
    "{} - {}",
    "{} / (2 + {} * {})",
    "np.minimum({}, {})",
    "{} * {}[0]",
    "{} + {}.sum(1)[:, None]",
]


@st.composite
def programs(draw: st.DrawFn) -> str:
    lines, names = [], ["x"]
    for k in range(draw(st.integers(1, 6))):
        form = draw(st.sampled_from(UNARY + BINARY))
        one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        slots = [one, *[other] * (form.count("{}") - 1)] if form in BINARY else [one] * form.count("{}")
        lines.append(f"t{k} = {form.format(*slots)}")
        names.append(f"t{k}")
    return "; ".join([*lines, f"y = ({names[-1]} * np.array([[1.0, 2.0, -1.0], [0.5, 0.3, 1.5]])).sum()"])


@given(programs(), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_random_programs_have_the_values_of_numpy_and_the_derivatives_of_jax(source: str, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, 3))

    def run(np: Any, x: Any) -> Any:
        space = {"np": np, "x": x}
        exec(source, space)
        return space["y"]

    tape = Tape()
    handed = Inputs(tape).array(x)
    leaves = handed.ids.copy()
    y = run(ExactWorld(tape).modules["numpy"], handed)
    assert isinstance(y, Number)
    value = float(run(np, x.copy()))
    assert abs(y.nearest - value) <= 1e-10 * max(1, abs(value))
    slopes = np.asarray(jax.grad(lambda x: run(jnp, x))(jnp.asarray(x)))
    true = tape.adjoints(y.id).of(leaves)
    assert np.all(np.abs(true.hi - slopes) <= 1e-9 * np.maximum(1, np.abs(slopes)) + true.radius)


class Words:
    """Functions of NumPy's as attributes."""

    where, maximum = np.where, np.maximum


def test_functions_of_numpy_may_be_attributes() -> None:
    found = true_gradient(lambda x: Words.where(x > 0, Words.maximum(x, 0.5) ** 2, -x).sum(), np.array([1.0, -2.0]))
    assert found.nearest.tolist() == [2.0, -1.0]
