import random
import math

random.seed(0)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def example():
    r = random.Random(42)
    return {
        "inputs": [[0, 1], [1, 1], [1, 0]],
        "targets": [1, 0, 1],
        "hidden_w": [[r.uniform(-1, 1), r.uniform(-1, 1)] for _ in range(2)],
        "hidden_b": [r.uniform(-1, 1), r.uniform(-1, 1)],
        "output_w": [r.uniform(-1, 1), r.uniform(-1, 1)],
        "output_b": r.uniform(-1, 1),
    }


def backprop(inputs, targets, hidden_w, hidden_b, output_w, output_b):
    g_hw = [[0.0, 0.0], [0.0, 0.0]]
    g_hb = [0.0, 0.0]
    g_ow = [0.0, 0.0]
    g_ob = 0.0
    total = 0.0
    for x, t in zip(inputs, targets):
        h = []
        for j in range(2):
            h.append(sigmoid(hidden_w[j][0] * x[0] + hidden_w[j][1] * x[1] + hidden_b[j]))
        o = sigmoid(output_w[0] * h[0] + output_w[1] * h[1] + output_b)
        total += 0.5 * (t - o) ** 2
        d_o = o - t
        for j in range(2):
            d_h = d_o * output_w[j] * h[j] * (1 - h[j])
            g_ow[j] += d_o * h[j]
            g_hb[j] += d_h
            for i in range(2):
                g_hw[j][i] += d_h * x[i]
        g_ob += d_o
    return total, {"hidden_w": g_hw, "hidden_b": g_hb, "output_w": g_ow, "output_b": g_ob}
