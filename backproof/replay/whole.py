"""Balls of any shape in exact arithmetic: made, summed, and brought back to the shape that was broadcast."""

from __future__ import annotations

import math

import numpy as np

from backproof.arithmetic import EXACT
from backproof.balls import Balls


def full(hi: np.ndarray, lo: np.ndarray, radius: np.ndarray) -> Balls:
    """Balls as they are, infinities included (``Balls`` itself turns an infinity into "not known")."""
    balls = object.__new__(Balls)
    balls.hi, balls.lo, balls.radius, balls.arithmetic = hi, lo, radius, EXACT
    return balls


def balls_of(values: np.ndarray | float) -> Balls:
    """These numbers, exactly; NaN is not known."""
    hi = np.asarray(values, np.float64)
    zeros = np.zeros(hi.shape)
    if math.isfinite(hi.sum()) or not np.isnan(hi).any():
        return full(hi, zeros, zeros)
    unknown = np.isnan(hi)
    return full(np.where(unknown, 0.0, hi), zeros, np.where(unknown, np.inf, 0.0))


def picked(where: np.ndarray, yes: Balls, no: Balls) -> Balls:
    """One or the other, entry by entry."""
    return full(np.where(where, yes.hi, no.hi), np.where(where, yes.lo, no.lo), np.where(where, yes.radius, no.radius))


def summed(balls: Balls) -> Balls:
    """The sums of the rows (k, m), in pairs."""
    if balls.shape[1] == 0:
        return balls_of(np.zeros(balls.shape[0]))
    while (count := balls.shape[1]) > 1:
        half = count // 2
        total = balls[:, :half] + balls[:, half : 2 * half]
        balls = _side_by_side(total, balls[:, 2 * half :]) if count % 2 else total
    return balls[:, 0]


def _side_by_side(left: Balls, right: Balls) -> Balls:
    hi, lo, radius = (
        np.concatenate([getattr(left, field), getattr(right, field)], 1) for field in ("hi", "lo", "radius")
    )
    return full(hi, lo, radius)


def unbroadcast(balls: Balls, shape: tuple[int, ...]) -> Balls:
    """The sums over the axes along which an array of this shape was repeated."""
    if balls.shape == shape:
        return balls
    ndim = len(balls.shape)
    padded = (1,) * (ndim - len(shape)) + shape
    repeated = [axis for axis in range(ndim) if padded[axis] == 1 != balls.shape[axis]]
    kept = [axis for axis in range(ndim) if axis not in repeated]
    order = [*kept, *repeated]
    rows = math.prod(balls.shape[axis] for axis in kept)
    parts = (getattr(balls, field).transpose(order).reshape(rows, -1) for field in ("hi", "lo", "radius"))
    return summed(full(*parts)).reshape(*shape)
