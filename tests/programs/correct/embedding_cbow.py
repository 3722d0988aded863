import numpy as np


def example():
    rng = np.random.default_rng(13)
    return dict(context=np.array([[0, 2, 2], [1, 3, 0]]), center=np.array([4, 1]), E=rng.normal(size=(5, 3)), U=rng.normal(size=(3, 5)))


def backprop(context, center, E, U):
    h = E[context].mean(axis=1)
    logits = h @ U
    logits = logits - logits.max(1)[:, None]
    logp = logits - np.log(np.exp(logits).sum(1))[:, None]
    loss = -logp[range(len(center)), center].sum()
    d = np.exp(logp)
    d[range(len(center)), center] -= 1
    dU = np.outer(h[0], d[0]) + np.outer(h[1], d[1])
    dh = d @ U.T / context.shape[1]
    dE = np.zeros_like(E)
    np.add.at(dE, context, dh[:, None, :])
    return loss, {"E": dE, "U": dU}
