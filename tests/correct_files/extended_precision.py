import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    X, y, W1, b1, W2, b2 = (a.astype(np.longdouble) for a in (X, y, W1, b1, W2, b2))
    A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    A2 = 1 / (1 + np.exp(-(A1 @ W2.T + b2)))
    dZ2 = (A2 - y[:, None]) / len(y)
    dZ1 = dZ2 @ W2 * A1 * (1 - A1)
    return tuple(g.astype(np.float64) for g in (dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0)))
