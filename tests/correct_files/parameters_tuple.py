from collections import namedtuple
import numpy as np

Parameters = namedtuple("Parameters", "W1 b1 W2 b2")

def backprop(X, y, *params):
    p = Parameters(*params)
    H = 1.0 / (1.0 + np.exp(-(X.dot(p.W1.T) + p.b1[np.newaxis, :])))
    O = 1.0 / (1.0 + np.exp(-(H.dot(p.W2.T) + p.b2)))
    E = np.subtract(O, y[:, np.newaxis]) / X.shape[0]
    S = E.dot(p.W2) * (H - H ** 2)
    return Parameters(W1=S.T.dot(X), b1=S.sum(axis=0), W2=E.T.dot(H), b2=E.sum(axis=0))
