import numpy as np


class Activation:
    """Pairs of a function and its derivative, both of the pre-activation."""

    @staticmethod
    def softplus(z):
        return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)

    @staticmethod
    def d_softplus(z):
        return 1 / (1 + np.exp(-z))

    @staticmethod
    def elu(z, alpha=1.3):
        return np.where(z > 0, z, alpha * np.expm1(z))

    @staticmethod
    def d_elu(z, alpha=1.3):
        return np.where(z > 0, 1.0, alpha * np.exp(z))

    @staticmethod
    def swish(z):
        return z / (1 + np.exp(-z))

    @staticmethod
    def d_swish(z):
        s = 1 / (1 + np.exp(-z))
        return s + z * s * (1 - s)

    @staticmethod
    def gelu(z):
        inner = np.sqrt(2 / np.pi) * (z + 0.044715 * np.power(z, 3))
        return 0.5 * z * (1 + np.tanh(inner))

    @staticmethod
    def d_gelu(z):
        k = np.sqrt(2 / np.pi)
        th = np.tanh(k * (z + 0.044715 * np.power(z, 3)))
        return 0.5 * (1 + th) + 0.5 * z * (1 - np.square(th)) * k * (1 + 3 * 0.044715 * np.square(z))


NAMES = ("softplus", "elu", "swish", "gelu")


def example():
    rng = np.random.default_rng(0)
    layers = [[rng.normal(size=(4, 4)) * 0.6, rng.normal(size=4) * 0.5] for _ in NAMES]
    return {"x": rng.normal(size=(3, 4)), "y": rng.normal(size=(3, 4)), "layers": layers}


def backprop(x, y, layers):
    inputs, zs = [], []
    h = x
    for (w, b), name in zip(layers, NAMES):
        inputs.append(h)
        z = h @ w + b
        zs.append(z)
        h = getattr(Activation, name)(z)
    loss = np.abs(h - y).sum()
    g = np.sign(h - y)
    grads = []
    for (w, b), name, z, h_in in zip(reversed(layers), reversed(NAMES), reversed(zs), reversed(inputs)):
        g = g * getattr(Activation, "d_" + name)(z)
        grads.append([h_in.T @ g, g.sum(0)])
        g = g @ w.T
    grads.reverse()
    return loss, grads
