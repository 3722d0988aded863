import numpy as np


def correlate(a, k):
    n = a.shape[0] - k.shape[0] + 1
    out = np.zeros((n, n))
    for r in range(n):
        for c in range(n):
            out[r, c] = (a[r:r + k.shape[0], c:c + k.shape[1]] * k).sum()
    return out


def full(a, k):
    p = k.shape[0] - 1
    return correlate(np.pad(a, p), k)


def example():
    rng = np.random.default_rng(77)
    return {"img": rng.normal(size=(6, 6)), "goal": rng.normal(size=(3, 3)), "k1": rng.normal(size=(3, 3)), "k2": rng.normal(size=(2, 2))}


def backprop(img, goal, k1, k2):
    f1 = correlate(img, k1)
    h1 = np.where(f1 > 0, f1, 0.1 * f1)
    f2 = correlate(h1, k2)
    loss = 0.5 * ((f2 - goal) ** 2).sum()

    d2 = f2 - goal
    dk2 = correlate(h1, d2)
    dh1 = full(d2, k2)
    d1 = dh1 * np.where(f1 > 0, 1, 0.1)
    dk1 = correlate(img, d1)
    return loss, {"k1": dk1, "k2": dk2}
