import numpy as np

text = "the cat sat on the mat and the rat ate the oats"
letters = sorted(set(text))
vocab_size = len(letters)
number_of = {letter: k for k, letter in enumerate(letters)}

hidden_size = 8
seq_length = 6
learning_rate = 0.1

Wxh = 0.1 * np.random.randn(hidden_size, vocab_size)
Whh = 0.1 * np.random.randn(hidden_size, hidden_size)
Why = 0.1 * np.random.randn(vocab_size, hidden_size)
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def lossFun(inputs, targets, hprev):
    """inputs and targets are lists of letters' numbers; returns the loss, its gradients and the last hidden state."""
    x, h, p = {}, {-1: hprev}, {}
    loss = 0
    for t in range(len(inputs)):
        x[t] = np.zeros((vocab_size, 1))
        x[t][inputs[t]] = 1
        h[t] = np.tanh(Wxh @ x[t] + Whh @ h[t - 1] + bh)
        scores = Why @ h[t] + by
        p[t] = np.exp(scores) / np.exp(scores).sum()
        loss -= np.log(p[t][targets[t], 0])

    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros((hidden_size, 1))
    for t in range(len(inputs) - 1, -1, -1):
        dy = p[t].copy()
        dy[targets[t]] -= 1
        dWhy += dy @ h[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        draw = (1 - h[t] ** 2) * dh
        dWxh += draw @ x[t].T
        dWhh += draw @ h[t - 1].T
        dbh += draw
        dhnext = Whh.T @ draw
    for gradient in (dWxh, dWhh, dWhy, dbh, dby):
        np.clip(gradient, -5, 5, out=gradient)
    return loss, dWxh, dWhh, dWhy, dbh, dby, h[len(inputs) - 1]


def sample(h, first, count):
    x = np.eye(vocab_size)[:, [first]]
    found = []
    for _ in range(count):
        h = np.tanh(Wxh @ x + Whh @ h + bh)
        scores = Why @ h + by
        p = np.exp(scores) / np.exp(scores).sum()
        k = np.random.choice(vocab_size, p=p[:, 0])
        x = np.eye(vocab_size)[:, [k]]
        found.append(letters[k])
    return "".join(found)


if __name__ == "__main__":
    hprev = np.zeros((hidden_size, 1))
    numbers = [number_of[letter] for letter in text]
    for step in range(500):
        p = step * seq_length % (len(text) - seq_length - 1)
        inputs, targets = numbers[p : p + seq_length], numbers[p + 1 : p + seq_length + 1]
        loss, dWxh, dWhh, dWhy, dbh, dby, hprev = lossFun(inputs, targets, hprev)
        for weight, gradient in zip((Wxh, Whh, Why, bh, by), (dWxh, dWhh, dWhy, dbh, dby)):
            weight -= learning_rate * gradient
    print(sample(hprev, 0, 40))


# The lines for the check.


def example():
    weights = {"Wxh": Wxh, "Whh": Whh, "Why": Why, "bh": bh, "by": by}
    return {
        "inputs": [0, 3, 1, 2],
        "targets": [3, 1, 2, 5],
        "hprev": np.random.randn(hidden_size, 1),
        "weights": weights,
    }


def backprop(inputs, targets, hprev, weights):
    globals().update(weights)
    loss, dWxh, dWhh, dWhy, dbh, dby, _ = lossFun(inputs, targets, hprev)
    return loss, {"Wxh": dWxh, "Whh": dWhh, "Why": dWhy, "bh": dbh, "by": dby}
