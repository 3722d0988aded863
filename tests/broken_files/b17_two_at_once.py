# Wrong sign at the output, and half a slope in the hidden layer.
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (y[:, None] - A2) / len(y)  # here
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(0)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * (1 - A1)
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(0)
    return dW1, db1, dW2, db2
