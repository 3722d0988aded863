# Gradients kept in a module variable and never set to zero.
import numpy as np

total = None

def backprop(X, y, W1, b1, W2, b2):
    global total
    A1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    A2 = 1 / (1 + np.exp(-(A1 @ W2.T + b2)))
    dZ2 = (A2 - y[:, None]) / len(y)
    dZ1 = dZ2 @ W2 * A1 * (1 - A1)
    new = [dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0)]
    if total is None or total[0].shape != new[0].shape:  # here
        total = new
    else:
        total = [a + b for a, b in zip(total, new)]
    return tuple(total)
