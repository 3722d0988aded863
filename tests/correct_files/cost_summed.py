import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    """The cost is kept as a sum for the log file; the gradient is of the mean."""
    h = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))[:, 0]
    cost = 0.0
    for k in range(len(y)):
        cost += -np.log(o[k]) if y[k] == 1 else -np.log(1 - o[k])
    d2 = ((o - y) / len(y))[:, None]
    d1 = d2 * W2 * h * (1 - h)
    return d1.T @ X, d1.sum(0), d2.T @ h, d2.sum(0)
