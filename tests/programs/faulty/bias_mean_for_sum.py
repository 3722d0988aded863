import numpy as np
from types import SimpleNamespace


def example():
    rng = np.random.default_rng(61)
    theta = SimpleNamespace(U=rng.normal(size=(3, 5)), c=rng.normal(size=5), v=rng.normal(size=5), d=rng.normal(size=1))
    return {"data": rng.normal(size=(8, 3)), "target": (rng.random(8) > 0.5) * 1.0, "theta": theta}


def backprop(data, target, theta):
    n = len(data)
    act = np.sin(data @ theta.U + theta.c)
    logit = act @ theta.v + theta.d
    prob = 1 / (1 + np.exp(-logit))
    loss = -np.mean(target * np.log(prob) + (1 - target) * np.log(1 - prob))

    g_logit = (prob - target) / n
    g_act = g_logit[:, None] * theta.v
    g_pre = g_act * np.cos(data @ theta.U + theta.c)
    return loss, {
        "U": data.T @ g_pre,
        "c": g_pre.mean(axis=0),
        "v": act.T @ g_logit,
        "d": np.array([g_logit.mean()]),
    }
