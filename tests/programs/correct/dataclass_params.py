from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Params:
    embed: np.ndarray
    mix: np.ndarray
    bias: np.ndarray

    def norm2(self) -> float:
        return np.sum(self.embed ** 2) + np.sum(self.mix ** 2)


@dataclass(frozen=True)
class Batch:
    users: np.ndarray
    ratings: np.ndarray


def example():
    rng = np.random.default_rng(50)
    params = Params(rng.normal(size=(3, 2)), rng.normal(size=(2, 4)), rng.normal(size=4))
    return {"params": params, "batch": Batch(np.array([0, 2, 0, 1]), rng.normal(size=(4, 4)))}


def backprop(params: Params, batch: Batch, decay: float = 0.01) -> tuple[float, Params]:
    picked = params.embed[batch.users]
    guess = picked @ params.mix + params.bias
    error = guess - batch.ratings
    loss = (error ** 2).sum() / 2 + decay / 2 * params.norm2()

    zero = Params(*(np.zeros_like(p) for p in (params.embed, params.mix, params.bias)))
    gradient = replace(zero, mix=picked.T @ error + decay * params.mix, bias=error.sum(axis=0))
    np.add.at(gradient.embed, batch.users, error @ params.mix.T)
    gradient = replace(gradient, embed=gradient.embed + decay * params.embed)
    return loss, gradient
