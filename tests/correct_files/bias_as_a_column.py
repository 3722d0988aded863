"""The bias is one more weight, of an input that is always 1."""
import numpy as np

def with_one(M):
    return np.hstack([M, np.ones((M.shape[0], 1))])

def backprop(X, y, W1, b1, W2, b2):
    V1 = np.column_stack([W1, b1])
    V2 = np.append(W2, b2[None], axis=1)
    Xo = with_one(X)
    H = 1 / (1 + np.exp(-Xo @ V1.T))
    Ho = with_one(H)
    P = 1 / (1 + np.exp(-Ho @ V2.T))
    D2 = (P - y[:, None]) / X.shape[0]
    G2 = D2.T @ Ho
    D1 = (D2 @ V2)[:, :-1] * H * (1 - H)
    G1 = D1.T @ Xo
    return G1[:, :-1], G1[:, -1], G2[:, :-1], G2[:, -1]
