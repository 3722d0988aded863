import numpy as np


def example():
    rng = np.random.default_rng(15)
    seen = [(0, 1, 4.0), (0, 3, 2.0), (1, 1, 5.0), (2, 0, 1.0), (2, 3, 3.0), (0, 0, 4.5)]
    return (seen, rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=3), rng.normal(size=4), 3.2)


def backprop(seen, P, Q, bu, bi, mu):
    lam = 0.05
    gP, gQ, gbu, gbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    gmu = 0.0
    sse = 0.0
    for u, i, rating in seen:
        e = rating - (mu + bu[u] + bi[i] + P[u, :].dot(Q[i, :]))
        sse += e ** 2 + lam * (P[u] @ P[u] + Q[i] @ Q[i] + bu[u] ** 2 + bi[i] ** 2)
        gmu += -2 * e
        gbu[u] += 2 * (lam * bu[u] - e)
        gbi[i] += 2 * (lam * bi[i] - e)
        gP[u, :] += 2 * (lam * P[u, :] - e * Q[i, :])
        gQ[i, :] += 2 * (lam * Q[i, :] - e * P[u, :])
    return sse, (gP, gQ, gbu, gbi, gmu)
