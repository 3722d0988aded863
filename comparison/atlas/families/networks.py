"""Products of matrices, attention, a step of an LSTM."""

from __future__ import annotations

from comparison.atlas.arguments import arrays
from comparison.atlas.family import family

LSTM = arrays({"a": (3,), "b": (3,), "g": (3,), "o": (3,), "c": (3,)})
HEADS = arrays({"q": (3, 4), "k": (3, 4), "v": (3, 4)})

FAMILIES = (
    family(
        "quadratic form", arrays({"x": (4,), "A": (4, 4)}), "sum(x * (A @ x))", "einsum('i,ij,j->', x, A, x)",
    ),
    family(
        "product of matrices", arrays({"A": (3, 4), "B": (4, 2), "C": (3, 2)}), "sum((A @ B) * C)",
        "einsum('ij,jk,ik->', A, B, C)", "sum(A * (C @ B.T))",
    ),
    family(
        "determinant", arrays({"A": (2, 2)}), "A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]", "det(A)",
    ),
    family(
        "hidden layer", arrays({"x": (4,), "W": (3, 4), "v": (3,)}), "sum(v * tanh(W @ x))",
        "e = exp(2 * (W @ x))\nsum(v * (e - 1) / (e + 1))",
    ),
    family(
        "attention", HEADS, "e = exp(0.5 * (q @ k.T))\nsum((e / sum(e, axis=-1, keepdims=True)) @ v)",
        "s = 0.5 * (q @ k.T)\ne = exp(s - max(s, axis=-1, keepdims=True))\n"
        "sum((e / sum(e, axis=-1, keepdims=True)) @ v)",
        "sum(softmax(0.5 * (q @ k.T)) @ v)", "sum(attention(q, k, v))",
    ),
    family(
        "LSTM step", LSTM,
        "d = c / (1 + exp(-b)) + tanh(g) / (1 + exp(-a))\nsum(tanh(d) / (1 + exp(-o)))",
        "d = 0.5 * (c * (1 + tanh(0.5 * b)) + tanh(g) * (1 + tanh(0.5 * a)))\nsum(0.5 * tanh(d) * (1 + tanh(0.5 * o)))",
        "d = c * sigmoid(b) + tanh(g) * sigmoid(a)\nsum(tanh(d) * sigmoid(o))",
    ),
    family(
        "tensor product", arrays({"T": (2, 2, 2), "x": (2,), "y": (2,)}), "sum(((T @ x) @ y) * x)",
        "einsum('ijk,k,j,i->', T, x, y, x)",
    ),
)  # fmt: skip
