# The output error as in every tutorial on regression.
import numpy as np

def sig(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

def backprop(X, y, W1, b1, W2, b2):
    l1 = sig(X @ W1.T + b1)
    l2 = sig(l1 @ W2.T + b2)
    l2_error = (l2 - y.reshape(-1, 1)) / len(y)
    l2_delta = l2_error * sig(l2, deriv=True)  # here
    l1_error = l2_delta @ W2
    l1_delta = l1_error * sig(l1, deriv=True)
    return l1_delta.T @ X, l1_delta.sum(0), l2_delta.T @ l1, l2_delta.sum(0)
