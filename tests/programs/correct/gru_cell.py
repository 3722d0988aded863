import numpy as np

s = lambda z: 1 / (1 + np.exp(-z))


def example():
    g = np.random.default_rng(21)
    m = lambda *k: g.standard_normal(k) * 0.6
    return dict(xs=m(3, 2, 3), target=m(2, 4), P={"Wz": m(7, 4), "Wr": m(7, 4), "Wc": m(7, 4), "bz": m(4), "br": m(4), "bc": m(4)})


def backprop(xs, target, P):
    h, tape = np.zeros(target.shape), []
    for x in xs:
        hx = np.concatenate([h, x], axis=1)
        z, r = s(hx @ P["Wz"] + P["bz"]), s(hx @ P["Wr"] + P["br"])
        rx = np.concatenate([r * h, x], axis=1)
        c = np.tanh(rx @ P["Wc"] + P["bc"])
        tape.append((h, hx, z, r, rx, c))
        h = (1 - z) * h + z * c
    loss = ((h - target) ** 2).mean()
    G = {k: np.zeros_like(v) for k, v in P.items()}
    dh = 2 * (h - target) / h.size
    for hp, hx, z, r, rx, c in tape[::-1]:
        dz = dh * (c - hp) * z * (1 - z)
        dc = dh * z * (1 - c * c)
        drx = dc @ P["Wc"].T
        H = hp.shape[1]
        dr = drx[:, :H] * hp * r * (1 - r)
        G["Wz"] += hx.T @ dz; G["bz"] += dz.sum(0)
        G["Wr"] += hx.T @ dr; G["br"] += dr.sum(0)
        G["Wc"] += rx.T @ dc; G["bc"] += dc.sum(0)
        dhx = dz @ P["Wz"].T + dr @ P["Wr"].T
        dh = dh * (1 - z) + drx[:, :H] * r + dhx[:, :H]
    return loss, G
