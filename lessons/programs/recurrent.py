"""A recurrent network, its state handed on from step to step: lesson 12."""

import numpy as np


def example():
    rng = np.random.default_rng(12)
    return {
        "xs": rng.normal(size=(3, 2)).round(1),
        "ys": rng.normal(size=(3, 2)).round(1),
        "Wx": 0.5 * rng.normal(size=(2, 2)).round(1),
        "Wh": 0.5 * rng.normal(size=(2, 2)).round(1),
        "b": np.array([0.2, -0.3]),
        "V": rng.normal(size=(2, 2)).round(1),
    }


def backprop(xs, ys, Wx, Wh, b, V):
    steps = len(xs)
    hs = np.zeros((steps + 1, len(b)))
    for t in range(steps):
        z = xs[t] @ Wx + hs[t] @ Wh + b
        hs[t + 1] = np.tanh(z)
    outs = hs[1:] @ V
    loss = ((outs - ys) ** 2).sum()

    douts = 2 * (outs - ys)
    dV = hs[1:].T @ douts
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dnext = np.zeros_like(b)
    for t in reversed(range(steps)):
        dh = douts[t] @ V.T + dnext
        dz = dh * (1 - hs[t + 1] ** 2)
        dWx += np.outer(xs[t], dz)
        dWh += np.outer(hs[t], dz)
        db += dz
        dnext = dz @ Wh.T
    return loss, {"Wx": dWx, "Wh": dWh, "b": db, "V": dV}
