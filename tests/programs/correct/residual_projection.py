import numpy as np


def block_forward(x, p):
    z1 = x @ p["A"] + p["a"]
    h1 = np.maximum(z1, 0)
    z2 = h1 @ p["B"] + p["b"]
    skip = x @ p["S"] if "S" in p else x
    z = z2 + skip
    return np.maximum(z, 0), (x, z1, h1, z)


def block_backward(dout, p, memory):
    x, z1, h1, z = memory
    g = {}
    dz = dout * (z > 0)
    g["B"], g["b"] = h1.T @ dz, dz.sum(axis=0)
    dz1 = (dz @ p["B"].T) * (z1 > 0)
    g["A"], g["a"] = x.T @ dz1, dz1.sum(axis=0)
    dx = dz1 @ p["A"].T
    if "S" in p:
        g["S"] = x.T @ dz
        dx = dx + dz @ p["S"].T
    else:
        dx = dx + dz
    return dx, g


def example():
    rng = np.random.default_rng(89)
    n = rng.standard_normal
    blocks = [
        {"A": n((3, 5)), "a": n(5), "B": n((5, 4)), "b": n(4), "S": n((3, 4))},
        {"A": n((4, 5)), "a": n(5), "B": n((5, 4)), "b": n(4)},
    ]
    return {"x": n((4, 3)), "y": n(4), "blocks": blocks, "readout": n(4)}


def backprop(x, y, blocks, readout):
    tape, h = [], x
    for p in blocks:
        h, memory = block_forward(h, p)
        tape.append(memory)
    e = h @ readout - y
    loss = e @ e / len(y)
    de = 2 * e / len(y)
    dreadout = de @ h
    dh = de[:, None] * readout[None, :]
    grads = [None, None]
    for i in (1, 0):
        dh, grads[i] = block_backward(dh, blocks[i], tape[i])
    return loss, {"blocks": grads, "readout": dreadout}
