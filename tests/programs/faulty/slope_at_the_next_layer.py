import numpy as np


def relu(z): return np.maximum(0, z)


def relu_derivative(z): return (z > 0) * 1.0


def forward(x, layers):
    cache = [(None, x)]
    for W, b in layers[:-1]:
        z = cache[-1][1] @ W + b
        cache.append((z, relu(z)))
    W, b = layers[-1]
    z = cache[-1][1] @ W + b
    cache.append((z, z))
    return cache


def example():
    rng = np.random.default_rng(18)
    n = lambda *s: rng.normal(size=s)
    return {"x": n(7, 3), "y": n(7, 1), "layers": [(n(3, 4), n(4)), (n(4, 4), n(4)), (n(4, 1), n(1))]}


def backprop(x, y, layers):
    cache = forward(x, layers)
    out = cache[-1][1]
    loss = np.square(out - y).mean()
    d = 2 * (out - y) / y.size
    grads = []
    for i in range(len(layers), 0, -1):
        z, _ = cache[i]
        if i < len(layers):
            d = d * relu_derivative(cache[i - 1][0] if i > 1 else z)
        a_prev = cache[i - 1][1]
        grads.append((a_prev.T @ d, d.sum(axis=0)))
        d = d @ layers[i - 1][0].T
    return loss, {"layers": grads[::-1]}
