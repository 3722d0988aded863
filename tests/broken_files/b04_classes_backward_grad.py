# The sigmoid layer's backward uses its input where its output belongs.
import numpy as np

class Dense:
    def __init__(self, W, b): self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b
    def backward(self, g):
        self.gW, self.gb = g.T @ self.x, g.sum(0)
        return g @ self.W

class Sigmoid:
    def forward(self, x):
        self.inp = x
        return 1 / (1 + np.exp(-x))
    def backward(self, g):
        return g * self.inp * (1 - self.inp)  # here

def backprop(X, y, W1, b1, W2, b2):
    one, act, two = Dense(W1, b1), Sigmoid(), Dense(W2, b2)
    Z1 = one.forward(X)
    A1 = act.forward(Z1)
    Z2 = two.forward(A1)
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (A2 - y[:, None]) / len(y)
    dA1 = two.backward(dZ2)
    dZ1 = act.backward(dA1)  # here
    one.backward(dZ1)
    return one.gW, one.gb, two.gW, two.gb
