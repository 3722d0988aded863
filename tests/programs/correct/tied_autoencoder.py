import numpy as np


def example():
    r = np.random.RandomState(6)
    return r.rand(4, 6), r.randn(6, 3), r.randn(3), r.randn(6)


def backprop(v, W, hid_bias, vis_bias):
    h = 1.0 / (1.0 + np.exp(-(v @ W + hid_bias)))
    r = 1.0 / (1.0 + np.exp(-(h @ W.T + vis_bias)))
    loss = -np.mean(np.sum(v * np.log(r) + (1 - v) * np.log(1 - r), axis=1))
    dr = (r - v) / v.shape[0]
    g = np.zeros(W.shape)
    g += dr.T @ h
    dvis = dr.sum(0)
    dh = dr @ W
    dh *= h
    dh *= 1 - h
    g += v.T @ dh
    return loss, [g, dh.sum(0), dvis]
