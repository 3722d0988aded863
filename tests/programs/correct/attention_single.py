import numpy as np


def stable_softmax(z, axis):
    z = z - np.max(z, axis=axis, keepdims=True)
    num = np.exp(z)
    den = np.sum(num, axis=axis, keepdims=True)
    return num / den


class ScaledDotProductAttention:
    def forward(self, Q, K, V):
        self.Q, self.K, self.V = Q, K, V
        self.d = Q.shape[-1]
        self.P = stable_softmax(np.einsum("nqd,nkd->nqk", Q, K) / self.d ** 0.5, axis=-1)
        return np.einsum("nqk,nkd->nqd", self.P, V)

    def backward(self, dO):
        dV = np.einsum("nqk,nqd->nkd", self.P, dO)
        dP = np.einsum("nqd,nkd->nqk", dO, self.V)
        # full Jacobian of each row
        eye = np.eye(self.P.shape[-1])
        J = np.einsum("nqk,kl->nqkl", self.P, eye) - np.einsum("nqk,nql->nqkl", self.P, self.P)
        dS = np.einsum("nqk,nqkl->nql", dP, J) / np.sqrt(self.d)
        dQ = np.einsum("nqk,nkd->nqd", dS, self.K)
        dK = np.einsum("nqk,nqd->nkd", dS, self.Q)
        return dQ, dK, dV


def example():
    rng = np.random.default_rng(17)
    shape = (2, 3, 4)
    tokens, memory = rng.standard_normal(shape), rng.standard_normal((2, 5, 4))
    w = {name: rng.standard_normal((4, 4)) / 2 for name in ("query", "key", "value")}
    return {"tokens": tokens, "memory": memory, "target": rng.standard_normal(shape), "w": w}


def backprop(tokens, memory, target, w):
    att = ScaledDotProductAttention()
    out = att.forward(tokens @ w["query"], memory @ w["key"], memory @ w["value"])
    loss = np.square(out - target).mean()
    dq, dk, dv = att.backward(2 / out.size * (out - target))
    summed = lambda a, g: np.tensordot(a, g, axes=([0, 1], [0, 1]))
    return loss, {"w": {"query": summed(tokens, dq), "key": summed(memory, dk), "value": summed(memory, dv)}}
