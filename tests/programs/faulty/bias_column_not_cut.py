import numpy as np


def add_ones(a):
    return np.hstack([np.ones((a.shape[0], 1)), a])


def g(z):
    return 1 / (1 + np.exp(-z))


def example():
    rng = np.random.RandomState(24)
    return {"X": rng.randn(4, 2), "y": np.array([[1], [0], [0], [1]]), "theta1": rng.randn(3, 3), "theta2": rng.randn(1, 4)}


def backprop(X, y, theta1, theta2):
    m = X.shape[0]
    D1, D2 = np.zeros_like(theta1), np.zeros_like(theta2)
    J = 0
    A1 = add_ones(X)
    for t in range(m):
        a1 = A1[t].reshape(-1, 1)
        z2 = theta1 @ a1
        a2 = np.vstack([[[1]], g(z2)])
        a3 = g(theta2 @ a2)
        J += (-y[t] * np.log(a3) - (1 - y[t]) * np.log(1 - a3)).item() / m
        d3 = a3 - y[t]
        d2 = (theta2.T @ d3) * a2 * (1 - a2)
        D2 += d3 @ a2.T
        D1 += d2[:-1] @ a1.T
    return J, {"theta1": D1 / m, "theta2": D2 / m}
