"""Twenty correct programs written differently. None of them may be accused.

Each is Algorithm 1, equal to all the others in exact arithmetic; they sum in different orders, and write the sigmoid,
the error, the slope and the loss by different formulas. The formulas that cancel are here on purpose: people use them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from engines import Lines, Parameters

Product = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (m, k), (k, n) -> (m, n)
Function = Callable[[np.ndarray], np.ndarray]
Equation = Callable[[SimpleNamespace], np.ndarray]  # the parameters, X, y as a column, n and the earlier lines: a line


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def softplus(z: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, z)


# Algorithm 1 as most people write it; ``at.dot`` and ``at.sigmoid`` are the program's own.
EQUATIONS: dict[str, Equation] = {
    "Z1": lambda at: at.dot(at.X, at.W1.T) + at.b1,
    "A1": lambda at: at.sigmoid(at.Z1),
    "Z2": lambda at: at.dot(at.A1, at.W2.T) + at.b2,
    "A2": lambda at: at.sigmoid(at.Z2),
    "loss": lambda at: softplus((1 - 2 * at.y) * at.Z2)[:, 0],
    "dZ2": lambda at: (at.A2 - at.y) / at.n,
    "dW2": lambda at: at.dot(at.dZ2.T, at.A1),
    "db2": lambda at: at.dot(np.ones_like(at.y).T, at.dZ2)[0],
    "dA1": lambda at: at.dot(at.dZ2, at.W2),
    "dZ1": lambda at: at.dA1 * at.A1 * (1 - at.A1),
    "dW1": lambda at: at.dot(at.dZ1.T, at.X),
    "db1": lambda at: at.dot(np.ones_like(at.y).T, at.dZ1)[0],
}


@dataclass(frozen=True)
class Program:
    """A program that computes the twelve lines in the dtype it is given.

    Attributes:
        name: as printed.
        lines: the equations that differ from EQUATIONS.
        dot: the matrix product of all lines.
        sigmoid: the sigmoid of both layers.
        hides: for a wrong program, where its mistake cannot be seen.
    """

    name: str
    lines: Mapping[str, Equation] = field(default_factory=dict)
    dot: Product = np.matmul
    sigmoid: Function = sigmoid
    hides: str = ""

    def __call__(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Lines:
        """All twelve lines at the parameters, for X (n, d) and y (n,)."""
        column = y.astype(X.dtype)[:, None]
        at = SimpleNamespace(**parameters._asdict(), X=X, y=column, n=len(y), dot=self.dot, sigmoid=self.sigmoid)
        for line in Lines._fields:
            setattr(at, line, (self.lines.get(line) or EQUATIONS[line])(at))
        return Lines(*(getattr(at, line) for line in Lines._fields))

    def gradient(self, parameters: Parameters, X: np.ndarray, y: np.ndarray) -> Parameters:
        """The gradient alone."""
        steps = self(parameters, X, y)
        return Parameters(steps.dW1, steps.db1, steps.dW2, steps.db2)


# Products in other orders.


def einsum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ik,kj->ij", a, b)


def backwards(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(a[:, ::-1]) @ np.ascontiguousarray(b[::-1])


def shuffled(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    order = np.random.default_rng(1).permutation(len(b))
    return a[:, order] @ b[order]


def transposed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (np.asfortranarray(b.T) @ np.asfortranarray(a.T)).T


def one_by_one(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A running sum, term by term, each product and each sum rounded."""
    total = np.zeros((len(a), b.shape[1]), a.dtype)
    for k in range(len(b)):
        total = total + a[:, k : k + 1] * b[k]
    return total


def in_blocks(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Sums of 16 terms each, then their sum."""
    return np.sum([a[:, k : k + 16] @ b[k : k + 16] for k in range(0, len(b), 16)], axis=0, dtype=a.dtype)


def in_pairs(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A binary tree of sums."""
    terms = a.T[:, :, None] * b[:, None, :]
    while len(terms) > 1:
        if len(terms) % 2:
            terms = np.concatenate([terms, np.zeros_like(terms[:1])])
        terms = terms[::2] + terms[1::2]
    return terms[0]


def exactly_summed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rounded products, their sum exact (``math.fsum``) and rounded once."""
    sums = [[math.fsum((row * column).tolist()) for column in b.T] for row in a]
    return np.array(sums, a.dtype)


def fused(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A running sum of fused multiply-adds: each product exact, rounded once with the sum."""
    rows, columns = a.astype(np.float64), b.astype(np.float64)
    total = np.zeros((len(a), b.shape[1]))
    for k in range(len(b)):
        high, low = _exact_product(*np.broadcast_arrays(rows[:, k : k + 1], columns[k]))
        terms = zip(total.flat, high.flat, low.flat, strict=True)
        total = np.array([math.fsum(three) for three in terms], a.dtype).astype(np.float64).reshape(total.shape)
    return total.astype(a.dtype)


def _exact_product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``a * b`` as a sum of two float64 numbers (Dekker, *Numerische Mathematik* 18, 1971)."""

    def halves(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        high = (2.0**27 + 1) * x - ((2.0**27 + 1) * x - x)
        return high, x - high

    product = a * b
    (a_high, a_low), (b_high, b_low) = halves(a), halves(b)
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


# Sigmoids.


def stable_sigmoid(z: np.ndarray) -> np.ndarray:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


# Whole lines.


def _mean_at_the_end(line: str) -> Equation:
    return lambda at: EQUATIONS[line](at) / at.n


def _sample_by_sample(line: str, factor: str) -> Equation:
    """The gradient of a weight matrix, accumulated over the samples."""

    def equation(at: SimpleNamespace) -> np.ndarray:
        total = np.zeros((getattr(at, line).shape[1], getattr(at, factor).shape[1]), at.X.dtype)
        for d, a in zip(getattr(at, line), getattr(at, factor), strict=True):
            total += np.outer(d, a)
        return total

    return equation


def _with_bias_column(inputs: str, weights: str, biases: str) -> Equation:
    """A layer whose bias is one more weight, of an input that is 1."""

    def equation(at: SimpleNamespace) -> np.ndarray:
        extended = np.hstack([getattr(at, inputs), np.ones_like(at.y)])
        return extended @ np.hstack([getattr(at, weights), getattr(at, biases)[:, None]]).T

    return equation


CORRECT_PROGRAMS = (
    Program("as in the book"),
    Program("einsum", dot=einsum),
    Program("sums from the last term to the first", dot=backwards),
    Program("sums in a random order", dot=shuffled),
    Program("column-major, transposed", dot=transposed),
    Program("running sums, term by term", dot=one_by_one),
    Program("sums in blocks of 16", dot=in_blocks),
    Program("sums in pairs", dot=in_pairs),
    Program("math.fsum", dot=exactly_summed),
    Program("fused multiply-adds", dot=fused),
    Program(
        "sample by sample",
        {
            "dW2": _sample_by_sample("dZ2", "A1"),
            "db2": lambda at: sum(at.dZ2),
            "dW1": _sample_by_sample("dZ1", "X"),
            "db1": lambda at: sum(at.dZ1),
        },
    ),
    Program(
        "biases as weights of an input 1",
        {"Z1": _with_bias_column("X", "W1", "b1"), "Z2": _with_bias_column("A1", "W2", "b2")},
    ),
    Program(
        "1/n at the end",
        {"dZ2": lambda at: at.A2 - at.y} | {x: _mean_at_the_end(x) for x in ("dW2", "db2", "dW1", "db1")},
    ),
    Program(
        "sigmoid without overflow",
        sigmoid=stable_sigmoid,
        lines={"dZ2": lambda at: (1 - 2 * at.y) * stable_sigmoid((1 - 2 * at.y) * at.Z2) / at.n},
    ),
    Program("sigmoid as exp(-softplus(-z))", sigmoid=lambda z: np.exp(-softplus(-z))),
    Program("sigmoid as (1 + tanh(z/2))/2", sigmoid=lambda z: (1 + np.tanh(z / 2)) / 2),
    Program(
        "logits only: (1 - y) - sigmoid(-z), sigmoid(z) sigmoid(-z)",
        {
            "loss": lambda at: ((1 - at.y) * at.Z2 + softplus(-at.Z2))[:, 0],
            "dZ2": lambda at: ((1 - at.y) - sigmoid(-at.Z2)) / at.n,
            "dZ1": lambda at: at.dA1 * (sigmoid(at.Z1) * sigmoid(-at.Z1)),
        },
    ),
    Program(
        "derivative of softplus(z) - y z; slope exp(-z)/(1 + exp(-z))^2",
        {
            "loss": lambda at: (softplus(at.Z2) - at.y * at.Z2)[:, 0],
            "dZ2": lambda at: (np.exp(at.Z2 - softplus(at.Z2)) - at.y) / at.n,
            "dZ1": lambda at: at.dA1 * np.exp(-at.Z1) / (1 + np.exp(-at.Z1)) ** 2,
        },
    ),
    Program(
        "chain rule through -log(A2)",
        {
            "loss": lambda at: -np.log(np.where(at.y == 1, at.A2, 1 - at.A2))[:, 0],
            "dZ2": lambda at: ((1 - at.y) / (1 - at.A2) - at.y / at.A2) * at.A2 * (1 - at.A2) / at.n,
        },
    ),
    Program(
        "slope A1 - A1^2, mean by multiplication",
        {"dZ2": lambda at: (at.A2 - at.y) * (1 / at.n), "dZ1": lambda at: at.dA1 * (at.A1 - at.A1**2)},
    ),
)
