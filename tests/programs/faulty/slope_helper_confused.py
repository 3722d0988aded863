import numpy as np

rng = np.random.default_rng(90)


def tanh(x):
    return np.tanh(x)


def tanh_deriv(x):
    return 1 - np.tanh(x)


def example():
    g = np.random.default_rng(90)
    sizes = (2, 4, 3, 1)
    return {
        "x": g.normal(size=(2, 5)),
        "y": g.normal(size=(1, 5)),
        "weights": [g.normal(size=(n, m)) for m, n in zip(sizes[:-1], sizes[1:])],
        "biases": [g.normal(size=(n, 1)) for n in sizes[1:]],
    }


def backprop(x, y, weights, biases):
    hs, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(w @ hs[-1] + b)
        hs.append(tanh(zs[-1]))
    loss = np.sum((hs[-1] - y) ** 2) / x.shape[1]

    grads_w, grads_b = [], []
    delta = 2 * (hs[-1] - y) / x.shape[1] * tanh_deriv(zs[-1])
    for i in range(len(weights) - 1, -1, -1):
        grads_w.insert(0, delta @ hs[i].T)
        grads_b.insert(0, np.sum(delta, axis=1, keepdims=True))
        if i:
            delta = weights[i].T @ delta * tanh_deriv(zs[i - 1])
    return loss, {"weights": grads_w, "biases": grads_b}
