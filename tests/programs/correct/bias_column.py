import numpy as np


def example():
    rng = np.random.default_rng(41)
    return dict(X=rng.normal(size=(5, 3)), y=np.array([1.0, 0, 0, 1, 1]), Theta1=rng.normal(size=(4, 4)), Theta2=rng.normal(size=(1, 5)))


def backprop(X, y, Theta1, Theta2):
    m = len(y)
    a1 = np.c_[np.ones(m), X]
    z2 = a1 @ Theta1.T
    a2 = np.hstack((np.ones((m, 1)), 1 / (1 + np.exp(-z2))))
    h = 1 / (1 + np.exp(-a2 @ Theta2.T))
    Y = y[:, None]
    J = (-Y * np.log(h) - (1 - Y) * np.log(1 - h)).sum() / m + 0.5 / (2 * m) * ((Theta1[:, 1:] ** 2).sum() + (Theta2[:, 1:] ** 2).sum())
    D1, D2 = np.zeros(Theta1.shape), np.zeros(Theta2.shape)
    for i in range(m):
        d3 = h[i] - Y[i]
        d2 = (Theta2.T @ d3)[1:] * a2[i, 1:] * (1 - a2[i, 1:])
        D2 += np.outer(d3, a2[i])
        D1 += np.outer(d2, a1[i])
    D1, D2 = D1 / m, D2 / m
    D1[:, 1:] += 0.5 / m * Theta1[:, 1:]
    D2[:, 1:] += 0.5 / m * Theta2[:, 1:]
    return J, {"Theta1": D1, "Theta2": D2}
