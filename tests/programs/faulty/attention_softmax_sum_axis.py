import numpy as np


def example():
    r = np.random.default_rng(33)
    T, d = 4, 3
    return dict(x=r.normal(size=(T, d)), y=r.normal(size=(T, d)), Wq=r.normal(size=(d, d)), Wk=r.normal(size=(d, d)), Wv=r.normal(size=(d, d)))


def backprop(x, y, Wq, Wk, Wv):
    q = x @ Wq
    k = x @ Wk
    v = x @ Wv
    s = q @ k.T / np.sqrt(3)
    w = np.exp(s)
    w = w / w.sum(axis=1, keepdims=True)
    out = w @ v
    loss = ((out - y) ** 2).sum()

    grad_out = 2 * (out - y)
    grad_v = w.T @ grad_out
    grad_w = grad_out @ v.T
    inner = (grad_w * w).sum(axis=0, keepdims=True)
    grad_s = w * (grad_w - inner)
    grad_s /= np.sqrt(3)
    grad_q = grad_s @ k
    grad_k = grad_s.T @ q
    return loss, {"Wq": x.T @ grad_q, "Wk": x.T @ grad_k, "Wv": x.T @ grad_v}
