import numpy as np

DELTA = 0.7


def huber(e):
    small = np.abs(e) <= DELTA
    return np.where(small, e * e / 2, DELTA * (np.abs(e) - DELTA / 2))


def huber_slope(e):
    return np.clip(e, -DELTA, DELTA)


def example():
    rng = np.random.default_rng(404)
    n = 8
    return {
        "X": rng.normal(size=(n, 4)),
        "counts": rng.poisson(2.0, n),
        "price": rng.normal(size=n) * 2,
        "shared": rng.normal(size=(4, 5)) / 2,
        "w_count": rng.normal(size=5) / 2,
        "w_price": rng.normal(size=5),
        "bias": np.array([0.3, -0.2]),
    }


def backprop(X, counts, price, shared, w_count, w_price, bias):
    # two heads on one trunk: counts by Poisson, price by Huber
    trunk = np.arctan(X @ shared)
    log_rate = trunk @ w_count + bias[0]
    guess = trunk @ w_price + bias[1]
    rate = np.exp(log_rate)
    loss = np.mean(rate - counts * log_rate) + 0.5 * np.mean(huber(guess - price))

    n = len(X)
    d_rate = (rate - counts) / n
    d_guess = 0.5 * huber_slope(guess - price) / n
    d_trunk = np.outer(d_rate, w_count) + np.outer(d_guess, w_price)
    d_pre = d_trunk / (1 + (X @ shared) ** 2)
    return loss, {
        "shared": X.T @ d_pre,
        "w_count": trunk.T @ d_rate,
        "w_price": trunk.T @ d_guess,
        "bias": np.array([d_rate.sum(), d_guess.sum()]),
    }
