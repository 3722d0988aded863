import numpy as np


def softmax_loss(Z, y):
    return np.mean(np.log(np.sum(np.exp(Z), axis=1)) - Z[np.arange(y.size), y])


def softmax_regression_epoch(X, y, theta, lr=0.1, batch=100):
    num_examples = X.shape[0]
    for i in range(num_examples // batch):
        X_b = X[i * batch : (i + 1) * batch, :]
        y_b = y[i * batch : (i + 1) * batch]
        Z = np.exp(X_b @ theta)
        Z = Z / np.sum(Z, axis=1, keepdims=True)
        I_y = np.eye(theta.shape[1])[y_b]
        grad = X_b.T @ (Z - I_y) / batch
        theta[:] = theta - lr * grad


# The lines for the check.


def example():
    return {"X": np.random.randn(6, 4), "y": np.array([0, 2, 1, 1, 0, 2]), "theta": np.random.randn(4, 3)}


def backprop(X, y, theta):
    new = theta.copy()
    softmax_regression_epoch(X, y, new, lr=1, batch=len(y))
    return softmax_loss(X @ theta, y), {"theta": theta - new}
