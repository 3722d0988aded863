import numpy as np


def example():
    r = np.random.RandomState(19)
    return r.randn(6, 3), np.sign(r.randn(6)), r.randn(3, 5), r.randn(5), r.randn(5), 0.4


def backprop(X, y, V, v0, w, w0):
    """max(0, 1 - y f(x)) over a ReLU layer, y in {-1, +1}"""
    z = X @ V + v0
    mask = z > 0
    h = z * mask
    f = h @ w + w0
    margin = 1 - y * f
    active = (margin > 0).astype(float)
    loss = np.mean(active * margin ** 2)
    df = -2 * y * active * margin / len(y)
    dw, dw0 = df @ h, df.sum()
    dz = np.multiply.outer(df, w) * mask
    return loss, [X.T @ dz, dz.sum(axis=0), dw, dw0]
