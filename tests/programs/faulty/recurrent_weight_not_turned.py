import numpy as np


def states(xs, Wx, Wh, b):
    """All states, the one before the first step at position 0: (T + 1, h)."""
    hs = np.zeros((len(xs) + 1, len(b)))
    for t in range(len(xs)):
        hs[t + 1] = np.tanh(xs[t] @ Wx + hs[t] @ Wh + b)
    return hs


def example():
    rng = np.random.default_rng(5)
    return {
        "xs": rng.normal(size=(4, 3)),
        "ys": rng.normal(size=(4, 2)),
        "Wx": rng.normal(size=(3, 5)),
        "Wh": 0.5 * rng.normal(size=(5, 5)),
        "b": rng.normal(size=5),
        "V": rng.normal(size=(5, 2)),
    }


def backprop(xs, ys, Wx, Wh, b, V):
    hs = states(xs, Wx, Wh, b)
    out = hs[1:] @ V
    loss = ((out - ys) ** 2).sum()
    dys = 2 * (out - ys)
    dV = hs[1:].T @ dys
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dnext = np.zeros_like(b)
    for t in reversed(range(len(xs))):
        dh = dys[t] @ V.T + dnext
        dz = dh * (1 - hs[t + 1] ** 2)
        dWx += np.outer(xs[t], dz)
        dWh += np.outer(hs[t], dz)
        db += dz
        dnext = dz @ Wh
    return loss, {"Wx": dWx, "Wh": dWh, "b": db, "V": dV}
