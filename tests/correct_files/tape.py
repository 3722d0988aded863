"""A tiny reverse mode: every operation pushes its own way back onto a list."""
import numpy as np

class T:
    def __init__(self, v):
        self.v, self.g = v, np.zeros_like(v)

def backprop(X, y, W1, b1, W2, b2):
    tape = []
    def affine(x, w, b):
        out = T(x.v @ w.v.T + b.v)
        def back():
            x.g += out.g @ w.v; w.g += out.g.T @ x.v; b.g += out.g.sum(0)
        tape.append(back)
        return out
    def sigmoid(x):
        out = T(1 / (1 + np.exp(-x.v)))
        def back():
            x.g += out.g * out.v * (1 - out.v)
        tape.append(back)
        return out
    x, w1, c1, w2, c2 = map(T, (X, W1, b1, W2, b2))
    p = sigmoid(affine(sigmoid(affine(x, w1, c1)), w2, c2))
    t = y[:, None]
    p.g = (p.v - t) / (p.v * (1 - p.v)) / len(y)
    for back in reversed(tape):
        back()
    return w1.g, c1.g, w2.g, c2.g
