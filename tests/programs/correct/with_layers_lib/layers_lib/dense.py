import numpy as np


class Dense:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.inputs = x
        return np.dot(x, self.W) + self.b

    def backward(self, grad):
        self.grads = {"W": np.dot(self.inputs.T, grad), "b": np.sum(grad, 0)}
        return np.dot(grad, self.W.T)
