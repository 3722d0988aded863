"""The fast enclosure against Algorithm 1 written out in balls with far more bits, and against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
from flint import arb, ctx

from engines.initial_weights import initial_weights
from engines.interface import Parameters
from proof.certificate import radii
from proof.trajectory import PrecisionExhaustedError, Trajectory, WeightsTooLargeError

RATE = float(np.float32(0.01))


def problem(n: int, d: int, h: int, density: float = 0.45) -> tuple[Parameters, np.ndarray, np.ndarray]:
    """Images of 256 grey levels, rounded to float32; this share of their pixels is not zero."""
    rng = np.random.default_rng(n)
    X = rng.integers(0, 256, (n, d)) * (rng.random((n, d)) < density) / 255
    y = (X[:, : d // 2].sum(axis=1) > X[:, d // 2 :].sum(axis=1)).astype(float)
    return initial_weights(d, h, 0), X.astype(np.float32).astype(np.float64), y


def written_out(
    number: Callable[[float], Any],
    exp: Callable[[Any], Any],
    log: Callable[[Any], Any],
    initial: Parameters,
    X: np.ndarray,
    y: np.ndarray,
    rate: float,
    batch_size: int,
    epochs: int,
) -> tuple[Parameters, list[Any]]:
    """Algorithm 1, one line per equation, in any kind of number: the parameters, and each epoch's mean loss."""
    convert = np.vectorize(lambda value: number(float(value)), otypes=[object])
    sigmoid = np.vectorize(lambda z: 1 / (1 + exp(-z)), otypes=[object])
    W1, b1, W2, b2 = (convert(p) for p in initial)
    X, labels, mean_losses = convert(X), y.astype(int), []
    for _ in range(epochs):
        losses = number(0.0)
        for start in range(0, len(y), batch_size):
            x, t = X[start : start + batch_size], labels[start : start + batch_size]
            pixels = np.flatnonzero((x != 0).any(axis=0))  # the others change nothing
            x = x[:, pixels]
            A1 = sigmoid(x @ W1[:, pixels].T + b1)
            Z2 = A1 @ W2.T + b2
            dZ2 = (sigmoid(Z2) - t[:, None]) / len(t)
            losses += sum(log(1 + exp(int(1 - 2 * label) * z)) for label, z in zip(t, Z2[:, 0], strict=True))
            dZ1 = (dZ2 @ W2) * A1 * (1 - A1)
            D2, D1 = number(rate) * dZ2, number(rate) * dZ1
            W2, b2 = W2 - D2.T @ A1, b2 - D2.sum(axis=0)
            W1[:, pixels], b1 = W1[:, pixels] - D1.T @ x, b1 - D1.sum(axis=0)
        mean_losses.append(losses / len(y))
    return Parameters(W1, b1, W2, b2), mean_losses


def in_balls(*run: Any) -> tuple[Parameters, list[arb]]:
    with ctx.workprec(500):
        return written_out(arb, arb.exp, arb.log, *run)


def assert_enclosed(run: Trajectory, truth: Parameters, widest: float) -> None:
    """Every ball of the truth lies in the run's, which is no wider than this."""
    high, low = run.parameters()
    distance = float(run.distance)
    assert 0 < distance < widest
    with ctx.workprec(500):
        for first, second, true in zip(high, low, truth, strict=True):
            assert first.shape == second.shape == true.shape
            entries = zip(first.flat, second.flat, radii(second, distance).flat, true.flat, strict=True)
            for a, b, radius, ball in entries:
                assert (ball - arb(float(a)) - arb(float(b))).abs_upper() <= arb(float(radius))


@pytest.mark.parametrize("batch_size", [1, 2, 5, 16, 33, 1000])
def test_the_true_run_is_enclosed(batch_size: int) -> None:
    initial, X, y = problem(75, 7, 4)
    truth, true_losses = in_balls(initial, X, y, 0.5, batch_size, 2)
    run = Trajectory(initial, X, y, 0.5, batch_size, 160)
    for true_loss in true_losses:
        mean_loss = run.epoch(lambda *_: None)
        assert mean_loss.contains(true_loss)
        assert mean_loss.rad() < 1e-35
    assert_enclosed(run, truth, 1e-35)


def test_the_true_run_is_enclosed_over_several_blocks_and_one_hidden_unit() -> None:
    initial, X, y = problem(600, 3, 1)
    truth, _ = in_balls(initial, X, y, 0.25, 1, 1)
    run = Trajectory(initial, X, y, 0.25, 1, 128)
    run.epoch(lambda *_: None)
    assert_enclosed(run, truth, 1e-25)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 255.0])
def test_pixels_and_weights_of_any_size(scale: float) -> None:
    rng = np.random.default_rng(1)
    X, y = scale * rng.standard_normal((20, 3)), rng.integers(0, 2, 20).astype(float)
    initial = initial_weights(3, 2, 0)._replace(W1=rng.standard_normal((2, 3)) / max(1.0, scale))
    rate = 0.5 / max(1.0, scale) ** 2
    truth, _ = in_balls(initial, X, y, rate, 1, 1)
    run = Trajectory(initial, X, y, rate, 1, 256)
    run.epoch(lambda *_: None)
    assert_enclosed(run, truth, 1e-30)


def test_the_first_steps_at_full_size() -> None:
    initial, X, y = problem(40, 784, 12)
    truth, true_losses = in_balls(initial, X, y, RATE, 1, 1)
    run = Trajectory(initial, X, y, RATE, 1, 128)
    assert run.epoch(lambda *_: None).contains(true_losses[0])
    assert_enclosed(run, truth, 1e-33)


@pytest.mark.slow
def test_500_steps_at_full_size() -> None:
    assert_mpmath_agrees(*problem(500, 784, 12, density=0.1))


def test_500_steps_of_a_small_network() -> None:
    assert_mpmath_agrees(*problem(500, 5, 3))


def assert_mpmath_agrees(initial: Parameters, X: np.ndarray, y: np.ndarray) -> None:
    """An arithmetic of other origin, at 80 digits, finds a number in every ball, and every ball narrow."""
    run = Trajectory(initial, X, y, RATE, 1, 128)
    mean_loss = run.epoch(lambda *_: None)
    high, low = run.parameters()
    distance = float(run.distance)
    assert 0 < distance < 1e-28
    with mpmath.workdps(80):
        truth, true_losses = written_out(mpmath.mpf, mpmath.exp, mpmath.log, initial, X, y, RATE, 1, 1)
        for first, second, true in zip(high, low, truth, strict=True):
            for a, b, radius, t in zip(first.flat, second.flat, radii(second, distance).flat, true.flat, strict=True):
                assert abs(t - mpmath.mpf(float(a)) - mpmath.mpf(float(b))) <= float(radius)
        shown = mean_loss.str(25, radius=False)
        assert abs(mpmath.mpf(shown) - true_losses[0]) <= abs(true_losses[0]) * mpmath.mpf(10) ** -24


def test_the_distance_grows_by_every_rounding_and_every_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    initial, X, y = problem(600, 6, 3)

    def distance_after(factor: float, before: tuple[int, int]) -> float:
        monkeypatch.setattr("proof.trajectory.expansion", lambda *_: factor)
        run = Trajectory(initial, X, y, 0.5, 1, 128)
        run.state = run.state._replace(distance=before)
        run.epoch(lambda *_: None)
        return float(run.distance)

    roundings = distance_after(1.0, (0, 0))
    assert 600 * 2.0**-129 <= roundings <= 600 * 2.0**-128 * 30  # half a unit to some units a step
    blocks = 3
    assert distance_after(2.0, (0, 0)) >= 2 * roundings
    assert distance_after(2.0, (1, -90)) >= 2.0**-90 * 2**blocks
    assert distance_after(1.0, (1, -90)) >= 2.0**-90 + roundings


def test_the_unit_is_what_the_radius_says() -> None:
    """With few bits the computed run is measurably off, by less than its distance and not by much less."""
    initial, X, y = problem(64, 6, 3)
    truth, _ = in_balls(initial, X, y, 0.5, 1, 1)
    run = Trajectory(initial, X, y, 0.5, 1, 80)
    run.epoch(lambda *_: None)
    high, low = run.parameters()
    with ctx.workprec(500):
        off = max(
            float(abs(t - arb(float(a)) - arb(float(b))))
            for first, second, true in zip(high, low, truth, strict=True)
            for a, b, t in zip(first.flat, second.flat, true.flat, strict=True)
        )
    assert float(run.distance) / 3000 <= off <= float(run.distance)


def test_a_run_goes_on_from_its_state_to_the_same_bits() -> None:
    initial, X, y = problem(300, 6, 3)
    straight, resumed = (Trajectory(initial, X, y, 0.3, 2, 140) for _ in range(2))
    straight.epoch(lambda *_: None)
    resumed.state = straight.state
    losses = [run.epoch(lambda *_: None) for run in (straight, resumed)]
    assert resumed.state == straight.state
    assert losses[0].str(50) == losses[1].str(50)


def test_the_logits_are_those_of_the_true_parameters() -> None:
    initial, X, y = problem(60, 6, 3)
    truth, _ = in_balls(initial, X, y, 0.5, 1, 1)
    run = Trajectory(initial, X, y, 0.5, 1, 128)
    run.epoch(lambda *_: None)
    unseen = np.random.default_rng(7).standard_normal((5, 6))
    with ctx.workprec(500):
        for row, ball in zip(unseen, run.logits(unseen), strict=True):
            Z1 = truth.W1 @ np.array([arb(v) for v in row.tolist()]) + truth.b1
            Z2 = (truth.W2 @ np.array([1 / (1 + (-z).exp()) for z in Z1]) + truth.b2)[0]
            assert ball.contains(Z2)
            assert 0 < ball.rad() < 1e-28


def test_the_logits_know_how_far_the_true_run_may_be() -> None:
    initial, X, y = problem(60, 6, 3)
    run = Trajectory(initial, X, y, 0.5, 1, 128)
    run.epoch(lambda *_: None)
    run.state = run.state._replace(distance=(1, 10))
    assert all(ball.contains(0) for ball in run.logits(X))


def test_precision_that_runs_out_is_noticed_with_its_step() -> None:
    initial, X, y = problem(600, 6, 3)
    run = Trajectory(initial, X, y, 0.5, 1, 64)
    run.state = run.state._replace(distance=(1, -60))
    with pytest.raises(PrecisionExhaustedError, match=r"step \d+") as exhausted:
        run.epoch(lambda *_: None)
    assert 0 < exhausted.value.step <= 600


@pytest.mark.parametrize("rate", [1e9, 1e300])
def test_weights_that_leave_their_fields_are_noticed(rate: float) -> None:
    initial, X, y = problem(100, 6, 3)
    with pytest.raises(WeightsTooLargeError):
        Trajectory(initial, X, y, rate, 1, 128).epoch(lambda *_: None)


@pytest.mark.parametrize("weight", [1e15, 1e200])
def test_initial_weights_that_do_not_fit_are_noticed(weight: float) -> None:
    initial, X, y = problem(40, 6, 3)
    with pytest.raises(WeightsTooLargeError):
        Trajectory(initial._replace(b1=np.full(3, weight)), X, y, 0.1, 1, 128).epoch(lambda *_: None)


def test_without_a_learning_rate_nothing_moves_and_nothing_is_uncertain() -> None:
    initial, X, y = problem(40, 6, 3)
    run = Trajectory(initial, X, y, 0.0, 1, 128)
    run.epoch(lambda *_: None)
    high, low = run.parameters()
    assert run.distance == 0
    assert all((a == b).all() for a, b in zip(high, initial, strict=True))
    assert not any(b.any() for b in low)


def test_the_precision_of_others_is_left_alone() -> None:
    initial, X, y = problem(40, 6, 3)
    before = ctx.prec
    with pytest.raises(WeightsTooLargeError):
        Trajectory(initial, X, y, 1e9, 1, 128).epoch(lambda *_: None)
    assert ctx.prec == before
