import numpy as np

ACT = [np.tanh, np.tanh, np.tanh]


def example():
    sizes = [3, 5, 4, 4, 2]
    state = np.random.RandomState(11)
    Ws = [state.uniform(-1, 1, (o, i)) for i, o in zip(sizes, sizes[1:])]
    bs = [state.uniform(-.5, .5, o) for o in sizes[1:]]
    return dict(data=state.randn(7, 3), target=state.rand(7, 2), Ws=Ws, bs=bs)


def backprop(data, target, Ws, bs):
    L = len(Ws)
    caches = []
    a = data
    for l in range(L):
        z = a.dot(Ws[l].T) + bs[l]
        caches.append((a, z))
        if l < L - 1:
            a = ACT[l](z)
        else:
            a = 1 / (1 + np.exp(-z))

    m = data.shape[0]
    cost = 0.5 / m * np.linalg.norm(a - target) ** 2

    dWs, dbs = [None] * L, [None] * L
    delta = (a - target) / m * a * (1 - a)
    for l in range(L - 1, -1, -1):
        a_prev, z = caches[l]
        dWs[l] = delta.T.dot(a_prev)
        dbs[l] = delta.sum(axis=0)
        if l > 0:
            delta = delta.dot(Ws[l]) * (1 - np.tanh(caches[l - 1][1]) ** 2)
    return cost, (dWs, dbs)
