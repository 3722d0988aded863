import numpy as np


def example():
    np.random.seed(4)
    W, b = [np.random.randn(4, 3), np.random.randn(1, 4)], [np.random.randn(4, 1), np.random.randn(1, 1)]
    return {"X": np.random.randn(3, 5), "Y": np.array([[1, 1, 0, 0, 1]]), "W": W, "b": b}


def backprop(X, Y, W, b):
    A0 = X
    Z1 = np.dot(W[0], A0) + b[0]
    A1 = np.maximum(Z1, 0)
    Z2 = np.dot(W[1], A1) + b[1]
    A2 = 1 / (1 + np.exp(-Z2))
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m

    dA2 = -np.divide(Y, A2) - np.divide(1 - Y, 1 - A2)
    dZ2 = dA2 * A2 * (1 - A2)
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dZ1 = np.dot(W[1].T, dZ2) * (Z1 > 0)
    dW1 = np.dot(dZ1, A0.T) / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    return cost, {"dW": [dW1, dW2], "db": [db1, db2]}
