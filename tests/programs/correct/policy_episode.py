import numpy as np


def policy_forward(x, model):
    h = np.dot(model['W1'], x)
    h[h < 0] = 0
    logp = np.dot(model['W2'], h)
    p = 1.0 / (1.0 + np.exp(-logp))
    return p, h


def policy_backward(eph, epdlogp, epx, model):
    dW2 = np.dot(eph.T, epdlogp).ravel()
    dh = np.outer(epdlogp, model['W2'])
    dh[eph <= 0] = 0
    dW1 = np.dot(dh.T, epx)
    return {'W1': dW1, 'W2': dW2}


def discount(r, gamma=0.95):
    out = np.zeros_like(r)
    running = 0
    for t in reversed(range(r.size)):
        running = running * gamma + r[t]
        out[t] = running
    return out


def example():
    rng = np.random.RandomState(0)
    model = {'W1': rng.randn(5, 4) / 2, 'W2': rng.randn(5) / 2}
    return {'frames': rng.randn(6, 4), 'actions': [1, 0, 0, 1, 1, 0], 'rewards': np.array([0.0, 0, 1, 0, 0, -1]), 'model': model}


def backprop(frames, actions, rewards, model):
    xs, hs, dlogps, loss = [], [], [], 0.0
    advantage = discount(rewards)
    advantage = (advantage - advantage.mean()) / advantage.std()
    for x, action, adv in zip(frames, actions, advantage):
        p, h = policy_forward(x, model)
        xs.append(x)
        hs.append(h)
        dlogps.append((p - action) * adv)
        loss -= adv * np.log(p if action == 1 else 1 - p)
    return loss, policy_backward(np.vstack(hs), np.vstack(dlogps), np.vstack(xs), model)
