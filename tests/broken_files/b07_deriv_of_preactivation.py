# sig(x, deriv=True) expects the activation, and is handed sigma of it.
import numpy as np

def sig(x, deriv=False):
    if deriv:
        return sig(x) * (1 - sig(x))  # here
    return 1 / (1 + np.exp(-x))

def backprop(X, y, W1, b1, W2, b2):
    A1 = sig(X @ W1.T + b1)
    A2 = sig(A1 @ W2.T + b2)
    dZ2 = (A2 - y.reshape(-1, 1)) / len(y)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * sig(A1, deriv=True)  # here
    return dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0)
