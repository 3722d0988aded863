import numpy as np


def dense(x, w, b):
    def pull(g):
        return g @ w.T, {"w": x.T @ g, "b": g.sum(0)}
    return x @ w + b, pull


def gate(x):
    a, s = np.split(x, 2, axis=1)
    s = 1 / (1 + np.exp(-s))

    def pull(g):
        return np.hstack((g * s, g * a * s * (1 - s))), None
    return a * s, pull


def normalise(x):
    length = np.sqrt((x ** 2).sum(1, keepdims=True))
    unit = x / length

    def pull(g):
        return (g - unit * (g * unit).sum(1, keepdims=True)) / length, None
    return unit, pull


def cosine_loss(x, t):
    n = len(x)

    def pull(g=1.0):
        return -g * t / n
    return 1 - (x * t).sum() / n, pull


def example():
    rng = np.random.default_rng(6)
    t = rng.normal(size=(4, 3))
    return {"x": rng.normal(size=(4, 2)), "t": t / np.linalg.norm(t, axis=1, keepdims=True),
            "first": {"w": rng.normal(size=(2, 6)), "b": rng.normal(size=6)},
            "last": {"w": rng.normal(size=(3, 3)), "b": rng.normal(size=3)}}


def backprop(x, t, first, last):
    stack = []
    for layer, weights in ((dense, first), (gate, {}), (dense, last), (normalise, {})):
        x, pull = layer(x, **weights)
        stack.append(pull)
    loss, pull = cosine_loss(x, t)
    g = pull()
    found = []
    while stack:
        g, grads = stack.pop()(g)
        if grads is not None:
            found.append(grads)
    last_grads, first_grads = found
    return loss, {"first": first_grads, "last": last_grads}
