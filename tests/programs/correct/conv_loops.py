import numpy as np


def conv_forward(x, w, b, stride=1, pad=1):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    Ho, Wo = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    window = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, stride, pad)


def conv_backward(dout, cache):
    x, w, b, stride, pad = cache
    N, F, Ho, Wo = dout.shape
    HH, WW = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += np.sum(dout[n, f])
            for i in range(Ho):
                for j in range(Wo):
                    rows, cols = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
                    dw[f] += xp[n, :, rows, cols] * dout[n, f, i, j]
                    dxp[n, :, rows, cols] += w[f] * dout[n, f, i, j]
    dx = dxp[:, :, pad:-pad, pad:-pad]
    return dx, dw, db


def pool_forward(x):
    N, C, H, W = x.shape
    r = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = r.max(axis=3).max(axis=4)
    return out, (x, r, out)


def pool_backward(dout, cache):
    x, r, out = cache
    dr = np.zeros_like(r)
    mask = r == out[:, :, :, None, :, None]
    spread, _ = np.broadcast_arrays(dout[:, :, :, None, :, None], dr)
    dr[mask] = spread[mask]
    dr /= np.sum(mask, axis=(3, 5), keepdims=True)
    return dr.reshape(x.shape)


def example():
    rng = np.random.default_rng(7)
    return {"x": rng.normal(size=(2, 2, 4, 4)), "y": rng.normal(size=(2, 3)), "w": rng.normal(size=(3, 2, 3, 3)),
            "b": rng.normal(size=3), "V": rng.normal(size=(12, 3))}


def backprop(x, y, w, b, V):
    a, cache = conv_forward(x, w, b)
    p, pool_cache = pool_forward(a)
    flat = p.reshape(len(x), -1)
    out = flat @ V
    loss = np.mean(np.sum((out - y) ** 2, axis=1))
    dout = 2 * (out - y) / len(x)
    dV = flat.T @ dout
    dp = (dout @ V.T).reshape(p.shape)
    dx, dw, db = conv_backward(pool_backward(dp, pool_cache), cache)
    return loss, {"dx": dx, "dw": dw, "db": db, "dV": dV}
