"""One picture at a time."""
import numpy as np

SAMPLE = True

def backprop(x, y, W1, b1, W2, b2):
    Z1 = W1 @ x + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = W2 @ A1 + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = A2 - y
    dW2 = np.outer(dZ2, A1)
    db2 = dZ2
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = np.outer(dZ1, x)
    db1 = dZ1
    return dW1, db1, dW2, db2
