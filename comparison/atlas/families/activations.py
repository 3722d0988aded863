"""Activations in their usual formulations."""

from __future__ import annotations

from comparison.atlas.arguments import numbers
from comparison.atlas.family import family

REAL = numbers(edges=(20.5, -20.5, 37.0, -37.0, 88.0, -88.0, 100.0, -100.0, 700.0, -700.0))

FAMILIES = (
    family(
        "sigmoid", REAL, "1 / (1 + exp(-x))", "exp(x) / (1 + exp(x))", "0.5 * (1 + tanh(0.5 * x))",
        "where(x > 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))", "exp(-logaddexp(0.0, -x))", "sigmoid(x)", "expit(x)",
    ),
    family(
        "log sigmoid", REAL, "-logaddexp(0.0, -x)", "log(1 / (1 + exp(-x)))", "-log1p(exp(-x))",
        "minimum(x, 0.0) - log1p(exp(-abs(x)))", "log(sigmoid(x))", "log_sigmoid(x)",
    ),
    family(
        "softplus", REAL, "logaddexp(0.0, x)", "log(1 + exp(x))", "log1p(exp(x))",
        "maximum(x, 0.0) + log1p(exp(-abs(x)))", "where(x > 20, x, log1p(exp(minimum(x, 20.0))))", "softplus(x)",
    ),
    family(
        "tanh", REAL, "tanh(x)", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "2 / (1 + exp(-2 * x)) - 1",
        "sinh(x) / cosh(x)", "expm1(2 * x) / (expm1(2 * x) + 2)",
    ),
    family("relu", REAL, "maximum(x, 0.0)", "where(x > 0, x, 0.0)", "0.5 * (x + abs(x))", "relu(x)"),
    family(
        "elu", REAL, "where(x > 0, x, expm1(minimum(x, 0.0)))", "where(x > 0, x, exp(x) - 1)",
        "where(x > 0, x, expm1(x))", "maximum(x, 0.0) + minimum(expm1(x), 0.0)", "elu(x)", "celu(x)",
    ),
    family(
        "silu", REAL, "x / (1 + exp(-x))", "x * exp(x) / (1 + exp(x))", "0.5 * x * (1 + tanh(0.5 * x))",
        "x * sigmoid(x)", "silu(x)",
    ),
    family("gelu", REAL, "0.5 * x * (1 + erf(0.7071067811865476 * x))", "gelu(x)"),
    family(
        "gelu by tanh", REAL, "x / (1 + exp(-1.5957691216057308 * (x + 0.044715 * x * x * x)))",
        "0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))", "gelu_tanh(x)",
    ),
    family(
        "mish", REAL, "x * tanh(logaddexp(0.0, x))", "x * tanh(log(1 + exp(x)))", "x * tanh(log1p(exp(x)))",
        "x * tanh(softplus(x))", "mish(x)",
    ),
    family("softsign", REAL, "x / (1 + abs(x))", "softsign(x)"),
    family("tanhshrink", REAL, "x - tanh(x)", "tanhshrink(x)"),
    family(
        "log cosh", REAL, "logaddexp(x, -x) - 0.6931471805599453", "log(cosh(x))",
        "abs(x) + log1p(exp(-2 * abs(x))) - 0.6931471805599453",
    ),
)  # fmt: skip
