"""Rows outside, columns inside."""
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    m = X.shape[0]
    x, t = X.T, y.reshape(1, -1)
    Z1 = W1 @ x + b1.reshape(-1, 1)
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = W2 @ A1 + b2.reshape(-1, 1)
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = A2 - t
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2.sum(axis=1) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1 @ x.T / m
    db1 = dZ1.sum(axis=1) / m
    return dW1, db1, dW2, db2
