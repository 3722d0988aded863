"""Two convolutions with ReLU and maximum pooling, then two dense layers: LeNet's build, by im2col."""

import numpy as np

KERNEL = 5


def example(batch):
    rng = np.random.default_rng(0)

    def weights(*shape):
        return rng.normal(size=shape) * np.sqrt(2 / np.prod(shape[1:]))

    parameters = {
        "K1": weights(6, 1, KERNEL, KERNEL),
        "b1": 0.1 * rng.normal(size=6),
        "K2": weights(16, 6, KERNEL, KERNEL),
        "b2": 0.1 * rng.normal(size=16),
        "W3": weights(84, 256),
        "b3": 0.1 * rng.normal(size=84),
        "W4": weights(10, 84),
        "b4": 0.1 * rng.normal(size=10),
    }
    return parameters, rng.random((batch, 1, 28, 28)), rng.integers(10, size=batch)


def im2col(images):
    samples, channels, height, width = images.shape
    out_h, out_w = height - KERNEL + 1, width - KERNEL + 1
    columns = np.zeros((samples, channels, KERNEL, KERNEL, out_h, out_w), dtype=images.dtype)
    for i in range(KERNEL):
        for j in range(KERNEL):
            columns[:, :, i, j] = images[:, :, i : i + out_h, j : j + out_w]
    return columns.transpose(0, 4, 5, 1, 2, 3).reshape(samples * out_h * out_w, -1)


def col2im(columns, shape):
    samples, channels, height, width = shape
    out_h, out_w = height - KERNEL + 1, width - KERNEL + 1
    columns = columns.reshape(samples, out_h, out_w, channels, KERNEL, KERNEL).transpose(0, 3, 4, 5, 1, 2)
    images = np.zeros(shape)
    for i in range(KERNEL):
        for j in range(KERNEL):
            images[:, :, i : i + out_h, j : j + out_w] += columns[:, :, i, j]
    return images


def convolve(images, kernels, biases):
    samples, _, height, width = images.shape
    columns = im2col(images)
    z = columns @ kernels.reshape(len(kernels), -1).T + biases
    z = z.reshape(samples, height - KERNEL + 1, width - KERNEL + 1, len(kernels)).transpose(0, 3, 1, 2)
    return z, columns


def windows(images):
    samples, channels, height, width = images.shape
    tiles = images.reshape(samples, channels, height // 2, 2, width // 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return tiles.reshape(samples, channels, height // 2, width // 2, 4)


def pool_back(pooled, tiles, dpooled):
    samples, channels, height, width = pooled.shape
    dtiles = (tiles == pooled[..., None]) * dpooled[..., None]
    dtiles = dtiles.reshape(samples, channels, height, width, 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return dtiles.reshape(samples, channels, 2 * height, 2 * width)


def forward(p, X):
    z1, columns1 = convolve(X, p["K1"], p["b1"])
    tiles1 = windows(z1 * (z1 > 0))
    p1 = tiles1.max(axis=-1)
    z2, columns2 = convolve(p1, p["K2"], p["b2"])
    tiles2 = windows(z2 * (z2 > 0))
    p2 = tiles2.max(axis=-1)
    flat = p2.reshape(len(X), -1)
    z3 = flat @ p["W3"].T + p["b3"]
    a3 = z3 * (z3 > 0)
    scores = a3 @ p["W4"].T + p["b4"]
    return scores, (z1, columns1, tiles1, p1, z2, columns2, tiles2, p2, flat, z3, a3)


def cross_entropy(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean(), log_p


def loss(parameters, X, labels):
    return cross_entropy(forward(parameters, X)[0], labels)[0]


def backprop(parameters, X, labels):
    p = parameters
    scores, (z1, columns1, tiles1, p1, z2, columns2, tiles2, p2, flat, z3, a3) = forward(p, X)
    value, log_p = cross_entropy(scores, labels)
    dscores = np.exp(log_p)
    dscores[np.arange(len(labels)), labels] -= 1
    dscores /= len(labels)
    dz3 = (dscores @ p["W4"]) * (z3 > 0)
    dp2 = (dz3 @ p["W3"]).reshape(p2.shape)
    dz2 = pool_back(p2, tiles2, dp2) * (z2 > 0)
    rows2 = dz2.transpose(0, 2, 3, 1).reshape(-1, len(p["K2"]))
    dp1 = col2im(rows2 @ p["K2"].reshape(len(p["K2"]), -1), p1.shape)
    dz1 = pool_back(p1, tiles1, dp1) * (z1 > 0)
    rows1 = dz1.transpose(0, 2, 3, 1).reshape(-1, len(p["K1"]))
    gradients = {
        "K1": (rows1.T @ columns1).reshape(p["K1"].shape),
        "b1": rows1.sum(axis=0),
        "K2": (rows2.T @ columns2).reshape(p["K2"].shape),
        "b2": rows2.sum(axis=0),
        "W3": dz3.T @ flat,
        "b3": dz3.sum(axis=0),
        "W4": dscores.T @ a3,
        "b4": dscores.sum(axis=0),
    }
    return value, gradients
