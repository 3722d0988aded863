"""A layer, batch norm and a squared error: lesson 10, step by step."""

import numpy as np

EPS = 1e-5


def example():
    rng = np.random.default_rng(10)
    return {
        "X": rng.normal(size=(4, 3)).round(2),
        "target": rng.normal(size=(4, 2)).round(2),
        "W": rng.normal(size=(3, 2)).round(2),
        "gamma": np.array([1.5, 0.6]),
        "beta": np.array([0.2, -0.4]),
    }


def backprop(X, target, W, gamma, beta):
    n = len(X)
    z = X @ W
    centred = z - z.mean(axis=0)
    variance = (centred**2).mean(axis=0)
    inverse = 1 / np.sqrt(variance + EPS)
    zhat = centred * inverse
    out = gamma * zhat + beta
    loss = ((out - target) ** 2).sum()

    dout = 2 * (out - target)
    dgamma = (dout * zhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dzhat = dout * gamma
    dinverse = (dzhat * centred).sum(axis=0)
    dvariance = dinverse * -0.5 * inverse**3
    dcentred = dzhat * inverse + dvariance * 2 * centred / n
    dz = dcentred - dcentred.mean(axis=0)
    dW = X.T @ dz
    return loss, {"W": dW, "gamma": dgamma, "beta": dbeta}
