import numpy as np
from numpy import einsum

def backprop(X, y, W1, b1, W2, b2):
    a = 1 / (1 + np.exp(-(einsum("nd,hd->nh", X, W1) + b1)))
    p = 1 / (1 + np.exp(-(einsum("nh,kh->nk", a, W2) + b2)))
    e = (p - y[:, None]) / y.size
    s = einsum("nk,kh,nh,nh->nh", e, W2, a, 1 - a)
    return (einsum("nh,nd->hd", s, X), einsum("nh->h", s), einsum("nk,nh->kh", e, a), einsum("nk->k", e))
