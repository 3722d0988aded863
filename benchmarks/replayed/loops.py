"""One convolution by four nested loops over single numbers, tanh, and a dense layer; squared error."""

import numpy as np


def example(batch=2, size=8, kernel=3, channels=2):
    rng = np.random.default_rng(0)
    out = size - kernel + 1
    parameters = {
        "K": rng.normal(size=(channels, kernel, kernel)) / kernel,
        "b": 0.1 * rng.normal(size=channels),
        "W": rng.normal(size=(channels * out * out, 3)) / out,
    }
    return parameters, rng.random((batch, size, size)), rng.normal(size=(batch, 3))


def forward(p, X):
    channels, kernel, _ = p["K"].shape
    out = X.shape[1] - kernel + 1
    z = np.zeros((len(X), channels, out, out), dtype=p["K"].dtype)
    for n in range(len(X)):
        for c in range(channels):
            for i in range(out):
                for j in range(out):
                    z[n, c, i, j] = np.sum(X[n, i : i + kernel, j : j + kernel] * p["K"][c]) + p["b"][c]
    a = np.tanh(z)
    flat = a.reshape(len(X), -1)
    return flat @ p["W"], a, flat


def loss(parameters, X, target):
    return 0.5 * ((forward(parameters, X)[0] - target) ** 2).sum() / len(X)


def backprop(parameters, X, target):
    p = parameters
    output, a, flat = forward(p, X)
    doutput = (output - target) / len(X)
    dz = (doutput @ p["W"].T).reshape(a.shape) * (1 - a**2)
    channels, kernel, _ = p["K"].shape
    dK, db = np.zeros(p["K"].shape), np.zeros(channels)
    for n in range(len(X)):
        for c in range(channels):
            for i in range(dz.shape[2]):
                for j in range(dz.shape[3]):
                    dK[c] += dz[n, c, i, j] * X[n, i : i + kernel, j : j + kernel]
                    db[c] += dz[n, c, i, j]
    return 0.5 * ((output - target) ** 2).sum() / len(X), {"K": dK, "b": db, "W": flat.T @ doutput}
