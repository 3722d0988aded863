import numpy as np


def sigm(z): return 1 / (1 + np.exp(-z))


def example():
    np.random.seed(11)
    X_dim, H = 3, 2
    r = lambda *s: np.random.randn(*s) * 0.8
    return {"xs": [r(X_dim, 1) for _ in range(4)], "target": r(H, 1),
            "W_f": r(H, H + X_dim), "W_i": r(H, H + X_dim), "W_g": r(H, H + X_dim), "W_o": r(H, H + X_dim)}


def backprop(xs, target, W_f, W_i, W_g, W_o):
    H = W_f.shape[0]
    h, C = np.zeros((H, 1)), np.zeros((H, 1))
    saved = []
    for x in xs:
        z = np.vstack((h, x))
        f, i, g, o = sigm(W_f @ z), sigm(W_i @ z), np.tanh(W_g @ z), sigm(W_o @ z)
        C_old, C = C, f * C + i * g
        h = o * np.tanh(C)
        saved.append((z, f, i, g, o, C_old, C))
    loss = np.sum((h - target) ** 2) / 2

    dW_f, dW_i, dW_g, dW_o = np.zeros_like(W_f), np.zeros_like(W_i), np.zeros_like(W_g), np.zeros_like(W_o)
    dh = h - target
    dC = np.zeros((H, 1))
    for z, f, i, g, o, C_old, C in saved[::-1]:
        do = dh * np.tanh(C) * o * (1 - o)
        dC = dC + dh * o
        di = dC * g * i * (1 - i)
        df = dC * C_old * f * (1 - f)
        dg = dC * i * (1 - g ** 2)
        dW_f += df @ z.T
        dW_i += di @ z.T
        dW_g += dg @ z.T
        dW_o += do @ z.T
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh = dz[:H]
        dC = dC * f
    return loss, {"W_f": dW_f, "W_i": dW_i, "W_g": dW_g, "W_o": dW_o}
