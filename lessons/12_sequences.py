# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12. Sequences
#
# A recurrent net uses the same weights at every step, and hands a state from step to step: on the way back a gradient
# arrives from two sides. Attention lets every step look at every other one, through a softmax. You write both ways
# back, and see what happens to a gradient that travels far.
#
# You need lesson 9, for the softmax.

# %%
# start

# %%
import matplotlib.pyplot as plt
import numpy as np

from backproof import check_backprop
from lessons.planting import plant

# %% [markdown]
# ## A recurrent net
#
# `xs` is (T, d): one sequence of T steps. The state begins as 0, and
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b), \qquad y_t = h_t V.$$
#
# The loss is the squared distance of all `y` from their targets.


# %%
def states(xs, Wx, Wh, b):
    """All states, the one before the first step at position 0: (T + 1, h)."""
    hs = np.zeros((len(xs) + 1, len(b)))
    for t in range(len(xs)):
        hs[t + 1] = np.tanh(xs[t] @ Wx + hs[t] @ Wh + b)
    return hs


def example():
    rng = np.random.default_rng(5)
    return {
        "xs": rng.normal(size=(4, 3)),
        "ys": rng.normal(size=(4, 2)),
        "Wx": rng.normal(size=(3, 5)),
        "Wh": 0.5 * rng.normal(size=(5, 5)),
        "b": rng.normal(size=5),
        "V": rng.normal(size=(5, 2)),
    }


# %% [markdown]
# ## Predict
#
# `h_2` is used in two places. Which? And `Wh`: at how many steps has it a share in the loss?
#
# ## Write: back through time
#
# Go from the last step to the first (Werbos, *Backpropagation through time*, 1990). At step t the state gets a gradient
# from its own output, `dys[t] @ V.T`, and one from the step after, which is kept in `dnext`. Their sum goes back
# through the tanh, whose slope is $1 - h_t^2$. What then arrives at `hs[t]` is the new `dnext`.


# %%
def backprop(xs, ys, Wx, Wh, b, V):
    hs = states(xs, Wx, Wh, b)
    out = hs[1:] @ V
    loss = ((out - ys) ** 2).sum()
    dys = 2 * (out - ys)
    dV = hs[1:].T @ dys
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dnext = np.zeros_like(b)
    for t in reversed(range(len(xs))):
        # write: make dh and dz of this step, add to dWx, dWh and db, and hand dnext on
        dh = dys[t] @ V.T + dnext
        dz = dh * (1 - hs[t + 1] ** 2)
        dWx += np.outer(xs[t], dz)
        dWh += np.outer(hs[t], dz)
        db += dz
        dnext = dz @ Wh.T
        # end
    return loss, {"Wx": dWx, "Wh": dWh, "b": db, "V": dV}


# %% [markdown]
# ## Check

# %%
answer = check_backprop(backprop, **example())
print(answer)
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# *In the end* means that a sum grows in the loop, and is the derivative when the last share is in it. The answer to the
# prediction: `h_2` is in `y_2` and in `h_3`; `Wh` has a share at every step.
#
# ## Break
#
# **Predict** which gradients are wrong. A mistake in a loop is made at every step, and still it is one line.


# %%
def broken(program, old, new, hint=2):
    """Judge a program with one line changed."""
    parts = [states, example, program] if program is backprop else [softmax, example_of_attention, program]
    answer = plant(parts, old, new, hint=hint)
    print(answer)
    return answer.diagnosis


# %% [markdown]
# **One.** The gradient from the step after is forgotten.

# %%
found = broken(backprop, "dh = dys[t] @ V.T + dnext", "dh = dys[t] @ V.T", hint=4)
assert "V" not in found.culprits[0].gradients

# %% [markdown]
# **Two.** The slope is taken at the state before.

# %%
found = broken(backprop, "dz = dh * (1 - hs[t + 1] ** 2)", "dz = dh * (1 - hs[t] ** 2)", hint=4)
assert found.verdict == "wrong"

# %% [markdown]
# **Three.** `Wh` is not transposed. It is square, so that no shape complains.

# %%
found = broken(backprop, "dnext = dz @ Wh.T", "dnext = dz @ Wh", hint=4)
assert found.culprits[0].family == "transposed"

# %% [markdown]
# ## How far a gradient travels
#
# Each step back multiplies by the slope and by `Wh`. With forty steps and a loss at the last one alone: how large is
# the gradient with respect to each state? That depends on how much longer, or shorter, `Wh` makes a vector.


# %%
def lengths(stretch, steps=40):
    """The length of the derivative with respect to the state, step by step back from the last."""
    rng = np.random.default_rng(0)
    W = np.linalg.qr(rng.normal(size=(20, 20)))[0] * stretch  # it stretches every vector by the same
    hs = states(0.1 * rng.normal(size=(steps, 3)), rng.normal(size=(3, 20)), W, np.zeros(20))
    dh, found = np.ones(20) / np.sqrt(20), []
    for t in reversed(range(steps)):
        found.append(np.linalg.norm(dh))
        dh = (dh * (1 - hs[t + 1] ** 2)) @ W.T
    return found


figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
for stretch, style in ((0.8, "-"), (1.0, "--"), (1.2, ":")):
    found = lengths(stretch)
    axes.semilogy(found, style, linewidth=2.5, label=f"Wh stretches by {stretch}")
    print(f"a stretch of {stretch}: the length after all the steps is {found[-1]:.1e}")
axes.set(xlabel="steps back", ylabel="length of the gradient (log scale)")
axes.set_title("Gradients fade, or grow, step by step")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# A gradient that is nearly 0 far back is no mistake of the backward pass: it is the true one (Hochreiter, 1991; Bengio,
# Simard and Frasconi, 1994). A check with a tolerance takes it for 0 and lets every mistake there pass. Gates, as in an
# LSTM, and attention were invented for it.
#
# ## Attention
#
# Every step asks with a query, offers a key, and has a value: `Q`, `K` and `V` are (T, d). The scores are products of
# queries and keys, and a softmax makes weights of them (Vaswani and others, *Attention is all you need*, 2017, eq. 1):
#
# $$P = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt d}\right), \qquad \text{out} = P V.$$
#
# The softmax has no cross-entropy behind it here, so its matrix does not go away. With $g$ for the gradient of a row
# $p$, lesson 9's $p_i (\delta_{ij} - p_j)$ gives
#
# $$\frac{\partial L}{\partial z_j} = p_j \Big( g_j - \sum_i g_i p_i \Big).$$


# %%
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def example_of_attention():
    rng = np.random.default_rng(6)
    return {name: rng.normal(size=(4, 3)) for name in ("Q", "K", "V", "target")}


def attention(Q, K, V, target):
    scale = 1 / np.sqrt(Q.shape[1])
    Z = Q @ K.T * scale
    P = softmax(Z)
    out = P @ V
    loss = ((out - target) ** 2).sum()
    dout = 2 * (out - target)
    # write: make dV, dP, dZ by the formula above, dQ and dK, all in the shape of their things
    dV = P.T @ dout
    dP = dout @ V.T
    dZ = P * (dP - (dP * P).sum(axis=1, keepdims=True))
    dQ = dZ @ K * scale
    dK = dZ.T @ Q * scale
    # end
    return loss, {"Q": dQ, "K": dK, "V": dV}


answer = check_backprop(attention, **example_of_attention())
print(answer)
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# **Break.** The softmax treated entry by entry, its sum along the wrong axis, and the scale forgotten once:

# %%
found = broken(attention, "P * (dP - (dP * P).sum(axis=1, keepdims=True))", "dP * P * (1 - P)", hint=3)
assert found.verdict == "wrong"

# %%
found = broken(attention, "(dP * P).sum(axis=1", "(dP * P).sum(axis=0", hint=4)
assert found.verdict == "wrong"

# %%
found = broken(attention, "dK = dZ.T @ Q * scale", "dK = dZ.T @ Q", hint=4)
assert list(found.culprits[0].gradients) == ["K"]

# %% [markdown]
# ## Explain
#
# In the first, every row of `dZ` should add up to 0, as in lesson 9; entry by entry it doesn't. In the second the sum
# goes over the queries instead of the keys; with as many of both no shape complains. In the third only `K` suffers:
# what multiplies at the very end spreads no further.
#
# ## What to take away
#
# - A state that is handed on gets a gradient from two sides; weights that are used at every step get a sum over the
#   steps.
# - A fading gradient is a property of the network. A wrong one is a mistake. Only a check without a tolerance can tell
#   them apart.
# - A softmax that stands alone needs its row's sum.
#
# This is the last lesson. The project's README shows how to bring a network of your own.
