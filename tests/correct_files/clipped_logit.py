"""Against overflow, far outside anything that happens."""
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

def backprop(X, y, W1, b1, W2, b2):
    grads = {}
    cache = {"Z1": X @ W1.T + b1}
    cache["A1"] = sigmoid(cache["Z1"])
    cache["Z2"] = cache["A1"] @ W2.T + b2
    cache["A2"] = sigmoid(cache["Z2"])
    grads["dZ2"] = (cache["A2"] - y[:, None]) / len(y)
    grads["dW2"] = grads["dZ2"].T @ cache["A1"]
    grads["db2"] = np.sum(grads["dZ2"], axis=0)
    grads["dA1"] = grads["dZ2"] @ W2
    grads["dZ1"] = grads["dA1"] * cache["A1"] * (1 - cache["A1"])
    grads["dW1"] = grads["dZ1"].T @ X
    grads["db1"] = np.sum(grads["dZ1"], axis=0)
    return grads
