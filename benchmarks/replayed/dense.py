"""Layers of ReLU, then softmax and cross-entropy with integer labels."""

from itertools import pairwise

import numpy as np


def example(sizes, batch):
    rng = np.random.default_rng(0)
    parameters = {}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = rng.normal(size=(inputs, outputs)) * np.sqrt(2 / inputs)
        parameters[f"b{layer}"] = 0.1 * rng.normal(size=outputs)
    return parameters, rng.random((batch, sizes[0])), rng.integers(sizes[-1], size=batch)


def forward(parameters, X):
    layers = len(parameters) // 2
    outputs = [X]
    for layer in range(1, layers + 1):
        z = outputs[-1] @ parameters[f"W{layer}"] + parameters[f"b{layer}"]
        outputs.append(z * (z > 0) if layer < layers else z)
    return outputs


def cross_entropy(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean(), log_p


def loss(parameters, X, labels):
    return cross_entropy(forward(parameters, X)[-1], labels)[0]


def backprop(parameters, X, labels):
    outputs = forward(parameters, X)
    value, log_p = cross_entropy(outputs[-1], labels)
    dz = np.exp(log_p)
    dz[np.arange(len(labels)), labels] -= 1
    dz /= len(labels)
    gradients = {}
    for layer in range(len(parameters) // 2, 0, -1):
        gradients[f"W{layer}"] = outputs[layer - 1].T @ dz
        gradients[f"b{layer}"] = dz.sum(axis=0)
        dz = (dz @ parameters[f"W{layer}"].T) * (outputs[layer - 1] > 0)
    return value, gradients
