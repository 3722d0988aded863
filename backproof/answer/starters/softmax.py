"""Two layers with ReLU and softmax, in one function."""

_FORWARD = '''"""{title}

Try it with:  backproof check {name}
"""

import numpy as np


def example():
    """The arguments of one small call; small numbers of samples and units are enough."""
    rng = np.random.default_rng(0)
    return {{
        "X": rng.normal(size=(5, 4)),
        "labels": np.array([0, 2, 1, 1, 0]),
        "W1": rng.normal(size=(4, 6)),
        "b1": 0.1 * rng.normal(size=6),
        "W2": rng.normal(size=(6, 3)),
        "b2": 0.1 * rng.normal(size=3),
    }}


def backprop(X, labels, W1, b1, W2, b2):
    n = len(labels)

    # The forward pass.
    z1 = X @ W1 + b1  # (n, hidden)
    h = np.maximum(z1, 0)
    scores = h @ W2 + b2  # (n, classes)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), labels]).mean()

    # The way back.
'''

TO_FILL = (
    _FORWARD.format(title="Your own backward pass: replace each zero by the derivative.", name="my_softmax.py")
    + """    dscores = np.zeros_like(scores)  # the derivative of the loss with respect to scores
    dW2 = np.zeros_like(W2)
    db2 = np.zeros_like(b2)
    dz1 = np.zeros_like(z1)
    dW1 = np.zeros_like(W1)
    db1 = np.zeros_like(b1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
"""
)

BROKEN = (
    _FORWARD.format(title="A backward pass with one mistake.", name="broken_softmax.py")
    + """    dscores = p.copy()
    dscores[np.arange(n), labels] -= 1
    dscores /= n
    dW2 = h.T @ dscores
    db2 = dscores.sum(axis=0)
    dz1 = dscores @ W2.T
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
"""
)
