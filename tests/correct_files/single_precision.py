import numpy as np

f = np.float32

def backprop(X, y, W1, b1, W2, b2):
    X, y, W1, b1, W2, b2 = [np.asarray(a, dtype=f) for a in (X, y, W1, b1, W2, b2)]
    n = f(len(y))
    Z1 = X @ W1.T + b1
    A1 = f(1) / (f(1) + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    A2 = f(1) / (f(1) + np.exp(-Z2))
    dZ2 = (A2 - y[:, None]) / n
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (f(1) - A1)
    return dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0)
