"""The same losses in PyTorch's words, for ``torch.autograd.gradcheck``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

Loss = Callable[[Mapping[str, Tensor], Tensor, Tensor], Tensor]


def dense(p: Mapping[str, Tensor], X: Tensor, labels: Tensor) -> Tensor:
    layers = len(p) // 2
    for layer in range(1, layers + 1):
        X = X @ p[f"W{layer}"] + p[f"b{layer}"]
        X = F.relu(X) if layer < layers else X
    return F.cross_entropy(X, labels)


def convolution(p: Mapping[str, Tensor], X: Tensor, labels: Tensor) -> Tensor:
    X = F.max_pool2d(F.relu(F.conv2d(X, p["K1"], p["b1"])), 2)
    X = F.max_pool2d(F.relu(F.conv2d(X, p["K2"], p["b2"])), 2)
    X = F.relu(X.flatten(1) @ p["W3"].T + p["b3"])
    return F.cross_entropy(X @ p["W4"].T + p["b4"], labels)


def loops(p: Mapping[str, Tensor], X: Tensor, target: Tensor) -> Tensor:
    a = torch.tanh(F.conv2d(X[:, None], p["K"][:, None], p["b"]))
    return 0.5 * ((a.flatten(1) @ p["W"] - target) ** 2).sum() / len(X)


def lstm(p: Mapping[str, Tensor], X: Tensor, target: Tensor) -> Tensor:
    h = c = torch.zeros_like(target)
    for x in X:
        gates = (x @ p["Wx"] + h @ p["Wh"] + p["b"]).chunk(4, dim=1)
        i, f, o, g = *(torch.sigmoid(gate) for gate in gates[:3]), torch.tanh(gates[3])
        c = f * c + i * g
        h = o * torch.tanh(c)
    return 0.5 * ((h - target) ** 2).sum() / X.shape[1]
