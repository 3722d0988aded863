"""How far apart one step of SGD can drive two runs of Algorithm 1 that are close together.

Two runs at the 2-norm distance r (over all parameters) are at most K r apart after the same step, K being the largest
norm of I - learning_rate * H on the segment between them and H the Hessian of the batch's mean loss: the mean value
inequality (Rudin, Principles of Mathematical Analysis, theorem 9.19). With xx = 1 + |x|**2, s = A2 - y and
c = A2 (1 - A2), the Hessian of one sample's loss is

    c g g' + s Hess(Z2),   g = grad Z2,   |g|**2 = sum((W2 sigmoid'(Z1))**2) xx + sum(A1**2) + 1,

and Hess(Z2) has one block for each hidden unit, on the span of (x, 1) and of that unit's output weight:

    [[bend, tilt], [tilt, 0]],   bend = W2 sigmoid''(Z1) xx,   tilt = sigmoid'(Z1) sqrt(xx),

with eigenvalues (bend +- sqrt(bend**2 + 4 tilt**2)) / 2, and 0 elsewhere. Since c g g' has the only eigenvalues 0 and
c |g|**2, those of H lie between low = mean(lowest of s Hess(Z2)) <= 0 and high = mean(c |g|**2 + highest of s
Hess(Z2)), and K = max(1 - learning_rate low, learning_rate high - 1), at least 1.

These numbers are computed in float64 at one end of the segment. Let nu be the largest sqrt(xx) and omega = 1 + the
largest |W2|. Since |sigmoid'| <= 1/4, |sigmoid''| < 0.097 and |sigmoid'''| <= 1/8, going r <= 1/2 away from there
changes bend by at most r omega nu**3 / 4, tilt by r nu**2 / 10, Z2 by 1.44 r omega nu sqrt(h), an eigenvalue of
s Hess(Z2) by r omega**2 nu**3 sqrt(h) / 2, and c |g|**2 by 0.75 r omega**3 nu**3 h**1.5: together less than
2**-49 h omega**2 nu**2 as long as r omega nu h <= 2**-50. No number met exceeds 2.1 h omega**2 nu**2, and each is the
result of fewer than 20 + h + m roundings to nearest (m samples in the batch), so
(22 + h + m) 2**-50 h omega**2 nu**2 covers both.
"""

from __future__ import annotations

import numpy as np

UP = 1 + 2.0**-40  # outweighs the roundings to nearest of a short float64 formula


def steepness(W2_norm: float, nu: float, hidden: int) -> float:
    """A bound on the norm of grad Z2 where the 2-norms of W2 and of (x, 1) are at most these."""
    return float(np.sqrt((W2_norm * nu) ** 2 / 16 + hidden + 1)) * UP


def largest_distance(W2_norm: float, nu: float, hidden: int) -> float:
    """The distance r between two runs up to which ``expansion`` holds: r omega nu h <= 2**-50."""
    return 2.0**-50 / ((1 + W2_norm) * nu * hidden) / UP


def expansion(
    A1: np.ndarray,
    W2: np.ndarray,
    s: np.ndarray,
    xx: np.ndarray,
    sizes: np.ndarray,
    learning_rate: float,
    W2_norm: float,
    nu: float,
) -> float:
    """A bound on the product of the factors K of consecutive steps of SGD.

    Args:
        A1, W2: (n, h), the hidden units' values and the output weights at each sample's step, right to 2**-52.
        s: (n,), A2 - y, right to 2**-52 of itself.
        xx: (n,), 1 + |x|**2.
        sizes: the number of samples in each batch, n in all.
        learning_rate: of the mean loss of a batch.
        W2_norm, nu: bounds on the norm of every row of W2, and on every sqrt(xx).
    """
    hidden = A1.shape[1]
    slope = A1 * (1 - A1)
    bend, tilt = W2 * slope * (1 - 2 * A1) * xx[:, None], slope * np.sqrt(xx)[:, None]
    signed, root = s[:, None] * bend, np.abs(s)[:, None] * np.sqrt(bend**2 + 4 * tilt**2)
    highest, lowest = (signed + root).max(axis=1) / 2, (signed - root).min(axis=1) / 2
    gradient = ((W2 * slope) ** 2).sum(axis=1) * xx + (A1**2).sum(axis=1) + 1
    curvature = np.abs(s) * (1 - np.abs(s)) * gradient
    slack = (22 + hidden + sizes) * 2.0**-50 * hidden * ((1 + W2_norm) * nu) ** 2
    starts = np.cumsum(sizes) - sizes
    low = np.add.reduceat(lowest, starts) / sizes - slack
    high = np.add.reduceat(curvature + highest, starts) / sizes + slack
    return float(np.prod(np.maximum(1 - learning_rate * low, learning_rate * high - 1) * UP))
