import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = np.sum(dout, axis=0)
        return dout @ self.W.T


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        self.mu = x.mean(axis=0)
        self.xc = x - self.mu
        self.var = np.mean(self.xc**2, axis=0)
        self.std = np.sqrt(self.var + self.eps)
        self.xn = self.xc / self.std
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        m = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
        dvar = 0.5 * dstd / self.std
        dxc += (2.0 / m) * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        return dxc - dmu / m


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out**2)


class MeanSquared:
    def forward(self, y, t):
        self.d = y - t
        return 0.5 * np.sum(self.d**2) / len(t)

    def backward(self):
        return self.d / len(self.d)


def example():
    rng = np.random.RandomState(0)
    return dict(x=rng.randn(6, 3), t=rng.randn(6, 2), W1=rng.randn(3, 4), b1=rng.randn(4), gamma=rng.rand(4) + 0.5,
                beta=rng.randn(4), W2=rng.randn(4, 2), b2=rng.randn(2))


def backprop(x, t, W1, b1, gamma, beta, W2, b2):
    layers = [Affine(W1, b1), BatchNorm(gamma, beta), Tanh(), Affine(W2, b2)]
    loss_layer = MeanSquared()
    out = x
    for layer in layers:
        out = layer.forward(out)
    loss = loss_layer.forward(out, t)
    dout = loss_layer.backward()
    for layer in reversed(layers):
        dout = layer.backward(dout)
    first, norm, _, last = layers
    return loss, {"dW1": first.dW, "db1": first.db, "dgamma": norm.dgamma, "dbeta": norm.dbeta, "dW2": last.dW, "db2": last.db}
