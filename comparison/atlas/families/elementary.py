"""Elementary functions, at the edges of their domains too, and values that are guarded by ``where``."""

from __future__ import annotations

from comparison.atlas.arguments import between, numbers, pairs, positive
from comparison.atlas.family import family

REAL, POSITIVE, PAIR = numbers(), numbers(positive, near=(1.0,)), pairs()
NEGATIVE = numbers(between(float("-inf"), 0))
GUARDED = numbers()

FAMILIES = (
    family("log", POSITIVE, "log(x)", "2 * log(sqrt(x))"),
    family("log1p", numbers(lambda x: x > -1, near=(-1.0,)), "log1p(x)", "log(1 + x)"),
    family("expm1", REAL, "expm1(x)", "exp(x) - 1", "2 * sinh(0.5 * x) * exp(0.5 * x)", "tanh(0.5 * x) * (exp(x) + 1)"),
    family("log of 1 - exp", NEGATIVE, "log(-expm1(x))", "log1p(-exp(x))", "log(1 - exp(x))"),
    family("square root", POSITIVE, "sqrt(x)", "x ** 0.5", "exp(0.5 * log(x))"),
    family("reciprocal square root", POSITIVE, "1 / sqrt(x)", "x ** -0.5", "sqrt(1 / x)", "rsqrt(x)"),
    family("square", REAL, "x * x", "x ** 2", "square(x)", "exp(2 * log(abs(x)))"),
    family("cube", REAL, "x * x * x", "x ** 3", "x ** 3.0"),
    family("reciprocal", REAL, "1 / x", "x ** -1", "x / (x * x)"),
    family("sine", REAL, "sin(x)"),
    family("cosine", REAL, "cos(x)"),
    family("tangent", REAL, "tan(x)", "sin(x) / cos(x)"),
    family("one minus cosine", REAL, "1 - cos(x)", "2 * square(sin(0.5 * x))"),
    family("sinh", REAL, "sinh(x)", "0.5 * (exp(x) - exp(-x))"),
    family("cosh", REAL, "cosh(x)", "0.5 * (exp(x) + exp(-x))"),
    family("arctan", REAL, "arctan(x)", "arctan2(x, 1.0)"),
    family("arsinh", REAL, "log(x + sqrt(x * x + 1))", "arcsinh(x)"),
    family(
        "artanh", numbers(between(-1, 1), near=(1.0, -1.0)), "0.5 * (log1p(x) - log1p(-x))",
        "0.5 * log((1 + x) / (1 - x))", "arctanh(x)",
    ),
    family("error function", REAL, "erf(x)"),
    family("bell curve", REAL, "exp(-0.5 * x * x)", "1 / exp(0.5 * x ** 2)"),
    family("x log x", POSITIVE, "x * log(x)", "log(x ** x)", "xlogy(x, x)"),
    family(
        "square root behind a guard", GUARDED, "where(x > 0, sqrt(where(x > 0, x, 1.0)), 0.0)",
        "where(x > 0, sqrt(x), 0.0)", "sqrt(where(x > 0, x, 0.0))",
    ),
    family(
        "log behind a guard", GUARDED, "where(x > 0, log(where(x > 0, x, 1.0)), 0.0)", "where(x > 0, log(x), 0.0)",
    ),
    family(
        "quotient behind a guard", GUARDED, "where(x > 0, 1 / where(x > 0, x, 1.0), 0.0)", "where(x > 0, 1 / x, 0.0)",
    ),
    family(
        "power", pairs(domain=lambda x, y: x > 0), "x ** y", "exp(y * log(x))",
    ),
    family("hypotenuse", PAIR, "hypot(x, y)", "sqrt(x * x + y * y)"),
    family("angle", PAIR, "arctan2(x, y)"),
    family(
        "logaddexp", PAIR, "logaddexp(x, y)", "log(exp(x) + exp(y))",
        "m = maximum(x, y)\nm + log(exp(x - m) + exp(y - m))", "maximum(x, y) + log1p(exp(-abs(x - y)))",
    ),
    family("difference of squares", PAIR, "(x - y) * (x + y)", "x * x - y * y", "x ** 2 - y ** 2"),
    family("quotient", PAIR, "x / y", "x * y ** -1"),
    family("parallel resistors", pairs(domain=positive), "x * y / (x + y)", "1 / (1 / x + 1 / y)"),
    family(
        "smaller root of a quadratic", pairs("b, c", domain=lambda b, c: (b > 0) & (c > 0) & (4 * c < b * b)),
        "-2 * c / (b + sqrt(b * b - 4 * c))", "(sqrt(b * b - 4 * c) - b) / 2",
    ),
)  # fmt: skip
