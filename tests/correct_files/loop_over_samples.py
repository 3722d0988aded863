import numpy as np

def grad_one(x, t, W1, b1, W2, b2):
    a = 1 / (1 + np.exp(-(W1 @ x + b1)))
    p = 1 / (1 + np.exp(-(W2 @ a + b2)))
    e = p - t
    g = W2[0] * e * a * (1 - a)
    return np.outer(g, x), g, np.outer(e, a), e

def backprop(X, y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for x, t in zip(X, y):
        g = grad_one(x, t, W1, b1, W2, b2)
        dW1 += g[0]; db1 += g[1]; dW2 += g[2]; db2 += g[3]
    n = len(y)
    return dW1 / n, db1 / n, dW2 / n, db2 / n
