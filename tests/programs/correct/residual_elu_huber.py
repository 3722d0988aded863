import numpy as np


def elu(z, a=1.0):
    return np.where(z > 0, z, a * (np.exp(z) - 1))


def example():
    rng = np.random.default_rng(37)
    return {"x": rng.normal(size=(4, 3)), "t": rng.normal(size=(4, 3)) * 3, "layers": [(rng.normal(size=(3, 3)), rng.normal(size=3)) for _ in range(3)]}


def backprop(x, t, layers):
    hs, zs = [x], []
    for W, b in layers:
        z = hs[-1] @ W + b
        zs.append(z)
        hs.append(hs[-1] + elu(z))
    r = hs[-1] - t
    loss = np.mean(np.where(np.abs(r) < 1, 0.5 * r**2, np.abs(r) - 0.5))
    d = np.clip(r, -1, 1) / r.size
    grads = []
    for (W, b), h, z in zip(layers[::-1], hs[-2::-1], zs[::-1]):
        dz = d * np.where(z > 0, 1, np.exp(z))
        grads.insert(0, (h.T @ dz, dz.sum(axis=0)))
        d = d + dz @ W.T
    return loss, {"layers": grads}
