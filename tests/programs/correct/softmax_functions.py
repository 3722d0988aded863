import numpy as np


def example():
    rng = np.random.default_rng(1)
    return dict(X=rng.normal(size=(5, 4)), y=np.array([0, 2, 1, 1, 2]), W1=rng.normal(size=(4, 6)), b1=rng.normal(size=6),
                W2=rng.normal(size=(6, 3)), b2=rng.normal(size=3))


def backprop(X, y, W1, b1, W2, b2):
    n = X.shape[0]
    z1 = X.dot(W1) + b1
    h = np.maximum(0, z1)
    scores = h.dot(W2) + b2
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), y]).mean()

    dscores = p.copy()
    dscores[np.arange(n), y] -= 1
    dscores /= n
    grads = {}
    grads["W2"] = h.T.dot(dscores)
    grads["b2"] = dscores.sum(axis=0)
    dh = dscores.dot(W2.T)
    dh[z1 <= 0] = 0
    grads["W1"] = X.T.dot(dh)
    grads["b1"] = dh.sum(axis=0)
    return loss, grads
