import numpy as np


def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def cross_entropy(predictions, targets):
    N = predictions.shape[0]
    probs = softmax(predictions)
    return -np.log(probs[np.arange(N), targets]).mean()


def forward(X, params):
    Z1 = X @ params["W1"] + params["b1"]
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ params["W2"] + params["b2"]
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2


def example():
    rng = np.random.default_rng(8)
    params = {"W1": rng.normal(size=(3, 6)), "b1": np.full(6, .1), "W2": rng.normal(size=(6, 4)), "b2": np.zeros(4)}
    return {"X": rng.normal(size=(5, 3)), "y": np.array([3, 1, 0, 0, 2]), "params": params}


def backprop(X, y, params):
    Z1, A1, Z2, A2 = forward(X, params)
    loss = cross_entropy(A2, y)
    m = len(y)
    dZ2 = A2.copy()
    dZ2[range(m), y] -= 1
    dZ2 /= m
    dA1 = dZ2 @ params["W2"].T
    dZ1 = dA1 * (Z1 > 0)
    grads = {"W1": X.T @ dZ1, "b1": dZ1.sum(0), "W2": A1.T @ dZ2, "b2": dZ2.sum(0)}
    return loss, grads
