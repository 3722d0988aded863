import numpy as np

lr = 0.1


def example():
    rng = np.random.default_rng(1)
    return {"image": rng.random((1, 5)), "hot": np.array([[0, 1, 0, 0]]), "weights": {"ih": rng.normal(size=(5, 4)), "ho": rng.normal(size=(4, 4))}}


def backprop(image, hot, weights):
    hidden = np.maximum(image @ weights["ih"] + 0.1, 0.01 * (image @ weights["ih"] + 0.1))
    o = hidden @ weights["ho"]
    o = np.exp(o) / np.sum(np.exp(o))
    loss = -np.sum(hot * np.log(o))
    delta_o = o - hot
    d_ho = delta_o.T @ hidden
    delta_h = delta_o @ weights["ho"].T
    delta_h[hidden < 0] *= 0.01
    d_ih = image.T @ delta_h
    return loss, {"weights": {"ih": d_ih, "ho": d_ho}}
