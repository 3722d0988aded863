"""Losses in their usual formulations, and what they are made of."""

from __future__ import annotations

import numpy as np

from comparison.atlas.arguments import arrays, between, numbers, pairs
from comparison.atlas.family import family


def _label(random: np.ndarray) -> np.ndarray:
    return (random > 0).astype(float)


def _one_of_five(random: np.random.Generator) -> tuple[np.ndarray, ...]:
    return (np.eye(5)[random.integers(0, 5, 3)],)


LOGIT = pairs("z, y", second=_label)
PROBABILITY = pairs("p, y", domain=lambda p, y: (p > 0) & (p < 1), second=_label, near=(1.0,))
VECTOR = arrays({"x": (6,)})
WEIGHTED = arrays({"x": (6,), "w": (6,)})
CLASSES = arrays({"z": (3, 5)}, _one_of_five)

FAMILIES = (
    family(
        "binary cross-entropy of a logit", LOGIT, "logaddexp(0.0, (1 - 2 * y) * z)",
        "maximum(z, 0.0) - z * y + log1p(exp(-abs(z)))", "(1 - y) * z + logaddexp(0.0, -z)",
        "p = 1 / (1 + exp(-z))\n-(y * log(p) + (1 - y) * log(1 - p))", "(1 - y) * z - log_sigmoid(z)",
        "softplus((1 - 2 * y) * z)", "bce(sigmoid(z), y)", "bce_logits(z, y)",
    ),
    family(
        "binary cross-entropy of a probability", PROBABILITY, "-(y * log(p) + (1 - y) * log1p(-p))",
        "-(y * log(p) + (1 - y) * log(1 - p))", "-log(where(y > 0.5, p, 1 - p))", "bce(p, y)",
    ),
    family(
        "binary cross-entropy with a guard", PROBABILITY, "-(y * log(p + 1e-7) + (1 - y) * log(1 - p + 1e-7))",
        "-log(where(y > 0.5, p, 1 - p) + 1e-7)",
    ),
    family(
        "focal loss of a logit", LOGIT, "s = (1 - 2 * y) * z\nlogaddexp(0.0, s) / (1 + exp(-s)) ** 2",
        "p = 1 / (1 + exp((1 - 2 * y) * z))\n-square(1 - p) * log(p)",
        "p = sigmoid((2 * y - 1) * z)\n-square(1 - p) * log(p)",
    ),
    family(
        "cross-entropy", CLASSES, "sum(log(sum(exp(z), axis=-1))) - sum(z * y)",
        "s = z - max(z, axis=-1, keepdims=True)\nsum(log(sum(exp(s), axis=-1))) - sum(s * y)",
        "e = exp(z)\n-sum(y * log(e / sum(e, axis=-1, keepdims=True)))", "-sum(y * log(softmax(z)))",
        "-sum(y * log_softmax(z))", "cross_entropy(z, y)",
    ),
    family(
        "logsumexp", VECTOR, "log(sum(exp(x)))", "m = max(x)\nm + log(sum(exp(x - m)))", "logsumexp(x)",
        "logaddexp(logaddexp(logaddexp(x[0], x[1]), logaddexp(x[2], x[3])), logaddexp(x[4], x[5]))",
    ),
    family(
        "softmax", WEIGHTED, "e = exp(x)\nsum(w * e / sum(e))", "e = exp(x - max(x))\nsum(w * e / sum(e))",
        "e = exp(x - max(x))\nsum(w * e) / sum(e)", "sum(w * softmax(x))",
    ),
    family(
        "log-softmax", WEIGHTED, "sum(w * (x - log(sum(exp(x)))))",
        "s = x - max(x)\nsum(w * (s - log(sum(exp(s)))))", "e = exp(x - max(x))\nsum(w * log(e / sum(e)))",
        "sum(w * log(softmax(x)))", "sum(w * log_softmax(x))",
    ),
    family(
        "entropy of a softmax", VECTOR, "e = exp(x)\nlog(sum(e)) - sum(e * x) / sum(e)",
        "s = x - max(x)\ne = exp(s)\nlog(sum(e)) - sum(e * s) / sum(e)",
        "e = exp(x - max(x))\np = e / sum(e)\n-sum(p * log(p))", "p = softmax(x)\n-sum(p * log(p))",
        "-sum(softmax(x) * log_softmax(x))",
    ),
    family(
        "Huber loss", numbers(), "where(abs(x) < 1, 0.5 * x * x, abs(x) - 0.5)",
        "m = minimum(abs(x), 1.0)\nm * (abs(x) - 0.5 * m)", "huber(x)",
    ),
    family(
        "logit", numbers(between(0, 1), near=(0.5, 1.0)), "log(x) - log1p(-x)", "log(x / (1 - x))", "-log(1 / x - 1)",
        "logit(x)",
    ),
)  # fmt: skip
