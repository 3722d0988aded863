# In a loop over samples, one line is indented too little and runs once, after the loop.
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    dW1, db1, dW2, db2 = (np.zeros_like(p) for p in (W1, b1, W2, b2))
    for x, t in zip(X, y):
        a = 1 / (1 + np.exp(-(W1 @ x + b1)))
        e = 1 / (1 + np.exp(-(W2 @ a + b2))) - t
        g = e * W2[0] * a * (1 - a)
        dW1 += np.outer(g, x) / n
        db1 += g / n
        dW2 += np.outer(e, a) / n
    db2 += e / n  # here
    return dW1, db1, dW2, db2
