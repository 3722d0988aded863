import numpy as np


def conv_forward_naive(x, w, b):
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    out = np.zeros((N, F, H - HH + 1, W - WW + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            x_slice = x[:, :, i:i + HH, j:j + WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(x_slice * w[f], axis=(1, 2, 3)) + b[f]
    return out, (x, w)


def conv_backward_naive(dout, cache):
    x, w = cache
    F, C, HH, WW = w.shape
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            x_slice = x[:, :, i:i + HH, j:j + WW]
            for f in range(F):
                g = dout[:, f, i, j][:, None, None, None]
                dw[f] += np.sum(x_slice * g, axis=0)
                dx[:, :, i:i + HH, j:j + WW] = w[f] * g
    return dx, dw, db


def example():
    rng = np.random.default_rng(41)
    return {"x": rng.normal(size=(2, 1, 5, 5)), "y": np.array([1.0, -1.0]), "w1": rng.normal(size=(2, 1, 2, 2)), "b1": rng.normal(size=2), "w2": rng.normal(size=(1, 2, 3, 3)), "b2": rng.normal(size=1)}


def backprop(x, y, w1, b1, w2, b2):
    c1, cache1 = conv_forward_naive(x, w1, b1)
    a1 = np.tanh(c1)
    c2, cache2 = conv_forward_naive(a1, w2, b2)
    score = c2.sum(axis=(1, 2, 3))
    loss = np.mean((score - y) ** 2)
    dscore = 2 * (score - y) / len(y)
    dc2 = np.ones_like(c2) * dscore[:, None, None, None]
    da1, dw2, db2 = conv_backward_naive(dc2, cache2)
    _, dw1, db1 = conv_backward_naive(da1 * (1 - a1 ** 2), cache1)
    return loss, {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
