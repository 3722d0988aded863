import numpy as np


def softmax_rows(z):
    z = z - z.max(axis=1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def example():
    rng = np.random.default_rng(32)
    return dict(X=rng.normal(size=(6, 4)), Y=np.eye(3)[[2, 1, 0, 0, 2, 1]], W=rng.normal(size=(4, 5)), V=rng.normal(size=(5, 3)))


def backprop(X, Y, W, V):
    m = X.shape[0]
    H = np.tanh(X @ W)
    A = softmax_rows(H @ V)
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    dS = (A - Y) / m
    dV = H.T @ dS
    dH = dS @ V.T
    dW = X.T @ (dH * (1 - H ** 2))
    return cost, {"W": dW, "V": dV}
