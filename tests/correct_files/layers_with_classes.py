import numpy as np

class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b
    def backward(self, grad):
        self.dW = grad.T @ self.x
        self.db = grad.sum(0)
        return grad @ self.W

class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out
    def backward(self, grad):
        return grad * self.out * (1 - self.out)

class BCE:
    def forward(self, p, y):
        self.p, self.y = p, y
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    def backward(self):
        p, y = self.p, self.y
        return (p - y) / (p * (1 - p)) / len(y)

def backprop(X, y, W1, b1, W2, b2):
    l1, s1, l2, s2, crit = Linear(W1, b1), Sigmoid(), Linear(W2, b2), Sigmoid(), BCE()
    p = s2.forward(l2.forward(s1.forward(l1.forward(X))))
    loss = crit.forward(p, y[:, None])
    g = s2.backward(crit.backward())
    l1.backward(s1.backward(l2.backward(g)))
    return l1.dW, l1.db, l2.dW, l2.db
