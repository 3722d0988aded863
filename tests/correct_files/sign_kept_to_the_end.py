"""delta = target - output, as in the old papers; the minus comes at the end."""
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    N = len(X)
    hidden = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    output = 1 / (1 + np.exp(-(hidden @ W2.T + b2)))
    delta2 = y[:, None] - output
    delta1 = (delta2 @ W2) * hidden * (1 - hidden)
    return -delta1.T @ X / N, -delta1.sum(0) / N, -delta2.T @ hidden / N, -delta2.sum(0) / N
