import numpy as np


def maxpool_forward(A, f=2, stride=2):
    n_H, n_W = (A.shape[0] - f) // stride + 1, (A.shape[1] - f) // stride + 1
    out = np.zeros((n_H, n_W))
    for h in range(n_H):
        for w in range(n_W):
            out[h, w] = np.max(A[h * stride:h * stride + f, w * stride:w * stride + f])
    return out


def maxpool_backward(dA, A, f=2, stride=2):
    dA_prev = np.zeros(A.shape)
    for h in range(dA.shape[0]):
        for w in range(dA.shape[1]):
            window = A[h * stride:h * stride + f, w * stride:w * stride + f]
            mask = window == np.max(window)
            dA_prev[h:h + f, w:w + f] += mask * dA[h, w]
    return dA_prev


def example():
    np.random.seed(3)
    return {"photo": np.random.randn(6, 6), "t": 1, "gain": np.random.randn(6, 6), "readout": np.random.randn(9)}


def backprop(photo, t, gain, readout):
    lit = photo * gain
    small = maxpool_forward(lit)
    logit = readout.dot(small.ravel())
    loss = np.log(1 + np.exp(logit)) - t * logit
    dlogit = 1 / (1 + np.exp(-logit)) - t
    dsmall = (dlogit * readout).reshape(small.shape)
    dlit = maxpool_backward(dsmall, lit)
    return loss, {"gain": dlit * photo, "readout": dlogit * small.ravel()}
