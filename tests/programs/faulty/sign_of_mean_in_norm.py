import numpy as np


class LayerNormLayer:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.mu = x.mean(axis=1)[:, None]
        self.centered = x - self.mu
        self.var = (self.centered ** 2).mean(axis=1)[:, None]
        self.istd = (self.var + 1e-5) ** -0.5
        return self.gamma * self.centered * self.istd + self.beta

    def backward(self, dy):
        D = dy.shape[1]
        self.dgamma = (dy * self.centered * self.istd).sum(axis=0)
        self.dbeta = dy.sum(axis=0)
        dhat = dy * self.gamma
        dvar = (dhat * self.centered).sum(axis=1)[:, None] * -0.5 * self.istd ** 3
        dcentered = dhat * self.istd + dvar * 2 / D * self.centered
        dmu = dcentered.sum(axis=1)[:, None]
        return dcentered + dmu / D


def example():
    rng = np.random.default_rng(58)
    return {"x": rng.normal(size=(3, 4)), "t": rng.normal(size=(3, 5)), "W": rng.normal(size=(4, 5)), "gamma": rng.normal(size=5), "beta": rng.normal(size=5)}


def backprop(x, t, W, gamma, beta):
    ln = LayerNormLayer(gamma, beta)
    y = ln.forward(x @ W)
    loss = np.sum((y - t) ** 2) / 2
    dpre = ln.backward(y - t)
    return loss, {"W": x.T @ dpre, "gamma": ln.dgamma, "beta": ln.dbeta}
