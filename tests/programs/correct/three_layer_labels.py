import numpy as np
from numpy import newaxis


def example(N=5, D=4, H1=6, H2=5, K=3):
    rng = np.random.default_rng(1234)
    init = lambda fan_in, fan_out: rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
    return {
        "x": rng.normal(size=(N, D)), "labels": rng.integers(0, K, N),
        "w1": init(D, H1), "c1": rng.normal(size=H1) * .1,
        "w2": init(H1, H2), "c2": rng.normal(size=H2) * .1,
        "w3": init(H2, K), "c3": rng.normal(size=K) * .1,
    }


def backprop(x, labels, w1, c1, w2, c2, w3, c3):
    u1 = x @ w1 + c1;   v1 = np.maximum(u1, 0.)
    u2 = v1 @ w2 + c2;  v2 = np.maximum(u2, 0.)
    u3 = v2 @ w3 + c3

    u3 = u3 - np.amax(u3, axis=1)[:, newaxis]
    expu = np.exp(u3)
    p = expu / expu.sum(1)[:, newaxis]
    n = labels.size
    loss = -(np.log(p[np.arange(n), labels])).sum() / n

    p[np.arange(n), labels] -= 1.
    g3 = p / n
    g2 = (g3 @ w3.T) * (u2 > 0)
    g1 = (g2 @ w2.T) * (u1 > 0)

    return loss, {"w1": x.T @ g1, "c1": g1.sum(0), "w2": v1.T @ g2, "c2": g2.sum(0), "w3": v2.T @ g3, "c3": g3.sum(0)}
