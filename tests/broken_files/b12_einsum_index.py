# One letter too many is summed.
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    a = 1 / (1 + np.exp(-(np.einsum("nd,hd->nh", X, W1) + b1)))
    p = 1 / (1 + np.exp(-(np.einsum("nh,kh->nk", a, W2) + b2)))
    e = (p - y[:, None]) / y.size
    s = np.einsum("nk,kh,nh,nh->nh", e, W2, a, 1 - a)
    g2 = np.einsum("nk,mh->kh", e, a)  # here
    return np.einsum("nh,nd->hd", s, X), s.sum(0), g2, e.sum(0)
