import numpy as np


def norm(x):
    mu = x.mean(-1, keepdims=True)
    sd = np.sqrt(((x - mu) ** 2).mean(-1, keepdims=True) + 1e-6)
    return (x - mu) / sd, sd


def norm_back(g, y, sd):
    return (g - g.mean(-1, keepdims=True) - y * (g * y).mean(-1, keepdims=True)) / sd


def example():
    rng = np.random.default_rng(7)
    T, C, V = 4, 4, 5
    m = lambda *s: rng.normal(0, 0.5, s)
    return {
        "tokens": np.array([1, 4, 0, 2]), "following": np.array([4, 0, 2, 3]),
        "model": {"wte": m(V, C), "wpe": m(T, C), "attn": {"qkv": m(C, 3 * C), "out": m(C, C)}, "mlp": {"up": m(C, 6), "down": m(6, C)}},
    }


def backprop(tokens, following, model, heads=2):
    T, C = model["wpe"].shape
    split = lambda a: a.reshape(T, heads, C // heads).transpose(1, 0, 2)
    merge = lambda a: a.transpose(1, 0, 2).reshape(T, C)

    x0 = model["wte"][tokens] + model["wpe"]
    n1, s1 = norm(x0)
    q, k, v = (split(part) for part in np.split(n1 @ model["attn"]["qkv"], 3, axis=-1))
    att = q @ k.transpose(0, 2, 1) / np.sqrt(C // heads)
    att[:, np.triu(np.ones((T, T), dtype=bool), 1)] = -1e9
    att = np.exp(att - att.max(-1, keepdims=True))
    att /= att.sum(-1, keepdims=True)
    y = merge(att @ v)
    x1 = x0 + y @ model["attn"]["out"]
    n2, s2 = norm(x1)
    u = n2 @ model["mlp"]["up"]
    h = np.tanh(u)
    x2 = x1 + h @ model["mlp"]["down"]
    logits = x2 @ model["wte"].T
    logits = logits - logits.max(-1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    loss = -logp[np.arange(T), following].mean()

    dlogits = np.exp(logp)
    dlogits[np.arange(T), following] -= 1
    dlogits /= T
    dwte = dlogits.T @ x2
    dx2 = dlogits @ model["wte"]
    ddown = h.T @ dx2
    du = (dx2 @ model["mlp"]["down"].T) * (1 - h ** 2)
    dup = n2.T @ du
    dx1 = dx2 + norm_back(du @ model["mlp"]["up"].T, n2, s2)
    dout = y.T @ dx1
    dy = split(dx1 @ model["attn"]["out"].T)
    dv = att.transpose(0, 2, 1) @ dy
    datt = dy @ v.transpose(0, 2, 1)
    ds = att * (datt - (datt * att).sum(-1, keepdims=True)) / np.sqrt(C // heads)
    dq, dk = ds @ k, ds.transpose(0, 2, 1) @ q
    dqkv = np.concatenate([merge(dq), merge(dk), merge(dv)], axis=-1)
    dx0 = dx1 + norm_back(dqkv @ model["attn"]["qkv"].T, n1, s1)
    np.add.at(dwte, tokens, dx0)
    return loss, {"wte": dwte, "wpe": dx0, "attn": {"qkv": n1.T @ dqkv, "out": dout}, "mlp": {"up": dup, "down": ddown}}
