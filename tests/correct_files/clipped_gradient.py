# Gradient clipping is part of the optimiser, not of the gradient: the gradient is judged as it was before.
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    A2 = 1 / (1 + np.exp(-(A1 @ W2.T + b2)))
    dZ2 = (A2 - y[:, None]) / len(y)
    dZ1 = dZ2 @ W2 * A1 * (1 - A1)
    dW2 = np.clip(dZ2.T @ A1, -0.05, 0.05)
    return dZ1.T @ X, dZ1.sum(0), dW2, dZ2.sum(0)
