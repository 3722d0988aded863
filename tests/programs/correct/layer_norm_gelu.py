import numpy as np

C = np.sqrt(2 / np.pi)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3)))


def gelu_grad(x):
    t = np.tanh(C * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * C * (1 + 3 * 0.044715 * x**2)


def example():
    rng = np.random.default_rng(5)
    return [rng.normal(size=(4, 6)), rng.normal(size=(4, 2)), rng.normal(size=6), rng.normal(size=6), rng.normal(size=(6, 2))]


def backprop(x, t, g, b, W):
    mu = np.mean(x, axis=-1, keepdims=True)
    var = np.var(x, axis=-1, keepdims=True)
    inv = 1.0 / np.sqrt(var + 1e-5)
    xhat = (x - mu) * inv
    u = xhat * g + b
    a = gelu(u)
    y = a @ W
    loss = np.mean((y - t) ** 2)
    dy = 2 * (y - t) / y.size
    dW = a.T @ dy
    du = (dy @ W.T) * gelu_grad(u)
    dg, db = (du * xhat).sum(0), du.sum(0)
    dxhat = du * g
    dx = inv * (dxhat - dxhat.mean(-1, keepdims=True) - xhat * (dxhat * xhat).mean(-1, keepdims=True))
    return loss, (dg, db, dW)
