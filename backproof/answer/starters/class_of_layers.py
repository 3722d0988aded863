"""A network of layers, each with its forward and its backward."""

_LAYERS = '''"""{title}

Try it with:  backproof check {name}
"""

import numpy as np


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
{dense}


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
{tanh}


class Network:
    def __init__(self, layers):
        self.layers = layers

    def loss(self, x, target):
        for layer in self.layers:
            x = layer.forward(x)
        self.error = x - target
        return 0.5 * np.mean(self.error**2)

    def backward(self):
        dout = self.error / self.error.size
        for layer in reversed(self.layers):
            dout = layer.backward(dout)


def example():
    """The arguments of one small call."""
    rng = np.random.default_rng(0)
    first = Dense(rng.normal(size=(4, 5)), 0.1 * rng.normal(size=5))
    second = Dense(rng.normal(size=(5, 2)), 0.1 * rng.normal(size=2))
    return {{"net": Network([first, Tanh(), second]), "X": rng.normal(size=(6, 4)), "target": rng.normal(size=(6, 2))}}


def backprop(net, X, target):
    loss = net.loss(X, target)
    net.backward()
    first, _, second = net.layers
    # Gradients are named after their parameters, or nested as these are.
    return loss, {{"net": {{"layers": [{{"W": first.dW, "b": first.db}}, {{}}, {{"W": second.dW, "b": second.db}}]}}}}
'''

TO_FILL = _LAYERS.format(
    title="Your own layers: replace each zero by the derivative.",
    name="my_class.py",
    dense="""        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        return np.zeros_like(self.x)""",
    tanh="        return np.zeros_like(self.out)",
)

BROKEN = _LAYERS.format(
    title="Layers with one mistake.",
    name="broken_class.py",
    dense="""        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T""",
    tanh="        return dout * (1 - self.out)",
)
