import numpy as np

EPS = 1e-12

def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    q = np.clip(A2[:, 0], EPS, 1 - EPS)
    loss = -(y * np.log(q) + (1 - y) * np.log(1 - q))
    dZ2 = (A2 - y[:, None]) / n
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (1 - A1)
    return {"loss": loss, "dW1": dZ1.T @ X, "db1": dZ1.sum(0), "dW2": dZ2.T @ A1, "db2": dZ2.sum(0), "dZ1": dZ1, "dZ2": dZ2}
