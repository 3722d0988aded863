import numpy as np


class VanillaRNN:
    def __init__(self, U, V, W):
        self.U, self.V, self.W = U, V, W

    def forward_propagation(self, x):
        T = len(x)
        s = np.zeros((T + 1, self.W.shape[0]))
        o = np.zeros((T, self.V.shape[0]))
        for t in np.arange(T):
            s[t] = np.tanh(self.U[:, x[t]] + self.W.dot(s[t - 1]))
            e = np.exp(self.V.dot(s[t]))
            o[t] = e / e.sum()
        return o, s

    def loss(self, o, y):
        return -np.sum(np.log(o[np.arange(len(y)), y]))

    def bptt(self, x, y):
        T = len(y)
        o, s = self.forward_propagation(x)
        dLdU, dLdV, dLdW = np.zeros(self.U.shape), np.zeros(self.V.shape), np.zeros(self.W.shape)
        delta_o = o.copy()
        delta_o[np.arange(len(y)), y] -= 1.
        for t in np.arange(T)[::-1]:
            dLdV += np.outer(delta_o[t], s[t])
            delta_t = self.V.T.dot(delta_o[t]) * (1 - (s[t] ** 2))
            for bptt_step in np.arange(0, t + 1)[::-1]:
                dLdW += np.outer(delta_t, s[bptt_step - 1])
                dLdU[:, x[bptt_step]] = delta_t
                delta_t = self.W.T.dot(delta_t) * (1 - s[bptt_step - 1] ** 2)
        return self.loss(o, y), dLdU, dLdV, dLdW


def example():
    np.random.seed(10)
    words, hidden = 4, 3
    return {"x": [0, 2, 1, 2], "y": [2, 1, 2, 3], "U": np.random.uniform(-.7, .7, (hidden, words)), "V": np.random.uniform(-.7, .7, (words, hidden)), "W": np.random.uniform(-.7, .7, (hidden, hidden))}


def backprop(x, y, U, V, W):
    loss, dU, dV, dW = VanillaRNN(U, V, W).bptt(x, y)
    return loss, {"dU": dU, "dV": dV, "dW": dW}
