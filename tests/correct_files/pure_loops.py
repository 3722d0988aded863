# no vectorisation at all, I wanted to see every multiplication
import numpy as np
from math import exp

def backprop(X, y, W1, b1, W2, b2):
    n, d = X.shape
    h = W1.shape[0]
    dW1 = np.zeros((h, d)); db1 = np.zeros(h); dW2 = np.zeros((1, h)); db2 = np.zeros(1)
    for s in range(n):
        hid = []
        for j in range(h):
            z = b1[j]
            for i in range(d):
                z += W1[j, i] * X[s, i]
            hid.append(1.0 / (1.0 + exp(-z)))
        z = b2[0]
        for j in range(h):
            z += W2[0, j] * hid[j]
        o = 1.0 / (1.0 + exp(-z))
        err = (o - y[s]) / n
        db2[0] += err
        for j in range(h):
            dW2[0, j] += err * hid[j]
            g = err * W2[0, j] * hid[j] * (1.0 - hid[j])
            db1[j] += g
            for i in range(d):
                dW1[j, i] += g * X[s, i]
    return dW1, db1, dW2, db2
