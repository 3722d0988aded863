import numpy as np


def example():
    rng = np.random.default_rng(23)
    return dict(x=rng.random((3, 4)), eps=rng.normal(size=(3, 2)), enc=[rng.normal(size=(4, 2)), rng.normal(size=(4, 2))], dec=[rng.normal(size=(2, 4)), rng.normal(size=4)])


def backprop(x, eps, enc, dec):
    mu, logvar = x @ enc[0], x @ enc[1]
    std = np.exp(0.5 * logvar)
    z = mu + eps * std
    logit = z @ dec[0] + dec[1]
    rec = np.sum(np.logaddexp(0, logit) - x * logit)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    loss = (rec + kl) / len(x)
    dlogit = (1 / (1 + np.exp(-logit)) - x) / len(x)
    dz = np.dot(dlogit, dec[0].T)
    dmu = dz + mu / len(x)
    dlogvar = dz * eps * 0.5 * std + -0.5 * (1 - np.exp(logvar)) / len(x)
    return loss, {"enc": [x.T @ dmu, x.T @ dlogvar], "dec": [z.T @ dlogit, dlogit.sum(axis=0)]}
