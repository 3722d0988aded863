"""An LSTM whose last output is compared with a target; squared error."""

import numpy as np


def example(steps=50, batch=4, inputs=16, hidden=32):
    rng = np.random.default_rng(0)
    most = 1 / np.sqrt(hidden)  # the initial weights that PyTorch draws
    parameters = {
        "Wx": rng.uniform(-most, most, size=(inputs, 4 * hidden)),
        "Wh": rng.uniform(-most, most, size=(hidden, 4 * hidden)),
        "b": rng.uniform(-most, most, size=4 * hidden),
    }
    return parameters, rng.normal(size=(steps, batch, inputs)), rng.normal(size=(batch, hidden))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(p, X):
    hidden = p["Wh"].shape[0]
    h = c = np.zeros((X.shape[1], hidden))
    caches = []
    for x in X:
        z = x @ p["Wx"] + h @ p["Wh"] + p["b"]
        i, f, o = (sigmoid(z[:, k * hidden : (k + 1) * hidden]) for k in range(3))
        g = np.tanh(z[:, 3 * hidden :])
        c_new = f * c + i * g
        caches.append((x, h, c, i, f, o, g, c_new))
        h, c = o * np.tanh(c_new), c_new
    return h, caches


def loss(parameters, X, target):
    return 0.5 * ((forward(parameters, X)[0] - target) ** 2).sum() / X.shape[1]


def backprop(parameters, X, target):
    p = parameters
    h, caches = forward(p, X)
    dh, dc = (h - target) / X.shape[1], np.zeros(h.shape)
    dWx, dWh, db = (np.zeros_like(p[name]) for name in ("Wx", "Wh", "b"))
    for x, h_old, c_old, i, f, o, g, c in reversed(caches):
        tanh_c = np.tanh(c)
        dc = dc + dh * o * (1 - tanh_c**2)
        dz = np.concatenate(
            [
                dc * g * i * (1 - i),
                dc * c_old * f * (1 - f),
                dh * tanh_c * o * (1 - o),
                dc * i * (1 - g**2),
            ],
            axis=1,
        )
        dWx += x.T @ dz
        dWh += h_old.T @ dz
        db += dz.sum(axis=0)
        dh, dc = dz @ p["Wh"].T, dc * f
    return 0.5 * ((h - target) ** 2).sum() / X.shape[1], {"Wx": dWx, "Wh": dWh, "b": db}
