"""Two convolutions with a ReLU between them, one number of a kernel at a time: lesson 11."""

import numpy as np


def example():
    rng = np.random.default_rng(11)
    return {
        "image": rng.normal(size=(5, 5)).round(1),
        "target": rng.normal(size=(3, 3)).round(1),
        "K1": rng.normal(size=(2, 2)).round(1),
        "b": 0.3,
        "K2": rng.normal(size=(2, 2)).round(1),
    }


def backprop(image, target, K1, b, K2):
    z = np.full((4, 4), b)
    for i in range(2):
        for j in range(2):
            z += K1[i, j] * image[i : i + 4, j : j + 4]
    h = np.maximum(z, 0)
    out = np.zeros((3, 3))
    for i in range(2):
        for j in range(2):
            out += K2[i, j] * h[i : i + 3, j : j + 3]
    loss = ((out - target) ** 2).sum()

    dout = 2 * (out - target)
    dK2 = np.zeros_like(K2)
    dh = np.zeros_like(h)
    for i in range(2):
        for j in range(2):
            dK2[i, j] = (dout * h[i : i + 3, j : j + 3]).sum()
            dh[i : i + 3, j : j + 3] += K2[i, j] * dout
    dz = dh * (z > 0)
    dK1 = np.zeros_like(K1)
    for i in range(2):
        for j in range(2):
            dK1[i, j] = (dz * image[i : i + 4, j : j + 4]).sum()
    db = dz.sum()
    return loss, {"K1": dK1, "b": db, "K2": dK2}
