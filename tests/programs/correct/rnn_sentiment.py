import numpy as np


class RNN:
    # many to one

    def __init__(self, p):
        self.Whh, self.Wxh, self.Why = p["Whh"], p["Wxh"], p["Why"]
        self.bh, self.by = p["bh"], p["by"]

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        self.last_inputs = inputs
        self.last_hs = {0: h}
        for i, x in enumerate(inputs):
            h = np.tanh(self.Wxh @ x + self.Whh @ h + self.bh)
            self.last_hs[i + 1] = h
        return self.Why @ h + self.by

    def backprop(self, d_y):
        n = len(self.last_inputs)
        g = dict.fromkeys(["Whh", "Wxh", "Why", "bh", "by"])
        g["Why"] = d_y @ self.last_hs[n].T
        g["by"] = d_y
        g["Whh"], g["Wxh"], g["bh"] = (np.zeros(q.shape) for q in (self.Whh, self.Wxh, self.bh))
        d_h = self.Why.T @ d_y
        for t in range(n)[::-1]:
            temp = (1 - self.last_hs[t + 1] ** 2) * d_h
            g["bh"] += temp
            g["Whh"] += temp @ self.last_hs[t].T
            g["Wxh"] += temp @ self.last_inputs[t].T
            d_h = self.Whh.T @ temp
        return g


VOCAB = {"good": 0, "bad": 1, "not": 2, "very": 3}


def one_hot_words(text):
    for w in text.split():
        v = np.zeros((len(VOCAB), 1))
        v[VOCAB[w]] = 1
        yield v


def example():
    rng = np.random.default_rng(60)
    H = 4
    params = dict(Whh=rng.normal(size=(H, H)), Wxh=rng.normal(size=(H, 4)), Why=rng.normal(size=(2, H)), bh=rng.normal(size=(H, 1)), by=rng.normal(size=(2, 1)))
    return {"text": "not very good", "positive": 0, "params": params}


def backprop(text, positive, params):
    net = RNN(params)
    out = net.forward(list(one_hot_words(text)))
    probs = np.exp(out) / sum(np.exp(out))
    loss = -np.log(probs[positive].item())
    d_L_d_y = probs
    d_L_d_y[positive] -= 1
    return loss, net.backprop(d_L_d_y)
