import numpy as np
import random


def example():
    random.seed(9)
    col = lambda n: np.array([[random.gauss(0, 1)] for _ in range(n)])
    mini_batch = [(col(3), col(2) > 0) for _ in range(4)]
    weights = [np.hstack([col(4) for _ in range(3)]), np.hstack([col(2) for _ in range(4)])]
    biases = [col(4), col(2)]
    return {"mini_batch": mini_batch, "biases": biases, "weights": weights}


def feed(x, biases, weights):
    pre, post = [], [x]
    for b, w in zip(biases, weights):
        pre.append(w @ post[-1] + b)
        post.append(1 / (1 + np.exp(-pre[-1])))
    return pre, post


def single(x, y, biases, weights):
    pre, post = feed(x, biases, weights)
    a = post[-1]
    cost = np.sum(np.where(y, -np.log(a), -np.log(1 - a)))
    delta = a - y
    nabla = [(delta, delta @ post[-2].T)]
    for k in range(len(weights) - 1, 0, -1):
        s = post[k]
        delta = (weights[k].T @ delta) * s * (1 - s)
        nabla.append((delta, delta @ post[k - 1].T))
    return cost, nabla[::-1]


def backprop(mini_batch, biases, weights):
    total = 0
    delta_b, delta_w = [0 * b for b in biases], [0 * w for w in weights]
    for x, y in mini_batch:
        cost, nabla = single(x, y, biases, weights)
        total += cost
        delta_b = [acc + nb for acc, (nb, nw) in zip(delta_b, nabla)]
        delta_w = [acc + nw for acc, (nb, nw) in zip(delta_w, nabla)]
    size = len(mini_batch)
    return total / size, ([b / size for b in delta_b], [w / size for w in delta_w])
