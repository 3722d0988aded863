import numpy as np


def embed(x, W, U):
    pre = x @ W
    act = np.where(pre > 0, pre, 0.2 * pre)
    return act @ U, (x, pre, act)


def embed_backward(g, memo, U):
    x, pre, act = memo
    dU = act.T @ g
    dpre = g @ U.T * np.where(pre > 0, 1, 0.2)
    return x.T @ dpre, dU


def example():
    rng = np.random.default_rng(9)
    return {"anchor": rng.normal(size=(4, 3)), "positive": rng.normal(size=(4, 3)), "negative": rng.normal(size=(4, 3)), "W": rng.normal(size=(3, 5)), "U": rng.normal(size=(5, 2))}


def backprop(anchor, positive, negative, W, U, margin=1.0):
    (a, ma), (p, mp), (n, mn) = (embed(x, W, U) for x in (anchor, positive, negative))
    near = ((a - p) ** 2).sum(1)
    far = ((a - n) ** 2).sum(1)
    each = np.maximum(near - far + margin, 0)
    loss = each.mean()

    on = (each > 0)[:, None] / len(each)
    ga = 2 * on * (n - p)
    gp = -2 * on * (a - p)
    gn = 2 * on * (a - n)
    dW = dU = 0
    for g, memo in [(ga, ma), (gp, mp), (gn, mn)]:
        w, u = embed_backward(g, memo, U)
        dW, dU = dW + w, dU + u
    return loss, {"W": dW, "U": dU}
