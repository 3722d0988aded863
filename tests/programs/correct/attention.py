import numpy as np


def example():
    rng = np.random.default_rng(9)
    d = 4
    return dict(X=rng.normal(size=(2, 5, d)), Y=rng.normal(size=(2, 5, d)), Wq=rng.normal(size=(d, d)) / 2, Wk=rng.normal(size=(d, d)) / 2,
                Wv=rng.normal(size=(d, d)), Wo=rng.normal(size=(d, d)))


def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def split(a):
    return a.reshape(a.shape[0], a.shape[1], 2, -1).transpose(0, 2, 1, 3)


def join(a):
    return a.transpose(0, 2, 1, 3).reshape(a.shape[0], a.shape[2], -1)


def backprop(X, Y, Wq, Wk, Wv, Wo):
    q, k, v = split(X @ Wq), split(X @ Wk), split(X @ Wv)
    scale = 1 / np.sqrt(q.shape[-1])
    scores = np.einsum("bhid,bhjd->bhij", q, k) * scale
    mask = np.triu(np.ones((5, 5), bool), 1)
    scores = np.where(mask, -np.inf, scores)
    p = softmax(scores)
    o = join(p @ v)
    out = o @ Wo
    diff = out - Y
    loss = (diff**2).sum() / (2 * len(X))
    dout = diff / len(X)
    dWo = np.einsum("bti,btj->ij", o, dout)
    do = split(dout @ Wo.T)
    dp = do @ v.swapaxes(-1, -2)
    dv = p.swapaxes(-1, -2) @ do
    ds = p * (dp - (dp * p).sum(-1, keepdims=True)) * scale
    dq, dk = ds @ k, np.swapaxes(ds, -1, -2) @ q
    dWq, dWk, dWv = (np.tensordot(X, join(g), axes=([0, 1], [0, 1])) for g in (dq, dk, dv))
    return loss, dict(Wq=dWq, Wk=dWk, Wv=dWv, Wo=dWo)
