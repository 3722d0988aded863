# Leaky rectified units, rightly differentiated, in a network of sigmoids.
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = np.where(Z1 > 0, Z1, 0.01 * Z1)  # here
    Z2 = A1 @ W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (A2 - y[:, None]) / len(y)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * np.where(Z1 > 0, 1, 0.01)
    return dict(dW1=dZ1.T @ X, db1=dZ1.sum(0), dW2=dZ2.T @ A1, db2=dZ2.sum(0))
