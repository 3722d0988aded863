import numpy as np


def logistic(x):
    return 1 / (1 + np.exp(-x))


def example():
    rng = np.random.default_rng(40)
    X = rng.normal(size=(5, 3))
    labels = np.array([1, 0, 0, 1, 1])
    return X, labels, rng.normal(size=(3, 4)), rng.normal(size=(1, 4)), rng.normal(size=(4, 1)), rng.normal(size=(1, 1))


def backprop(X, labels, w1, b1, w2, b2):
    hidden = logistic(X @ w1 + b1)
    output = logistic(hidden @ w2 + b2)
    p = output.ravel()
    loss = -np.mean(np.where(labels == 1, np.log(p), np.log(1 - p)))

    error = output - labels
    delta2 = error / len(X)
    dw2 = hidden.T @ delta2.sum(axis=1, keepdims=True)
    db2 = delta2.sum(axis=(0, 1), keepdims=True)
    delta1 = delta2.sum(axis=1, keepdims=True) @ w2.T * hidden * (1 - hidden)
    dw1 = X.T @ delta1
    db1 = delta1.sum(axis=0, keepdims=True)
    return loss, (dw1, db1, dw2, db2)
