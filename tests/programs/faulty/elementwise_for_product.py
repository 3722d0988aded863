import numpy as np


def example():
    np.random.seed(20)
    x = np.random.rand(3)
    target = np.array([0.2, 0.9, 0.4])
    W = [np.random.randn(3, 3) for _ in range(3)]
    return {"x": x, "target": target, "W": W}


def backprop(x, target, W):
    a = [x]
    for w in W:
        a.append(1 / (1 + np.exp(-w.dot(a[-1]))))
    E = sum((a[-1] - target) ** 2) / 2

    delta = (a[-1] - target) * a[-1] * (1 - a[-1])
    dW = [None, None, None]
    dW[2] = np.outer(delta, a[2])
    delta = W[2].T.dot(delta) * a[2] * (1 - a[2])
    dW[1] = np.outer(delta, a[1])
    delta = np.sum(W[1].T * delta, axis=0) * a[1] * (1 - a[1])
    dW[0] = np.outer(delta, a[0])
    return E, {"W": dW}
