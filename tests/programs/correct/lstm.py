import numpy as np


def sig(x):
    return 1.0 / (1.0 + np.exp(-x))


def example():
    rng = np.random.default_rng(4)
    N, D, H, T = 3, 4, 5, 4
    return dict(x=rng.normal(size=(N, T, D)), y=rng.normal(size=(N, H)), Wx=rng.normal(size=(D, 4 * H)) / 2,
                Wh=rng.normal(size=(H, 4 * H)) / 2, b=rng.normal(size=4 * H))


def step(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    a = x @ Wx + h @ Wh + b
    i, f, o, g = sig(a[:, :H]), sig(a[:, H : 2 * H]), sig(a[:, 2 * H : 3 * H]), np.tanh(a[:, 3 * H :])
    c_next = f * c + i * g
    h_next = o * np.tanh(c_next)
    return h_next, c_next, (x, h, c, i, f, o, g, c_next)


def backprop(x, y, Wx, Wh, b):
    N, T, D = x.shape
    H = Wh.shape[0]
    h, c, caches = np.zeros((N, H)), np.zeros((N, H)), []
    for t in range(T):
        h, c, cache = step(x[:, t], h, c, Wx, Wh, b)
        caches.append(cache)
    loss = 0.5 * np.sum((h - y) ** 2) / N
    dh, dc = (h - y) / N, np.zeros((N, H))
    dWx, dWh, db, dx = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b), np.zeros_like(x)
    for t in range(T - 1, -1, -1):
        xt, hp, cp, i, f, o, g, cn = caches[t]
        tc = np.tanh(cn)
        do = dh * tc
        dc = dc + dh * o * (1 - tc**2)
        di, df, dg = dc * g, dc * cp, dc * i
        da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
        dWx += xt.T @ da
        dWh += hp.T @ da
        db += da.sum(0)
        dx[:, t] = da @ Wx.T
        dh = da @ Wh.T
        dc = dc * f
    return loss, {"Wx": dWx, "Wh": dWh, "b": db, "x": dx}
