import numpy as np
from collections import deque, namedtuple

Transition = namedtuple("Transition", "state action reward following done")


class QNet:
    def __init__(self, w1, w2):
        self.w1, self.w2 = w1, w2

    def __call__(self, s):
        return np.maximum(s @ self.w1, 0) @ self.w2


def example():
    rng = np.random.default_rng(3)
    memory = deque(maxlen=8)
    for k in range(5):
        memory.append(Transition(rng.normal(size=3), int(rng.integers(2)), float(rng.normal()), rng.normal(size=3), k == 4))
    return {"memory": memory, "frozen": QNet(rng.normal(size=(3, 6)), rng.normal(size=(6, 2))), "w1": rng.normal(size=(3, 6)), "w2": rng.normal(size=(6, 2))}


def backprop(memory, frozen, w1, w2, gamma=0.9):
    batch = Transition(*zip(*memory))
    s, s2 = np.array(batch.state), np.array(batch.following)
    a, r = np.array(batch.action), np.array(batch.reward)
    alive = 1 - np.array(batch.done, dtype=float)
    goal = r + gamma * alive * frozen(s2).max(axis=1)

    z = s @ w1
    h = np.maximum(z, 0)
    q = h @ w2
    chosen = q[np.arange(len(a)), a]
    error = chosen - goal
    loss = np.mean(np.square(error)) / 2

    dq = np.zeros_like(q)
    dq[np.arange(len(a)), a] = error / len(a)
    dz = dq @ w2.T
    dz[z < 0] = 0
    return loss, {"grad_w1": s.T @ dz, "grad_w2": h.T @ dq}
