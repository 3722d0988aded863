import numpy as np


def init(nx=3, nh=4, ny=4):
    np.random.seed(5)
    return dict(W1=np.random.randn(nh, nx), b1=np.random.randn(nh, 1), W2=np.random.randn(ny, nh), b2=np.random.randn(ny, 1))


def example():
    params = init()
    return params, np.random.randn(3, 4), np.eye(4)[:, [1, 0, 3, 2]]


def backprop(params, X, Y):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    m = X.shape[1]
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2
    T = np.exp(Z2 - Z2.max(0))
    A2 = T / T.sum(0)
    cost = -(Y * np.log(A2)).sum() / m
    dZ2 = (A2 - Y) / m
    dW2 = dZ2 @ A1.T
    db2 = np.sum(dZ2, axis=0).reshape(-1, 1)
    dZ1 = W2.T @ dZ2 * (1 - A1 * A1)
    dW1 = dZ1 @ X.T
    db1 = np.sum(dZ1, axis=1, keepdims=True)
    return cost, dict(dW1=dW1, db1=db1, dW2=dW2, db2=db2)
