import numpy as np

GATES = "f", "i", "c", "o"


def logistic(v):
    return 1 / (1 + np.exp(-v))


def lstm_cell_forward(xt, a_prev, c_prev, P):
    concat = np.concatenate((a_prev, xt), axis=0)
    ft = logistic(P["Wf"] @ concat + P["bf"])
    it = logistic(P["Wi"] @ concat + P["bi"])
    cct = np.tanh(P["Wc"] @ concat + P["bc"])
    c_next = ft * c_prev + it * cct
    ot = logistic(P["Wo"] @ concat + P["bo"])
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (concat, c_prev, c_next, ft, it, cct, ot)


def lstm_cell_backward(da_next, dc_next, cache, P):
    concat, c_prev, c_next, ft, it, cct, ot = cache
    n_a = c_prev.shape[0]
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    d = {
        "o": da_next * np.tanh(c_next) * ot * (1 - ot),
        "c": dc * it * (1 - cct ** 2),
        "i": dc * cct * it * (1 - it),
        "f": dc * c_prev * ft * (1 - ft),
    }
    grads, dconcat = {}, 0
    for k in GATES:
        grads["dW" + k] = d[k] @ concat.T
        grads["db" + k] = d[k].sum(axis=1, keepdims=True)
        dconcat = dconcat + P["W" + k].T @ d[k]
    return dconcat[:n_a], dc * ft, grads


def example():
    np.random.seed(1)
    n_x, n_a, m, T_x = 2, 3, 2, 3
    P = {}
    for k in GATES:
        P["W" + k] = np.random.randn(n_a, n_a + n_x)
        P["b" + k] = np.random.randn(n_a, 1)
    return {"x": np.random.randn(n_x, m, T_x), "y": np.random.randn(n_a, m, T_x), "P": P}


def backprop(x, y, P):
    n_x, m, T_x = x.shape
    a = c = np.zeros((y.shape[0], m))
    caches, outs = [], []
    for t in range(T_x):
        a, c, cache = lstm_cell_forward(x[:, :, t], a, c, P)
        caches.append(cache)
        outs.append(a)
    outs = np.stack(outs, axis=2)
    loss = np.sum((outs - y) ** 2) / (2 * m * T_x)

    gradients = {("d" + name): np.zeros(value.shape) for name, value in P.items()}
    da, dc = np.zeros_like(a), np.zeros_like(c)
    for t in reversed(range(T_x)):
        da, dc, step = lstm_cell_backward(da + (outs[:, :, t] - y[:, :, t]) / (m * T_x), dc, caches[t], P)
        for name in step:
            gradients[name] += step[name]
    return loss, gradients
