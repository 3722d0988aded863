import numpy as np
from collections import OrderedDict


class MaxPool:
    def forward(self, x):
        n, h, w = x.shape
        self.x = x
        self.blocks = x.reshape(n, h // 2, 2, w // 2, 2)
        return self.blocks.max(axis=(2, 4))

    def backward(self, grad):
        return grad.repeat(2, axis=1).repeat(2, axis=2)


class Scale:
    def __init__(self, a):
        self.a = a

    def forward(self, x):
        self.x = x
        return np.tanh(self.a[:, None, None] * x)

    def backward(self, grad):
        t = np.tanh(self.a[:, None, None] * self.x)
        self.da = (grad * (1 - t ** 2) * self.x).sum(axis=(1, 2))
        return grad * (1 - t ** 2) * self.a[:, None, None]


class Flat:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.shape, self.v = x.shape, x.reshape(-1)
        return self.w @ self.v

    def backward(self, grad):
        self.dw = np.outer(grad, self.v)
        return (self.w.T @ grad).reshape(self.shape)


def example():
    rng = np.random.default_rng(36)
    return {"x": rng.normal(size=(2, 4, 4)), "y": rng.normal(size=3), "a": rng.normal(size=2), "w": rng.normal(size=(3, 8))}


def backprop(x, y, a, w):
    net = OrderedDict(scale=Scale(a), pool=MaxPool(), flat=Flat(w))
    for layer in net.values():
        x = layer.forward(x)
    loss = ((x - y) ** 2).mean()
    g = 2 * (x - y) / 3
    for layer in reversed(list(net.values())):
        g = layer.backward(g)
    return loss, {"a": net["scale"].da, "w": net["flat"].dw}
