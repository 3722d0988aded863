import numpy as np

keep_prob = 0.8


def relu(x):
    return np.maximum(0, x)


def example():
    rng = np.random.RandomState(1)
    W1 = rng.randn(10, 4)
    W2 = rng.randn(6, 10)
    W3 = rng.randn(1, 6)
    b1, b2, b3 = rng.randn(10, 1), rng.randn(6, 1), rng.randn(1, 1)
    X = rng.randn(4, 5)
    Y = np.array([[1., 1, 0, 1, 0]])
    return X, Y, W1, b1, W2, b2, W3, b3


def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    np.random.seed(1)
    m = X.shape[1]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = (D1 < keep_prob)
    A1 = A1 * D1
    A1 = A1 / keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], A2.shape[1])
    D2 = (D2 < keep_prob)
    A2 = A2 * D2
    A2 = A2 / keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = 1 / (1 + np.exp(-Z3))
    cost = (1. / m) * np.nansum(-np.log(A3) * Y - np.log(1 - A3) * (1 - Y))

    dZ3 = A3 - Y
    dW3 = 1. / m * np.dot(dZ3, A2.T)
    db3 = 1. / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 = dA2 * D2
    dA2 = dA2 / keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1. / m * np.dot(dZ2, A1.T)
    db2 = 1. / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 = dA1 * D1
    dA1 = dA1 / keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1. / m * np.dot(dZ1, X.T)
    db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)
    return cost, (dW1, db1, dW2, db2, dW3, db3)
