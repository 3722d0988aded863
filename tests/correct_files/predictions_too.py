"""Also prints how often it is right, under names that mean something else here."""
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    logits = A1 @ W2.T + b2
    probs = 1 / (1 + np.exp(-logits))
    pred = (probs > 0.5).astype(float)
    out = pred[:, 0] == y
    loss = float(-np.mean(y * np.log(probs[:, 0]) + (1 - y) * np.log1p(-probs[:, 0])))
    print(f"loss {loss:.4f}, accuracy {out.mean():.2%}")
    p = probs[:, 0] - y
    dZ1 = np.outer(p, W2[0]) * A1 * (1 - A1)
    return dZ1.T @ X / n, dZ1.mean(0), p[None] @ A1 / n, np.array([p.mean()])
