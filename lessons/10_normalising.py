# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10. Normalising
#
# A batch norm takes the mean off each column and divides it by its spread. On the way forward that is one line. On the
# way back it is where most people lose a term, since the mean and the variance depend on the numbers themselves. You
# take it apart into small steps, go back through each, and then write it in one line. A layer norm is the same along
# the other axis, and the sums turn with it.
#
# You need lesson 3. Lesson 9 is a good start.

# %%
# start

# %%
import numpy as np

from backproof import check_backprop
from lessons.planting import plant

# %% [markdown]
# ## The way forward
#
# `x` is (n, d): n samples, d columns. For each column (Ioffe and Szegedy, *Batch Normalization*, 2015, Algorithm 1):
#
# $$\mu = \frac1n \sum_s x_s, \quad \sigma^2 = \frac1n \sum_s (x_s - \mu)^2, \quad
# \hat x_s = \frac{x_s - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \quad y_s = \gamma\, \hat x_s + \beta.$$
#
# $\gamma$ and $\beta$ are parameters, (d,). To have a loss, we compare `y` with some target.

# %%
EPS = 1e-5


def batch_norm(x, gamma, beta):
    mean = x.mean(axis=0)  # (d,)
    centred = x - mean  # (n, d)
    variance = (centred**2).mean(axis=0)  # (d,)
    inverse = 1 / np.sqrt(variance + EPS)  # (d,)
    xhat = centred * inverse  # (n, d)
    y = gamma * xhat + beta  # (n, d)
    return y, (xhat, centred, inverse)


def example():
    rng = np.random.default_rng(2)
    return {
        "x": rng.normal(size=(6, 3)) * [1, 2, 5],
        "gamma": rng.normal(size=3),
        "beta": rng.normal(size=3),
        "target": rng.normal(size=(6, 3)),
    }


# %% [markdown]
# ## Predict
#
# Add 1 to one single number of `x`. Which numbers of `xhat` change: one, those of its row, those of its column, or all?
#
# Add 1 to *all* numbers of a column. What happens to `y`? What does that say about the sum of the gradient over a
# column?
#
# ## Write: step by step
#
# Each step of the way forward has one on the way back. What was *used twice* gets a share from each use: `centred` is
# in `xhat` and in `variance`, and `x` is in `centred` and in `mean`.
#
# - `y = gamma * xhat + beta`: `gamma` and `beta` were repeated for every sample, so their shares are added up over the
#   samples.
# - `xhat = centred * inverse`: `inverse` was repeated too.
# - `inverse` $= (\sigma^2 + \varepsilon)^{-1/2}$ has the derivative $-\frac12 (\sigma^2 + \varepsilon)^{-3/2}$, and
#   that is $-\frac12$ times `inverse` to the power of 3.
# - `variance` is a mean of squares: each of them counts $\frac2n$ `centred`.
# - `mean` is a mean, and is *taken off*.


# %%
def batch_norm_back(dy, gamma, cache):
    xhat, centred, inverse = cache
    n = len(dy)
    # write: make dgamma, dbeta (d,), dxhat (n, d), dinverse, dvariance (d,), dcentred (n, d), dmean (d,) and dx (n, d)
    dgamma = (dy * xhat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    dxhat = dy * gamma
    dinverse = (dxhat * centred).sum(axis=0)
    dvariance = dinverse * -0.5 * inverse**3
    dcentred = dxhat * inverse + dvariance * 2 * centred / n
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / n
    # end
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, target):
    y, cache = batch_norm(x, gamma, beta)
    loss = ((y - target) ** 2).sum()
    dx, dgamma, dbeta = batch_norm_back(2 * (y - target), gamma, cache)
    return loss, {"x": dx, "gamma": dgamma, "beta": dbeta}


# %% [markdown]
# ## Check
#
# `x` counts as a parameter here: in a network, its derivative goes on to the layer before.

# %%
answer = check_backprop(backprop, **example())
print(answer)
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# Look at what the judge says of `dcentred` and `dx`: each is a derivative as soon as *all* its shares are there.
#
# ## Write: in one line
#
# Put the steps into each other, and most of it can be said with `xhat` alone:
#
# $$\frac{\partial L}{\partial x_s} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \left( g_s - \overline{g} -
# \hat x_s\, \overline{g \hat x} \right), \qquad g = \gamma \frac{\partial L}{\partial y}.$$
#
# A bar is the mean over the samples. The second term takes off what a shift of the column would do, the third what a
# stretch would do: neither can change the output, but for $\varepsilon$.


# %%
def in_one_line(dy, gamma, cache):
    xhat, _, inverse = cache
    g = dy * gamma
    # write: return the derivative with respect to x, by the formula above (n, d)
    return inverse * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    # end


def shorter(x, gamma, beta, target):
    y, cache = batch_norm(x, gamma, beta)
    loss = ((y - target) ** 2).sum()
    dy = 2 * (y - target)
    dx = in_one_line(dy, gamma, cache)
    return loss, {"x": dx, "gamma": (dy * cache[0]).sum(axis=0), "beta": dy.sum(axis=0)}


answer = check_backprop(shorter, **example())
print(answer.text(hint=1))
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# It is correct with $\varepsilon$ and all: for the square of `xhat` is not quite of mean 1, and the formula knows it.
#
# The answer to the second prediction: a shift of a column changes nothing, so the gradient of a column adds up to 0.

# %%
y, cache = batch_norm(**{name: example()[name] for name in ("x", "gamma", "beta")})
dx = in_one_line(2 * (y - example()["target"]), example()["gamma"], cache)
print("sums of the columns are 0 but for rounding:", bool(np.abs(dx.sum(axis=0)).max() < 1e-13))
assert np.abs(dx.sum(axis=0)).max() < 1e-13

# %% [markdown]
# This is why a bias *before* a batch norm has the gradient 0: it is taken off again. Where a training shows a tiny
# number there, that is rounding, and no signal.
#
# ## Break
#
# **Predict** for each which gradients are wrong.


# %%
def broken(old, new, hint=2):
    """Judge the step by step version with one line changed."""
    parts = [f"EPS = {EPS}", batch_norm, example, batch_norm_back, backprop]
    answer = plant(parts, old, new, hint=hint)
    print(answer)
    return answer.diagnosis


# %% [markdown]
# **One.** The mean is taken for a constant.

# %%
found = broken("dx = dcentred + dmean / n", "dx = dcentred", hint=3)
assert list(found.culprits[0].gradients) == ["x"]

# %% [markdown]
# The judge names the line that makes `dcentred`, for `dx` is only another name for it now. What it should be is clear:
# the derivative with respect to `x`.
#
# **Two.** The variance is taken for a constant.

# %%
found = broken("dcentred = dxhat * inverse + dvariance * 2 * centred / n", "dcentred = dxhat * inverse", hint=3)
assert list(found.culprits[0].gradients) == ["x"]

# %% [markdown]
# **Three.** A wrong power.

# %%
found = broken("-0.5 * inverse**3", "-0.5 * inverse**2", hint=4)
assert found.verdict == "wrong"

# %% [markdown]
# **Four.** `gamma` is left out.

# %%
found = broken("dxhat = dy * gamma", "dxhat = dy", hint=4)
assert found.verdict == "wrong"

# %% [markdown]
# The factor may be put in at several places, since all later steps only multiply. The judge shows the first small
# change that it can prove.
#
# In all four, the gradients of `gamma` and `beta` are right. They hide that the layer before gets a wrong one.
#
# ## Along the other axis
#
# A layer norm (Ba, Kiros and Hinton, *Layer Normalization*, 2016) takes mean and variance of each *sample*, over its d
# columns. `gamma` and `beta` still have one entry for each column. Which sums turn, and which stay?


# %%
def layer_norm_backprop(x, gamma, beta, target):
    centred = x - x.mean(axis=1, keepdims=True)
    inverse = 1 / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPS)
    xhat = centred * inverse
    y = gamma * xhat + beta
    loss = ((y - target) ** 2).sum()
    dy = 2 * (y - target)
    # write: make dgamma, dbeta (d,) and dx (n, d)
    dgamma = (dy * xhat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    g = dy * gamma
    dx = inverse * (g - g.mean(axis=1, keepdims=True) - xhat * (g * xhat).mean(axis=1, keepdims=True))
    # end
    return loss, {"x": dx, "gamma": dgamma, "beta": dbeta}


answer = check_backprop(layer_norm_backprop, **example())
print(answer.text(hint=1))
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# ## Explain
#
# The means turn, for they belong to the normalising. The sums of `dgamma` and `dbeta` stay, for these parameters are
# repeated for every sample, whatever the normalising does. *What was repeated on the way forward is added up on the way
# back*, along the axis of the repetition: this rule finds every axis.
#
# The answer to the first prediction: all of its column in `xhat`, and nothing else. In a layer norm it is all of its
# row.
#
# ## What to take away
#
# - Take a hard step apart. Each small step has one factor, and can be judged on its own.
# - What is used twice gets a share from each use. A mean and a variance use every number.
# - A gradient that looks right for the parameters says nothing about what goes on to the layer before.
