from dataclasses import dataclass, fields

import numpy as np


@dataclass
class Params:
    W1: np.ndarray
    W2: np.ndarray
    slope: float


def example():
    rng = np.random.default_rng(17)
    return dict(X=rng.normal(size=(6, 3)), T=np.eye(2)[[0, 1, 1, 0, 1, 0]], params=Params(rng.normal(size=(3, 8)), rng.normal(size=(8, 2)), 0.1))


def backprop(X, T, params, lam=0.05, keep=0.7):
    rng = np.random.default_rng(0)
    z = X @ params.W1
    a = np.where(z > 0, z, params.slope * z)
    mask = (rng.random(a.shape) < keep) / keep
    d = a * mask
    logits = d @ params.W2
    logsum = np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    loss = -np.sum(T * (logits - logsum)) / len(X)
    loss += 0.5 * lam * (np.sum(params.W1**2) + np.linalg.norm(params.W2) ** 2)
    g = (np.exp(logits - logsum) - T) / len(X)
    dW2 = d.T @ g + lam * params.W2
    da = g @ params.W2.T * mask
    dz = da * np.where(z > 0, 1.0, params.slope)
    out = Params(X.T @ dz + lam * params.W1, dW2, np.sum(da * np.minimum(z, 0)))
    return loss, {f.name: getattr(out, f.name) for f in fields(out)}
