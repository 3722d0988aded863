import numpy as np


def leaky_relu(x, alpha=0.1):
    return np.where(x > 0, x, alpha * x)


def leaky_relu_grad(x, alpha=0.01):
    dx = np.ones_like(x)
    dx[x < 0] = alpha
    return dx


class Discriminator:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        self.cache = []
        for k, layer in enumerate(self.layers):
            z = x @ layer["w"] + layer["b"]
            self.cache.append((x, z))
            x = leaky_relu(z) if k + 1 < len(self.layers) else 1 / (1 + np.exp(-z))
        return x

    def backward(self, dz):
        grads = []
        for k in range(len(self.layers) - 1, -1, -1):
            x, z = self.cache[k]
            if k + 1 < len(self.layers):
                dz = dz * leaky_relu_grad(z)
            grads.append({"w": x.T @ dz, "b": dz.sum(axis=0)})
            dz = dz @ self.layers[k]["w"].T
        return grads[::-1]


def example():
    rng = np.random.default_rng(70)
    sizes = [4, 6, 3, 1]
    return {"real": rng.normal(size=(3, 4)), "fake": rng.normal(size=(3, 4)), "layers": [{"w": rng.normal(size=s), "b": rng.normal(size=s[1])} for s in zip(sizes, sizes[1:])]}


def backprop(real, fake, layers):
    d = Discriminator(layers)
    p = d.forward(np.concatenate([real, fake]))
    t = np.array([[1.0]] * len(real) + [[0.0]] * len(fake))
    loss = -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / len(t)
    return loss, {"layers": d.backward((p - t) / len(t))}
