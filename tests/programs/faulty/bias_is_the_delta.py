import numpy as np


def nonlin(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])


def example():
    np.random.seed(1)
    return {
        "syn0": 2 * np.random.random((3, 4)) - 1,
        "bias0": 2 * np.random.random((1, 4)) - 1,
        "syn1": 2 * np.random.random((4, 1)) - 1,
        "bias1": 2 * np.random.random((1, 1)) - 1,
    }


def backprop(syn0, bias0, syn1, bias1):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0) + bias0)
    l2 = nonlin(np.dot(l1, syn1) + bias1)
    l2_error = l2 - y
    loss = np.sum(l2_error ** 2) / 2
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    return loss, {
        "syn0": l0.T.dot(l1_delta),
        "bias0": l1_delta,
        "syn1": l1.T.dot(l2_delta),
        "bias1": l2_delta,
    }
