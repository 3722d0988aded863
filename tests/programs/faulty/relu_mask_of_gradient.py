import numpy as np


class Relu(object):
    def forward(self, Z):
        self.Z = Z
        return np.maximum(0, Z)

    def backward(self, dA):
        dZ = np.array(dA, copy=True)
        dZ[dA <= 0] = 0
        return dZ


class Affine(object):
    def __init__(self, W):
        self.W = W

    def forward(self, A):
        self.A = A
        return self.W @ A

    def backward(self, dZ):
        self.grad = dZ @ self.A.T
        return self.W.T @ dZ


def example():
    rs = np.random.RandomState(99)
    return {"X": rs.randn(3, 6), "Y": rs.randn(2, 6), "Ws": [rs.randn(5, 3), rs.randn(4, 5), rs.randn(2, 4)]}


def backprop(X, Y, Ws):
    chain = []
    for W in Ws:
        chain += [Affine(W), Relu()]
    chain.pop()
    A = X
    for link in chain:
        A = link.forward(A)
    m = X.shape[1]
    loss = np.sum((A - Y) ** 2) / (2 * m)
    dA = (A - Y) / m
    for link in reversed(chain):
        dA = link.backward(dA)
    return loss, {"Ws": [link.grad for link in chain if isinstance(link, Affine)]}
