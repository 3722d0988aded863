import numpy as np


def example():
    gen = np.random.default_rng(25)
    return [gen.normal(size=(5, 2)), gen.normal(size=5), gen.normal(size=(2, 4)), gen.normal(size=4), gen.normal(size=4)]


def backprop(pts, vals, w, b, out):
    act = pts @ w + b
    act *= act > 0
    guess = act @ out
    sse = ((guess - vals) ** 2).sum()
    dguess = 2 * (guess - vals)
    dout = act.T @ dguess
    dact = np.outer(dguess, out)
    dact = dact * act
    return sse, (pts.T @ dact, dact.sum(axis=0), dout)
