import numpy as np


class Linear:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def __call__(self, x):
        self.x = x
        return x @ self.weight.T + self.bias

    def back(self, g):
        self.weight_grad = g.T @ self.x
        self.bias_grad = g.sum(0)
        return g @ self.weight


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def example():
    rng = np.random.default_rng(31)
    shapes = {"enc": (4, 5), "mu": (2, 4), "logvar": (2, 4), "dec": (4, 2), "out": (5, 4)}
    net = {k: {"weight": rng.normal(size=s) * 0.6, "bias": rng.normal(size=s[0]) * 0.3} for k, s in shapes.items()}
    return {"x": rng.random((3, 5)), "eps": rng.normal(size=(3, 2)), "net": net}


def backprop(x, eps, net, beta=0.5):
    enc, mu_, lv_, dec, out = (Linear(**net[k]) for k in ("enc", "mu", "logvar", "dec", "out"))
    h = np.tanh(enc(x))
    mu, logvar = mu_(h), lv_(h)
    sigma = np.exp(logvar / 2)
    z = mu + sigma * eps
    d = np.tanh(dec(z))
    xr = sigmoid(out(d))
    bce = -np.sum(x * np.log(xr) + (1 - x) * np.log(1 - xr))
    kld = 0.5 * np.sum(np.exp(logvar) + mu ** 2 - 1 - logvar)
    loss = bce + beta * kld

    g = out.back(xr - x)
    g = dec.back(g * (1 - d ** 2))
    gmu = g + beta * mu
    glv = g * eps * sigma / 2 + beta * 0.5 * (np.exp(logvar) - 1)
    gh = mu_.back(gmu) + lv_.back(glv)
    enc.back(gh * (1 - h ** 2))
    grads = {k: {"weight": l.weight_grad, "bias": l.bias_grad} for k, l in zip(net, (enc, mu_, lv_, dec, out))}
    return loss, {"net": grads}
