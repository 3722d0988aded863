import numpy as np


def initialize_model(N, V, random_seed=1):
    np.random.seed(random_seed)
    W1 = np.random.rand(N, V)
    W2 = np.random.rand(V, N)
    b1 = np.random.rand(N, 1)
    b2 = np.random.rand(V, 1)
    return W1, W2, b1, b2


def softmax(z):
    e_z = np.exp(z)
    yhat = e_z / np.sum(e_z, axis=0)
    return yhat


def forward_prop(x, W1, W2, b1, b2):
    h = np.dot(W1, x) + b1
    h = np.maximum(0, h)
    z = np.dot(W2, h) + b2
    return z, h


def compute_cost(y, yhat, batch_size):
    logprobs = np.multiply(np.log(yhat), y)
    cost = -1 / batch_size * np.sum(logprobs)
    cost = np.squeeze(cost)
    return cost


def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
    l1 = np.dot(W2.T, yhat - y)
    l1[h <= 0] = 0
    grad_W1 = (1 / batch_size) * np.dot(l1, x.T)
    grad_W2 = (1 / batch_size) * np.dot(yhat - y, h.T)
    grad_b1 = (1 / batch_size) * np.sum(l1, axis=1, keepdims=True)
    grad_b2 = (1 / batch_size) * np.sum(yhat - y, axis=1, keepdims=True)
    return grad_W1, grad_W2, grad_b1, grad_b2


def gradient_descent(batches, N, V, alpha=0.03):
    W1, W2, b1, b2 = initialize_model(N, V, random_seed=282)
    for x, y in batches:
        z, h = forward_prop(x, W1, W2, b1, b2)
        yhat = softmax(z)
        cost = compute_cost(y, yhat, x.shape[1])
        print("cost", cost)
        grad_W1, grad_W2, grad_b1, grad_b2 = back_prop(x, yhat, y, h, W1, W2, b1, b2, x.shape[1])
        W1 -= alpha * grad_W1
        W2 -= alpha * grad_W2
        b1 -= alpha * grad_b1
        b2 -= alpha * grad_b2
    return W1, W2, b1, b2


# The lines for the check.


def example():
    W1, W2, b1, b2 = initialize_model(4, 6)
    return {
        "x": np.random.rand(6, 5),
        "y": np.eye(6)[:, [0, 3, 5, 2, 1]],
        "W1": W1 - 0.5,
        "W2": W2,
        "b1": b1 - 0.5,
        "b2": b2,
    }


def backprop(x, y, W1, W2, b1, b2):
    z, h = forward_prop(x, W1, W2, b1, b2)
    yhat = softmax(z)
    return compute_cost(y, yhat, x.shape[1]), back_prop(x, yhat, y, h, W1, W2, b1, b2, x.shape[1])
