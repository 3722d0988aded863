"""The audit: honest training is inside, every planted fault of a training loop is outside, and the bounds are sound."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backproof.arithmetic import ProofError, arithmetic_of
from backproof.balls import Balls
from engines import BinaryClassifier, Parameters, initial_weights
from engines.numpy_engine import NumpyEngine, all_lines
from proof.audit import AuditedBlock, Block, Disc, audit_blocks, choose_blocks, rerun
from proof.enclosure import enclose

D, H, STEPS = 20, 5, 120
RATE = float(np.float32(0.01))


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    X = (rng.integers(0, 256, (n, D)) / 255 * (rng.random((n, D)) < 0.6)).astype(np.float32).astype(np.float64)
    return X, (rng.random(n) < 0.5).astype(np.float64)


@cache
def trained(epochs: int) -> Parameters:
    engine = NumpyEngine(initial_weights(D, H, seed=2))
    engine.fit(*samples(2000), epochs=epochs, learning_rate=0.1)
    return engine.parameters


def sgd(parameters: Parameters, X: np.ndarray, y: np.ndarray, batch_size: int, fault: str = "") -> Parameters:
    """SGD, with one fault of a training loop planted in it."""
    order, velocity = np.arange(len(y)), [0.0] * 4
    if fault == "skipped sample":
        order = np.delete(order, 100)
    elif fault == "swapped samples":
        pair = [100, 100 + batch_size]  # of two batches: within one, the order does not matter
        order[pair] = order[pair[::-1]]
    elif fault == "lost last batch":
        order = order[: len(y) - batch_size]
    for step, start in enumerate(range(0, len(order), batch_size)):
        batch = order[start : start + batch_size]
        lines = all_lines(parameters, X[batch], y[batch])
        gradient = Parameters(lines.dW1, lines.db1, lines.dW2, lines.db2)
        rate = RATE / 2 if fault == "half the rate once" and step == 50 else RATE
        new = Parameters(*(p - rate * dp for p, dp in zip(parameters, gradient, strict=True)))
        if fault == "W2 moved first":
            moved = parameters._replace(W2=new.W2)
            lines = all_lines(moved, X[batch], y[batch])
            new = new._replace(W1=parameters.W1 - rate * lines.dW1, b1=parameters.b1 - rate * lines.db1)
        if fault == "stale weight" and step == 50:
            pixel = X[batch].sum(0).argmax()
            new.W1[2, pixel] = parameters.W1[2, pixel]
        if fault == "momentum":
            new = Parameters(*(p + 1e-6 * v for p, v in zip(new, velocity, strict=True)))
        velocity = [q - p for p, q in zip(parameters, new, strict=True)]
        parameters = new
    return parameters


def audit(end: Parameters, start: Parameters, dtype: str = "float64", batch_size: int = 1) -> AuditedBlock:
    block = Block(start, end, *samples(STEPS * batch_size))
    return audit_blocks([block], learning_rate=RATE, batch_size=batch_size, dtype=dtype)[0]


@pytest.mark.parametrize("epochs", [0, 5], ids=["initial", "trained"])
@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_honest_engine_is_inside(engine: type[BinaryClassifier], dtype: str, batch_size: int, epochs: int) -> None:
    X, y = samples(50 * batch_size)
    honest = engine(trained(epochs), dtype)
    start = honest.parameters
    honest.fit(X, y, epochs=1, learning_rate=RATE, batch_size=batch_size)
    (block,) = audit_blocks(
        [Block(start, honest.parameters, X, y, 100)], learning_rate=RATE, batch_size=batch_size, dtype=dtype
    )
    assert block.outside == 0
    assert (block.first_step, block.steps) == (100, 50)
    assert 0 < block.radius < (1e-6 if dtype == "float64" else 0.2)


CLIPPED = (lambda p: np.clip(p, 1e-7, 1 - 1e-7), lambda p: p + 1e-7, lambda p: np.maximum(p, 1e-7))


@pytest.mark.parametrize("epochs", [0, 5], ids=["initial", "trained"])
@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_losses_are_held_against_the_weights_of_their_step(
    engine: type[BinaryClassifier], dtype: str, batch_size: int, epochs: int
) -> None:
    X, y = samples(50 * batch_size)
    honest = engine(trained(epochs), dtype)
    start = honest.parameters
    losses = honest.fit(X, y, epochs=1, learning_rate=RATE, batch_size=batch_size)[0]

    def outside(shown: np.ndarray) -> int:
        block = Block(start, honest.parameters, X, y, losses=shown)
        (audited,) = audit_blocks([block], learning_rate=RATE, batch_size=batch_size, dtype=dtype)
        assert (audited.word == "wrong") is (audited.losses_outside > 0)
        return audited.losses_outside

    right = np.exp(-losses.astype(np.float64))
    assert outside(losses) == 0
    assert [outside(-np.log(change(right)).astype(dtype)) for change in CLIPPED] == [0, 0, 0]
    assert outside(losses * 2) > 0
    assert outside(np.roll(losses, 1)) > 0
    assert outside(np.where(np.arange(len(y)) == 7, np.nan, losses).astype(dtype)) == 1


@pytest.mark.parametrize("epochs", [0, 5], ids=["initial", "trained"])
@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize(
    "fault",
    [
        "skipped sample",
        "swapped samples",
        "lost last batch",
        "half the rate once",
        "W2 moved first",
        "stale weight",
        "momentum",
    ],
)
def test_a_faulty_loop_is_outside(fault: str, batch_size: int, epochs: int) -> None:
    start = trained(epochs)
    X, y = samples(STEPS * batch_size)
    assert audit(sgd(start, X, y, batch_size), start, batch_size=batch_size).outside == 0
    assert audit(sgd(start, X, y, batch_size, fault), start, batch_size=batch_size).outside > 0


@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_blocks_that_are_audited_together_keep_their_verdicts(dtype: str, batch_size: int) -> None:
    X, y = samples(3 * STEPS * batch_size)
    parts = list(zip(np.split(X, 3), np.split(y, 3), strict=True))
    starts = trained(0), trained(5), sgd(trained(0), *parts[0], batch_size)
    faults = "", "W2 moved first", ""
    blocks = [
        Block(start, sgd(start, *part, batch_size, fault), *part, first)
        for start, part, fault, first in zip(starts, parts, faults, (0, 500, 7), strict=True)
    ]
    together = audit_blocks(blocks, learning_rate=RATE, batch_size=batch_size, dtype=dtype)
    assert [block.first_step for block in together] == [0, 500, 7]
    if dtype == "float64":
        assert [block.outside > 0 for block in together] == [bool(fault) for fault in faults]
    for one, block in zip(blocks, together, strict=True):
        (alone,) = audit_blocks([one], learning_rate=RATE, batch_size=batch_size, dtype=dtype)
        assert (block.steps, block.outside, block.blind) == (alone.steps, alone.outside, alone.blind)
        assert block.radius == pytest.approx(alone.radius, rel=1e-6)


def test_state_kept_between_blocks_is_outside() -> None:
    """An engine that carries momentum over from the block before is inside in its first block only."""
    start = trained(1)
    X, y = samples(STEPS)
    middle = sgd(start, X, y, 1)
    kept = [1e-6 * (q - p) for p, q in zip(start, middle, strict=True)]
    end = Parameters(*(p + v for p, v in zip(sgd(middle, X, y, 1), kept, strict=True)))
    assert audit(middle, start).outside == 0
    assert audit(end, middle).outside > 0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("epochs", [0, 5], ids=["initial", "trained"])
def test_the_sets_contain_those_of_ball_arithmetic(epochs: int, batch_size: int, dtype: str) -> None:
    """The quick recursion of centres and radii against the enclosure, step by step in balls."""
    arithmetic = arithmetic_of(dtype)
    start = Parameters(*(p.astype(dtype).astype(np.float64) for p in trained(epochs)))
    X, y = samples(20 * batch_size)
    balls = Parameters(*(Balls.of(p, arithmetic) for p in start))
    for first in range(0, len(y), batch_size):
        batch = slice(first, first + batch_size)
        lines = enclose(balls, X[batch], y[batch], arithmetic)
        gradient = (lines.dW1, lines.db1, lines.dW2, lines.db2)
        balls = Parameters(*(p - RATE * dp for p, dp in zip(balls, gradient, strict=True)))
    discs, _ = rerun([Block(start, start, X, y)], learning_rate=RATE, batch_size=batch_size, dtype=dtype)
    for ball, disc in zip(balls, discs, strict=True):
        disc = Disc(disc.centre[0], disc.radius[0])
        assert (np.abs(ball.error(disc.centre)) <= disc.radius).all()
        # Not much wider, either: the balls share what the two have in common.
        some = disc.radius > 0
        assert np.median(disc.radius[some] / ball.radius[some]) < 10


def test_nan_is_outside_and_never_inside() -> None:
    start = trained(0)
    end = sgd(start, *samples(STEPS), 1)
    end.W1[0, 0] = np.nan
    assert audit(end, start).outside == 1
    with pytest.raises(ProofError, match="not finite"):
        audit(start, end)


@pytest.mark.parametrize("where", [0, 3], ids=["W1", "b2"])
def test_where_rounding_has_no_bound_only_what_is_not_finite_is_wrong(where: int) -> None:
    """The bound overflows, of a correct float32 program too; nothing is inside it, and nothing but NaN outside."""
    start = Parameters(*(p * 1e200 for p in trained(0)))
    block = audit(start, start)
    assert (block.word, block.outside) == ("not observable", 0)
    assert block.unbounded > 0
    end = Parameters(*(p.copy() for p in start))
    end[where].flat[0] = np.nan
    assert audit(end, start).word == "wrong"


def test_a_large_rate_in_float32_accuses_no_honest_engine() -> None:
    """The radius doubles with every step until it overflows: zero times infinity, at a dark pixel, is no verdict."""
    X, y = samples(200)
    engine = NumpyEngine(initial_weights(D, H, seed=0), "float32")
    start = engine.parameters
    engine.fit(X, y, epochs=1, learning_rate=4.0)
    block = Block(start, engine.parameters, X, y)
    (block,) = audit_blocks([block], learning_rate=4.0, batch_size=1, dtype="float32")
    assert (block.word, block.outside, block.radius) == ("not observable", 0, np.inf)


def test_a_block_in_which_anything_could_hide_is_not_observable() -> None:
    seen = AuditedBlock(first_step=0, steps=1, outside=0, unbounded=0, radius=1.0, blind=0.99)
    assert seen.word == "rounding"
    assert replace(seen, blind=1.0).word == "not observable"
    assert replace(seen, unbounded=1).word == "not observable"
    assert replace(seen, outside=1, unbounded=1, blind=1.0).word == "wrong"


def test_blocks_are_drawn_with_the_ends_of_the_first_and_last_epoch() -> None:
    blocks = choose_blocks(800, 40, 20, seed=3)
    assert len(blocks) == len(set(blocks)) == 20
    assert {0, 39, 760, 799} <= set(blocks)
    assert blocks == choose_blocks(800, 40, 20, seed=3) != choose_blocks(800, 40, 20, seed=4)
    assert choose_blocks(800, 40, None, seed=3) == list(range(800))
    assert choose_blocks(3, 3, 20, seed=3) == [0, 1, 2]
    assert choose_blocks(0, 1, 20, seed=3) == []


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_subnormal_weight_may_be_flushed_to_zero(dtype: str) -> None:
    X, y = samples(STEPS)
    X = np.where(np.arange(X.shape[1]) == 0, 0.0, X)  # its pixel is dark, so that the weight never moves
    start = Parameters(*(p.astype(dtype) for p in trained(0)))
    start.W1[1, 0] = np.finfo(dtype).tiny / 8
    end = sgd(Parameters(*(p.astype(np.float64) for p in start)), X, y, 1)
    for kept in (float(start.W1[1, 0]), 0.0, 1e-6):
        end.W1[1, 0] = kept
        reached = Parameters(*(p.astype(dtype) for p in end))
        (block,) = audit_blocks([Block(start, reached, X, y)], learning_rate=RATE, batch_size=1, dtype=dtype)
        assert block.outside == (kept == 1e-6)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_sigmoid_that_cancels_is_inside(dtype: str) -> None:
    """A1 by a hyperbolic tangent, with its hidden units near z = -8, where only its absolute error is small."""
    rng = np.random.default_rng(0)
    small = Parameters(*(rng.normal(0, 1e-6, s) for s in ((4, D), (4,), (1, 4), (1,))))
    start = Parameters(*(p.astype(dtype) for p in small._replace(b1=small.b1 - 8)))
    X, y = (array[:1].astype(dtype) for array in samples(STEPS))
    A1 = (1 + np.tanh((X @ start.W1.T + start.b1) / 2)) / 2
    dZ2 = 1 / (1 + np.exp(-(A1 @ start.W2.T + start.b2))) - y[:, None]
    dZ1 = dZ2 @ start.W2 * (A1 - A1 * A1)
    rate = start.b1.dtype.type(RATE)
    gradient = Parameters(dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0))
    end = Parameters(*(p - rate * dp for p, dp in zip(start, gradient, strict=True)))
    (block,) = audit_blocks([Block(start, end, X, y)], learning_rate=float(rate), batch_size=1, dtype=dtype)
    assert block.word == "rounding"
