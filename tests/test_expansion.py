"""The factor of a step against the true Hessian of the loss, differentiated numerically from its definition."""

from __future__ import annotations

import numpy as np
import pytest

from proof.expansion import expansion, largest_distance, steepness

D, H = 3, 2


def loss_gradient(theta: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of the mean loss, by complex step, theta being W1, b1, W2 and b2 in a row."""

    def loss(t: np.ndarray) -> np.ndarray:
        W1, b1, W2, b2 = t[: H * D].reshape(H, D), t[H * D : H * D + H], t[-H - 1 : -1], t[-1]
        Z2 = 1 / (1 + np.exp(-(X @ W1.T + b1))) @ W2 + b2
        return np.log1p(np.exp((1 - 2 * y) * Z2)).mean()

    step = 1e-30j
    return np.array([loss(theta + step * unit).imag / 1e-30 for unit in np.eye(len(theta))])


def loss_hessian(theta: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    delta = 1e-5
    return np.array(
        [(loss_gradient(theta + delta * u, X, y) - loss_gradient(theta - delta * u, X, y)) for u in np.eye(len(theta))]
    ) / (2 * delta)


def norm_of_step(theta: np.ndarray, X: np.ndarray, y: np.ndarray, rate: float) -> float:
    return float(np.linalg.norm(np.eye(len(theta)) - rate * loss_hessian(theta, X, y), 2))


def factor(theta: np.ndarray, X: np.ndarray, y: np.ndarray, rate: float) -> float:
    W1, b1, W2, b2 = theta[: H * D].reshape(H, D), theta[H * D : H * D + H], theta[-H - 1 : -1], theta[-1]
    A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    s = 1 / (1 + np.exp(-(A1 @ W2 + b2))) - y
    xx = 1 + (X * X).sum(axis=1)
    weights = np.tile(W2, (len(X), 1))
    sizes = np.array([len(X)])
    return expansion(A1, weights, s, xx, sizes, rate, float(np.linalg.norm(W2)), float(np.sqrt(xx.max())))


@pytest.mark.parametrize("n", [1, 4])
@pytest.mark.parametrize("rate", [0.01, 0.5, 20.0])
@pytest.mark.parametrize("size", [0.5, 2.0, 6.0])
def test_the_factor_bounds_the_norm_and_is_close_for_one_sample(n: int, rate: float, size: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        theta, X = size * rng.standard_normal(H * D + 2 * H + 1), rng.random((n, D)) * 3
        y = rng.integers(0, 2, n).astype(float)
        norm, bound = norm_of_step(theta, X, y, rate), factor(theta, X, y, rate)
        assert norm - 1 <= (bound - 1) + 1e-8 * rate * (1 + norm)
        if n == 1:
            assert bound - 1 <= 3.5 * rate * np.linalg.norm(loss_hessian(theta, X, y), 2) + 1e-6


def test_consecutive_batches_multiply() -> None:
    rng = np.random.default_rng(4)
    n = 7
    A1, W2, s, xx = rng.random((n, H)), rng.standard_normal((n, H)), rng.uniform(-1, 1, n), 1 + rng.random(n)
    common = 0.7, 5.0, 2.0
    parts = [slice(0, 3), slice(3, 6), slice(6, 7)]
    each = [expansion(A1[p], W2[p], s[p], xx[p], np.array([len(s[p])]), *common) for p in parts]
    together = expansion(A1, W2, s, xx, np.array([3, 3, 1]), *common)
    assert abs(together - np.prod(each)) <= 1e-12 * together
    assert min(each) >= 1


def test_steepness_bounds_the_gradient_of_the_logit() -> None:
    rng = np.random.default_rng(5)
    for _ in range(100):
        A1, W2, x = rng.random(H), 3 * rng.standard_normal(H), 3 * rng.standard_normal(D)
        nu = float(np.sqrt(1 + x @ x))
        gradient = np.concatenate([np.outer(W2 * A1 * (1 - A1), [*x, 1]).ravel(), A1, [1.0]])
        assert np.linalg.norm(gradient) <= steepness(float(np.linalg.norm(W2)), nu, H)


def test_the_largest_distance_shrinks_with_the_network() -> None:
    assert largest_distance(2.0, 20.0, 12) * 12 * 20 * 3 <= 2.0**-50
