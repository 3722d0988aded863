import numpy as np


def sigmoid(x, derivative=False):
    if derivative:
        return sigmoid(x) * (1 - sigmoid(x))
    return 1 / (1 + np.exp(-x))


class TwoLayers:
    def __init__(self, params):
        self.W1, self.W2 = params["W1"], params["W2"]

    def feed_forward(self, X):
        self.X = X
        self.z1 = X @ self.W1
        self.a1 = sigmoid(self.z1)
        self.z2 = self.a1 @ self.W2
        self.a2 = sigmoid(self.z2)
        return self.a2

    def back(self, Y):
        self.d2 = (self.a2 - Y) * sigmoid(self.a2, derivative=True)
        self.dW2 = self.a1.T @ self.d2
        self.d1 = (self.d2 @ self.W2.T) * sigmoid(self.a1, derivative=True)
        self.dW1 = self.X.T @ self.d1


def example():
    rng = np.random.RandomState(13)
    return {"X": rng.randn(5, 3), "Y": rng.rand(5, 2), "params": {"W1": rng.randn(3, 4), "W2": rng.randn(4, 2)}}


def backprop(X, Y, params):
    net = TwoLayers(params)
    loss = 0.5 * np.sum((net.feed_forward(X) - Y) ** 2)
    net.back(Y)
    return loss, {"dW1": net.dW1, "dW2": net.dW2}
