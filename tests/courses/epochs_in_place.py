import numpy as np


def softmax_loss(Z, y):
    return np.mean(np.log(np.sum(np.exp(Z), axis=1)) - Z[np.arange(y.size), y])


def softmax_regression_epoch(X, y, theta, lr=0.1, batch=100):
    for start in range(0, X.shape[0], batch):
        X_b = X[start : start + batch]
        y_b = y[start : start + batch]
        Z = np.exp(X_b @ theta)
        Z = Z / np.sum(Z, axis=1, keepdims=True)
        I_y = np.zeros(Z.shape)
        I_y[np.arange(y_b.size), y_b] = 1
        grad = X_b.T @ (Z - I_y) / batch
        theta -= lr * grad


def nn_epoch(X, y, W1, W2, lr=0.1, batch=100):
    for start in range(0, X.shape[0], batch):
        X_b = X[start : start + batch]
        y_b = y[start : start + batch]
        Z1 = np.maximum(X_b @ W1, 0)
        S = np.exp(Z1 @ W2)
        S = S / np.sum(S, axis=1, keepdims=True)
        I_y = np.zeros(S.shape)
        I_y[np.arange(y_b.size), y_b] = 1
        G2 = S - I_y
        G1 = (Z1 > 0) * (G2 @ W2.T)
        grad1 = X_b.T @ G1 / batch
        grad2 = Z1.T @ G2 / batch
        W1 -= lr * grad1
        W2 -= lr * grad2


def loss_err(h, y):
    return softmax_loss(h, y), np.mean(h.argmax(axis=1) != y)


def train_nn(X_tr, y_tr, hidden_dim=500, epochs=10, lr=0.5, batch=100):
    n, k = X_tr.shape[1], y_tr.max() + 1
    np.random.seed(0)
    W1 = np.random.randn(n, hidden_dim).astype(np.float32) / np.sqrt(hidden_dim)
    W2 = np.random.randn(hidden_dim, k).astype(np.float32) / np.sqrt(k)
    for epoch in range(epochs):
        nn_epoch(X_tr, y_tr, W1, W2, lr=lr, batch=batch)
        print(epoch, loss_err(np.maximum(X_tr @ W1, 0) @ W2, y_tr))


if __name__ == "__main__":
    X = np.random.randn(500, 20)
    train_nn(X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0), hidden_dim=30)


# The lines for the check.


def example():
    r = np.random.randn
    return {"X": r(5, 4), "y": np.array([0, 2, 1, 1, 0]), "W1": r(4, 6), "W2": r(6, 3)}


def backprop(X, y, W1, W2):
    loss = softmax_loss(np.maximum(X @ W1, 0) @ W2, y)
    new1, new2 = W1.copy(), W2.copy()
    nn_epoch(X, y, new1, new2, lr=1, batch=len(y))
    return loss, {"W1": W1 - new1, "W2": W2 - new2}
