import numpy as np


def example():
    rng = np.random.default_rng(31)
    return {"W": rng.normal(size=(5, 4)), "X": rng.normal(size=(7, 5)), "y": np.array([0, 1, 2, 3, 3, 1, 0]), "reg": 0.1}


def backprop(W, X, y, reg):
    num = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(num), y] = 0
    loss = np.sum(margins) / num + reg * np.sum(W * W)
    binary = margins.copy()
    binary[margins > 0] = 1
    binary[np.arange(num), y] = -np.sum(binary, axis=1)
    dW = X.T.dot(binary) / num + 2 * reg * W
    return loss, {"W": dW}
