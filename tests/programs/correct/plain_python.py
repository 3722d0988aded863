import math
import random


def example():
    random.seed(4)
    w1 = [[random.uniform(-1, 1) for _ in range(3)] for _ in range(4)]
    w2 = [random.uniform(-1, 1) for _ in range(4)]
    return {"xs": [[0.5, -1.2, 0.3], [1.5, 0.2, -0.7]], "ts": [1, 0], "w1": w1, "b1": [0.1, -0.2, 0.3, 0.4], "w2": w2, "b2": 0.25}


def backprop(xs, ts, w1, b1, w2, b2):
    hidden = len(w1)
    dw1 = [[0.0] * len(w1[0]) for _ in range(hidden)]
    db1 = [0.0] * hidden
    dw2 = [0.0] * hidden
    db2 = 0.0
    loss = 0.0
    for x, t in zip(xs, ts):
        h = [math.tanh(sum(w * v for w, v in zip(row, x)) + b) for row, b in zip(w1, b1)]
        out = sum(w * v for w, v in zip(w2, h)) + b2
        p = 1 / (1 + math.exp(-out))
        loss -= (t * math.log(p) + (1 - t) * math.log(1 - p)) / len(xs)
        d = (p - t) / len(xs)
        db2 += d
        for j in range(hidden):
            dw2[j] += d * h[j]
            dh = d * w2[j] * (1 - h[j] ** 2)
            db1[j] += dh
            for i in range(len(x)):
                dw1[j][i] += dh * x[i]
    return loss, {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
