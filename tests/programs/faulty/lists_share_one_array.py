import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def example():
    r = np.random.RandomState(2)
    return {"samples": [(r.randn(3), r.rand(3)) for _ in range(3)], "W": [r.randn(3, 3), r.randn(3, 3)], "b": [r.randn(3), r.randn(3)]}


def backprop(samples, W, b):
    grad_W = [np.zeros((3, 3)) for _ in W]
    grad_b = [np.zeros(3)] * len(b)
    loss = 0
    for x, y in samples:
        a1 = sigmoid(W[0] @ x + b[0])
        a2 = sigmoid(W[1] @ a1 + b[1])
        loss += -(y @ np.log(a2) + (1 - y) @ np.log(1 - a2))
        d2 = a2 - y
        d1 = W[1].T @ d2 * a1 * (1 - a1)
        for k, (d, below) in enumerate(((d1, x), (d2, a1))):
            grad_W[k] += np.outer(d, below)
            grad_b[k] += d
    return loss, {"W": grad_W, "b": grad_b}
