import numpy as np


def sigma(z):
    return .5 * (1 + np.tanh(z / 2))


def example():
    """W: input to (r, z, n), U: hidden to (r, z, n)"""
    rng = np.random.default_rng([3, 1, 4])
    I, H, T = 3, 3, 4
    return (rng.normal(size=(T, I)), rng.normal(size=H), rng.normal(size=(3, H, I)), rng.normal(size=(3, H, H)),
            rng.normal(size=(3, H)), rng.normal(size=(3, H)))


def backprop(seq, goal, W, U, bw, bu):
    h = np.zeros(goal.shape)
    history = []
    for x in seq:
        wx = np.einsum("ghi,i->gh", W, x) + bw
        uh = np.einsum("ghk,k->gh", U, h) + bu
        r = sigma(wx[0] + uh[0])
        z = sigma(wx[1] + uh[1])
        n = np.tanh(wx[2] + r * uh[2])
        history.append((x, h, r, z, n, uh[2]))
        h = (1 - z) * n + z * h

    loss = np.sum((h - goal) ** 2)
    dW, dU, dbw, dbu = map(np.zeros_like, (W, U, bw, bu))
    dh = 2 * (h - goal)
    while history:
        x, h_old, r, z, n, u = history.pop()
        dn = dh * (1 - z) * (1 - n ** 2)
        dz = dh * (h_old - n) * z * (1 - z)
        dr = dn * u * r * (1 - r)
        for g, (da, db) in enumerate([(dr, dr), (dz, dz), (dn, dn * r)]):
            dW[g] += np.outer(da, x)
            dU[g] += np.outer(db, h_old)
            dbw[g] += da
            dbu[g] += db
        dh = dh * z + U[0].T @ dr + U[1].T @ dz + U[2].T @ (dn * r)
    return loss, (dW, dU, dbw, dbu)
