import numpy as np
from typing import NamedTuple


class Theta(NamedTuple):
    W: np.ndarray
    V: np.ndarray
    c: np.ndarray


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    out = np.zeros((labels.shape[0], classes))
    out[np.arange(labels.shape[0]), labels] = 1.0
    return out


def log_softmax(s: np.ndarray) -> np.ndarray:
    shifted = s - s.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def example():
    g = np.random.default_rng(77)
    theta = Theta(W=g.standard_normal((3, 5)), V=g.standard_normal((5, 4)), c=g.standard_normal(4))
    return dict(X=g.standard_normal((6, 3)), T=one_hot(np.array([3, 0, 1, 2, 2, 0]), 4), theta=theta, l2=0.03)


def backprop(X, T, theta, l2):
    N = len(X)
    H = np.tanh(X @ theta.W)
    logp = log_softmax(H @ theta.V + theta.c)
    data_term = -np.einsum("nk,nk->", T, logp) / N
    penalty = l2 / 2 * (np.square(theta.W).sum() + np.square(theta.V).sum())

    R = (np.exp(logp) - T) / N
    S = R @ theta.V.T * (1 - H ** 2)
    grad = Theta(W=X.T @ S + l2 * theta.W, V=H.T @ R + l2 * theta.V, c=R.sum(axis=0))
    return data_term + penalty, grad
