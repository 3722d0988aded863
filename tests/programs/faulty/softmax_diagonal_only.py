import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def softmax_prime(z):
    s = softmax(z)
    return s * (1 - s)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def example():
    rng = np.random.RandomState(2)
    x = rng.rand(4, 3)
    y = np.zeros((3, 3))
    y[[1, 0, 2], [0, 1, 2]] = 1
    return x, y, rng.randn(5, 4), rng.randn(5, 1), rng.randn(3, 5), rng.randn(3, 1)


def backprop(x, y, w_hid, b_hid, w_out, b_out):
    n = x.shape[1]
    z_hid = w_hid.dot(x) + b_hid
    a_hid = sigmoid(z_hid)
    z_out = w_out.dot(a_hid) + b_out
    a_out = softmax(z_out)
    cost = -np.sum(y * np.log(a_out)) / n

    dcost_da = -y / a_out / n
    delta_out = dcost_da * softmax_prime(z_out)
    delta_hid = w_out.T.dot(delta_out) * a_hid * (1 - a_hid)
    return cost, (delta_hid.dot(x.T), delta_hid.sum(axis=1, keepdims=True), delta_out.dot(a_hid.T), delta_out.sum(axis=1, keepdims=True))
