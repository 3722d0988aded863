"""Two-layer classifier from week 3, samples in rows."""
import numpy as np

np.set_printoptions(precision=4)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def example():
    np.random.seed(3)
    X = np.random.randn(6, 2)
    y = (X[:, 0] * X[:, 1] > 0).astype(float).reshape(-1, 1)
    W1 = np.random.randn(2, 4)
    b1 = np.random.randn(1, 4) * 0.1
    W2 = np.random.randn(4, 1)
    b2 = np.random.randn(1, 1)
    return X, y, W1, b1, W2, b2


def backprop(X, y, W1, b1, W2, b2):
    N = X.shape[0]

    # forward
    hidden_in = np.dot(X, W1) + b1
    hidden_out = sigmoid(hidden_in)
    output_in = np.dot(hidden_out, W2) + b2
    output_out = sigmoid(output_in)

    cost = -np.mean(y * np.log(output_out) + (1 - y) * np.log(1 - output_out))

    # backward, one step at a time
    d_output_out = (-(y / output_out) + (1 - y) / (1 - output_out)) / N
    d_output_in = d_output_out * output_out * (1 - output_out)
    d_W2 = np.dot(hidden_out.T, d_output_in)
    d_b2 = np.sum(d_output_in, axis=0, keepdims=True)
    d_hidden_out = np.dot(d_output_in, W2.T)
    d_hidden_in = d_hidden_out * (hidden_out * (1 - hidden_out))
    d_W1 = np.dot(X.T, d_hidden_in)
    d_b1 = np.sum(d_hidden_in, axis=0, keepdims=True)

    return cost, (d_W1, d_b1, d_W2, d_b2)
