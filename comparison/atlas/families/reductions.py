"""Sums, products and what is normalised by them."""

from __future__ import annotations

from comparison.atlas.arguments import arrays
from comparison.atlas.family import family

VECTOR = arrays({"x": (6,)})
WEIGHTED = arrays({"x": (6,), "w": (6,)})
TWO = arrays({"x": (6,), "y": (6,)})
BATCH = arrays({"x": (5, 3), "w": (5, 3)})

FAMILIES = (
    family("norm", VECTOR, "sqrt(sum(x * x))", "m = max(abs(x))\nm * sqrt(sum(square(x / m)))", "norm(x)"),
    family("variance", VECTOR, "mean(square(x - mean(x)))", "mean(x * x) - square(mean(x))", "var(x)"),
    family(
        "standard deviation", VECTOR, "sqrt(mean(square(x - mean(x))))", "sqrt(mean(x * x) - square(mean(x)))",
        "std(x)",
    ),
    family(
        "cosine of an angle", TWO, "sum(x * y) / (sqrt(sum(x * x)) * sqrt(sum(y * y)))",
        "sum(x * y) / sqrt(sum(x * x) * sum(y * y))", "cosine_similarity(x, y)",
    ),
    family(
        "distance", TWO, "sqrt(sum(square(x - y)))", "sqrt(sum(x * x) - 2 * sum(x * y) + sum(y * y))", "norm(x - y)",
    ),
    family(
        "layer norm", WEIGHTED, "d = x - mean(x)\nsum(w * d / sqrt(mean(d * d) + 1e-5))",
        "m = mean(x)\nsum(w * (x - m) / sqrt(mean(x * x) - m * m + 1e-5))", "sum(w * layer_norm(x))",
    ),
    family(
        "batch norm", BATCH, "d = x - mean(x, axis=0)\nsum(w * d / sqrt(mean(d * d, axis=0) + 1e-5))",
        "m = mean(x, axis=0)\nsum(w * (x - m) / sqrt(mean(x * x, axis=0) - m * m + 1e-5))", "sum(w * batch_norm(x))",
    ),
    family("RMS norm", WEIGHTED, "sum(w * x / sqrt(mean(x * x) + 1e-5))", "sum(w * rms_norm(x))"),
    family("centred", WEIGHTED, "sum(w * (x - mean(x)))", "sum((w - mean(w)) * x)"),
    family("running sum", WEIGHTED, "sum(w * cumsum(x))"),
    family(
        "running product", WEIGHTED,
        "p = x[0] * x[1]\nq = p * x[2]\nr = q * x[3]\ns = r * x[4]\n"
        "w[0] * x[0] + w[1] * p + w[2] * q + w[3] * r + w[4] * s + w[5] * (s * x[5])",
        "sum(w * cumprod(x))",
    ),
    family("product", VECTOR, "x[0] * x[1] * x[2] * x[3] * x[4] * x[5]", "prod(x)", "cumprod(x)[5]"),
    family("product by logarithms", VECTOR, "prod(abs(x) + 1)", "exp(sum(log1p(abs(x))))", "exp(sum(log(abs(x) + 1)))"),
    family(
        "largest", VECTOR, "max(x)", "maximum(maximum(maximum(x[0], x[1]), maximum(x[2], x[3])), maximum(x[4], x[5]))",
    ),
    family("mean square", VECTOR, "mean(x * x)", "mean(x ** 2)", "square(norm(x)) / 6"),
)  # fmt: skip
