import numpy as np
from dataclasses import dataclass


@dataclass
class Weights:
    w: np.ndarray
    b: np.ndarray
    v: np.ndarray


def example():
    rng = np.random.default_rng(93)
    return {"house": rng.normal(size=(6, 4)), "price": rng.normal(size=6), "theta": Weights(rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=3))}


def backprop(house, price, theta):
    pre = house @ theta.w + theta.b
    act = np.log(1 + np.exp(pre))
    guess = act @ theta.v
    mae = np.mean(np.abs(guess - price))
    d_guess = (guess - price) / len(price)
    d_v = act.T @ d_guess
    d_pre = np.outer(d_guess, theta.v) * (1 / (1 + np.exp(-pre)))
    return mae, Weights(house.T @ d_pre, d_pre.sum(0), d_v)
