import numpy as np

# everything is a matrix here, so * is the matrix product


def nonlin(x, deriv=False):
    if deriv:
        return np.multiply(x, 1 - x)
    return 1 / (1 + np.exp(-x))


def example():
    X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = np.array([[0, 1, 1, 0]]).T
    np.random.seed(1)
    syn0 = 2 * np.random.random((3, 4)) - 1
    syn1 = 2 * np.random.random((4, 1)) - 1
    return {"X": X, "y": y, "syn0": syn0, "syn1": syn1}


def backprop(X, y, syn0, syn1):
    l0, y = np.asmatrix(X), np.asmatrix(y)
    s0, s1 = np.asmatrix(syn0), np.asmatrix(syn1)
    l1 = nonlin(l0 * s0)
    l2 = nonlin(l1 * s1)
    l2_error = l2 - y
    loss = np.sum(np.power(l2_error, 2)) / 2
    l2_delta = np.multiply(l2_error, nonlin(l2, deriv=True))
    l1_error = l2_delta * s1.T
    l1_delta = np.multiply(l1_error, nonlin(l1, deriv=True))
    return loss, {"syn0": np.asarray(l0.T * l1_delta), "syn1": np.asarray(l1.T * l2_delta)}
