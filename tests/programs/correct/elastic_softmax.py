import numpy as np


def example():
    rng = np.random.default_rng(66)
    return dict(X=np.hstack([np.ones((5, 1)), rng.normal(size=(5, 3))]), labels=np.array([0, 1, 1, 2, 0]), W=rng.normal(size=(4, 3)))


def backprop(X, labels, W, l1=0.02, l2=0.1, temperature=1.5):
    """Softmax regression with an elastic net; the first row of W is the bias and is not penalised."""
    n, k = len(X), W.shape[1]
    scores = X @ W / temperature
    e = np.exp(scores - scores.max(axis=1)[:, None])
    prob = e / e.sum(axis=1)[:, None]
    nll = 0.0
    for i in range(n):
        nll += -np.log(prob[i, labels[i]])
    body = W[1:]
    loss = nll / n + l1 * np.abs(body).sum() + 0.5 * l2 * (body ** 2).sum()

    dW = np.zeros((4, 3))
    for j in range(k):
        indicator = np.array([1.0 if c == j else 0.0 for c in labels])
        dW[:, j] = -np.dot(indicator - prob[:, j], X) / n / temperature
    dW[1:] += l1 * np.sign(body) + l2 * body
    return loss, {"W": dW}
