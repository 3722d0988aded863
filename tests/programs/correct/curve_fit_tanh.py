from math import pi

import numpy as np

f = np.tanh
df_from_out = lambda o: 1 - o * o


def example():
    xs = np.linspace(-pi, pi, 9)
    gen = np.random.default_rng(5)
    a, b, c, d = gen.normal(size=6), gen.normal(size=6), gen.normal(size=6), float(gen.normal())
    return [xs, np.sin(xs), a, b, c, d]


def backprop(xs, ys, a, b, c, d):
    # y(x) = sum_k c_k tanh(a_k x + b_k) + d
    hidden = f(np.outer(xs, a) + b)
    residual = hidden.dot(c) + d - ys
    mse = np.mean(residual ** 2)

    e = 2 * residual / len(xs)
    gc = hidden.T.dot(e)
    gd = e.sum()
    back = np.outer(e, c) * df_from_out(hidden)
    ga = back.T.dot(xs)
    gb = back.sum(axis=0)
    return mse, (ga, gb, gc, gd)
