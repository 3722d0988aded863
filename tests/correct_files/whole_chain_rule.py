"""Nothing cancelled by hand: dL/dA2 first, then through the sigmoid."""
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    y = y[:, None]
    n = len(y)
    Z1 = X @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dA2 = ((1 - y) / (1 - A2) - y / A2) / n
    dZ2 = dA2 * A2 * (1 - A2)
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(0)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * (A1 * (1 - A1))
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(0)
    return locals()
