import numpy as np

ALPHA = 0.01


def lrelu(Z): return np.where(Z >= 0, Z, ALPHA * Z)


def lrelu_prime(Z):
    G = np.ones_like(Z)
    G[Z < 0] = ALPHA
    return G


def example():
    rs = np.random.RandomState(42)
    net = [
        {"W": rs.randn(6, 3), "b": rs.randn(6, 1)},
        {"W": rs.randn(4, 6), "b": rs.randn(4, 1)},
        {"W": rs.randn(2, 4), "b": rs.randn(2, 1)},
    ]
    return {"net": net, "X": rs.randn(3, 4), "Y": rs.randn(2, 4)}


def backprop(net, X, Y):
    memory = {"A0": X}
    A = X
    for idx, layer in enumerate(net):
        Z = layer["W"] @ A + layer["b"]
        A = lrelu(Z) if idx < len(net) - 1 else Z
        memory["Z%i" % (idx + 1)] = Z
        memory["A%i" % (idx + 1)] = A

    m = X.shape[1]
    cost = np.sum((A - Y) ** 2) / (2 * m)
    dA = (A - Y) / m
    out = []
    for idx in reversed(range(len(net))):
        dZ = dA if idx == len(net) - 1 else dA * lrelu_prime(memory["Z%i" % (idx + 1)])
        out.append({"W": dZ @ memory["A%i" % idx].T, "b": dZ.sum(axis=1, keepdims=True)})
        dA = net[idx]["W"].T @ dZ
    return cost, {"net": out[::-1]}
