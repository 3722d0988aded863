import numpy as np
from functools import reduce
from itertools import accumulate, chain

sig = np.vectorize(lambda v: 1 / (1 + np.exp(-v)), otypes=[float])


def example():
    rng = np.random.default_rng(10)
    return dict(weights=[rng.uniform(-1, 1, s) for s in [(3, 4), (4, 4), (4, 1)]], x=rng.uniform(0, 1, (5, 3)), y=rng.uniform(0, 1, (5, 1)))


def backprop(weights, x, y):
    acts = list(accumulate(weights, lambda a, w: sig(a @ w), initial=x))
    *inner, out = acts
    loss = sum(v for v in ((out - y) ** 2).ravel()) / y.size
    first = 2 * (out - y) / y.size * out * (1 - out)
    deltas = list(accumulate(zip(weights[:0:-1], inner[:0:-1]), lambda d, wa: (d @ wa[0].T) * wa[1] * (1 - wa[1]), initial=first))
    grads = [a.T @ d for a, d in zip(inner, reversed(deltas))]
    assert reduce(lambda n, g: n + g.size, grads, 0) == sum(1 for _ in chain.from_iterable(w.ravel() for w in weights))
    return loss, grads
