import numpy as np


def example():
    rng = np.random.RandomState(8)
    W_h = rng.randn(3, 3)
    return dict(xs=[rng.randn(3, 1) for _ in range(3)], goal=rng.randn(3, 1), W_x=rng.randn(3, 3), W_h=W_h)


def backprop(xs, goal, W_x, W_h):
    states = [np.zeros((3, 1))]
    for x in xs:
        states.append(np.tanh(W_x.dot(x) + W_h.dot(states[-1])))
    loss = np.sum((states[-1] - goal) ** 2) / 2

    dW_x, dW_h = 0.0, 0.0
    ds = states[-1] - goal
    for k in range(len(xs), 0, -1):
        da = ds * (1 - states[k] ** 2)
        dW_x = dW_x + da.dot(xs[k - 1].T)
        dW_h = dW_h + states[k - 1].dot(da.T)
        ds = W_h.T.dot(da)
    return loss, (dW_x, dW_h)
