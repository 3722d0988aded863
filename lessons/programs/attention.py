"""Self-attention of a short sequence with itself, and a squared error: lesson 12."""

import numpy as np


def example():
    rng = np.random.default_rng(13)
    return {
        "X": rng.normal(size=(3, 3)).round(1),
        "target": rng.normal(size=(3, 2)).round(1),
        "Wq": 0.5 * rng.normal(size=(3, 2)).round(1),
        "Wk": 0.5 * rng.normal(size=(3, 2)).round(1),
        "Wv": 0.5 * rng.normal(size=(3, 2)).round(1),
    }


def backprop(X, target, Wq, Wk, Wv):
    scale = 1 / np.sqrt(Wq.shape[1])
    Q = X @ Wq
    K = X @ Wk
    V = X @ Wv
    scores = Q @ K.T * scale
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    out = P @ V
    loss = ((out - target) ** 2).sum()

    dout = 2 * (out - target)
    dV = P.T @ dout
    dP = dout @ V.T
    dscores = P * (dP - (dP * P).sum(axis=1, keepdims=True))
    dQ = dscores @ K * scale
    dK = dscores.T @ Q * scale
    dWq = X.T @ dQ
    dWk = X.T @ dK
    dWv = X.T @ dV
    return loss, {"Wq": dWq, "Wk": dWk, "Wv": dWv}
