# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11. Convolution and pooling
#
# A convolution slides a small kernel over an image. The kernel is used at every place, so its gradient is a sum over
# all places. And each pixel lies under several positions of the kernel, so that its gradient is a sum too. You write
# both, as loops first and without loops afterwards, and a max pooling, which sends a gradient to one pixel in four.
#
# You need lesson 3.

# %%
# start

# %%
import numpy as np

from backproof import check_backprop
from lessons.planting import plant

# %% [markdown]
# ## The way forward
#
# One image `x` of (H, W), one kernel `k` of (3, 3), no padding: the output is (H - 2, W - 2),
#
# $$y_{ij} = b + \sum_{u,v} x_{i+u,\,j+v}\, k_{uv}.$$
#
# Strictly that is a cross-correlation: the kernel is not turned round. Every library calls it a convolution
# (Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section $9.1$).


# %%
def convolved(x, k, b):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = (x[i : i + 3, j : j + 3] * k).sum() + b
    return y


def example():
    rng = np.random.default_rng(4)
    return {"x": rng.normal(size=(6, 6)), "k": rng.normal(size=(3, 3)), "b": 0.3, "target": rng.normal(size=(2, 2))}


# %% [markdown]
# Then a max pooling: of each block of 2 by 2, the largest number. With the reshape below, axes 1 and 3 run inside of a
# block.


# %%
def pooled(y):
    blocks = y.reshape(y.shape[0] // 2, 2, y.shape[1] // 2, 2)
    return blocks.max(axis=(1, 3))


# %% [markdown]
# ## Predict
#
# The image is (6, 6), so `y` is (4, 4). Under how many positions of the kernel does the pixel `x[0, 0]` lie? And
# `x[2, 2]`? How many numbers of `y` depend on `k[0, 0]`?
#
# ## Write: with loops
#
# Take the loops of the way forward as they are. At each place, `dy[i, j]` is what the loss wants of `y[i, j]`. Who had
# a share in it, and with which factor? A pixel's factor is its number in the kernel, a kernel's number has the pixel's,
# the bias 1. And shares are *added*.


# %%
def convolved_back(dy, x, k):
    dx, dk, db = np.zeros_like(x), np.zeros_like(k), 0.0
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            # write: add the shares of this place to dx, dk and db
            dx[i : i + 3, j : j + 3] += dy[i, j] * k
            dk += dy[i, j] * x[i : i + 3, j : j + 3]
            db += dy[i, j]
            # end
    return dx, dk, db


# %% [markdown]
# ## Write: through the pooling
#
# The largest number of a block decides; the other three could be a little smaller or larger, and nothing would change.
# So it gets the whole gradient of its block, and the others get 0. `np.repeat` makes `out` and `dout` as large as `y`.


# %%
def pooled_back(dout, y, out):
    spread = dout.repeat(2, axis=0).repeat(2, axis=1)
    largest = out.repeat(2, axis=0).repeat(2, axis=1)
    # write: return the derivative with respect to y
    return spread * (y == largest)
    # end


def backprop(x, k, b, target):
    y = convolved(x, k, b)
    out = pooled(y)
    loss = ((out - target) ** 2).mean()
    dout = 2 * (out - target) / target.size
    dy = pooled_back(dout, y, out)
    dx, dk, db = convolved_back(dy, x, k)
    return loss, {"x": dx, "k": dk, "b": db}


# %% [markdown]
# ## Check

# %%
answer = check_backprop(backprop, **example())
print(answer)
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# The answers to the prediction: `x[0, 0]` lies under one position, `x[2, 2]` under nine, and all sixteen numbers of `y`
# depend on each number of the kernel.
#
# ## Write: without loops
#
# Three observations make it quick. `dk[u, v]` is the sum of `dy` times a piece of `x` that is as large as `dy` and
# begins at (u, v). `db` is the sum of `dy`. And `dx` is a convolution itself: of `dy`, with a border of two zeros, with
# the kernel *turned round* in both directions.


# %%
def quick(x, k, b, target):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2
    y = b + sum(k[u, v] * x[u : u + rows, v : v + columns] for u in range(3) for v in range(3))
    out = pooled(y)
    loss = ((out - target) ** 2).mean()
    dy = pooled_back(2 * (out - target) / target.size, y, out)
    # write: make dk (3, 3), db, and dx from the zeros around dy and the kernel turned round
    dk = np.array([[(dy * x[u : u + rows, v : v + columns]).sum() for v in range(3)] for u in range(3)])
    db = dy.sum()
    around = np.pad(dy, 2)
    turned = k[::-1, ::-1]
    dx = sum(turned[u, v] * around[u : u + x.shape[0], v : v + x.shape[1]] for u in range(3) for v in range(3))
    # end
    return loss, {"x": dx, "k": dk, "b": db}


answer = check_backprop(quick, **example())
print(answer.text(hint=1))
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# ## Break
#
# **Predict**, for each, which gradients are wrong and by how much.


# %%
def broken(program, old, new, hint=2):
    """Judge a program with one line changed."""
    parts = [convolved, example, pooled, convolved_back, pooled_back, program]
    answer = plant(parts, old, new, hint=hint)
    print(answer)
    return answer.diagnosis


# %% [markdown]
# **One.** `=` for `+=`.

# %%
found = broken(backprop, "dx[i : i + 3, j : j + 3] += dy[i, j] * k", "dx[i : i + 3, j : j + 3] = dy[i, j] * k", hint=4)
assert found.culprits[0].family == "= for +="

# %% [markdown]
# Only the last share stays. For `x[0, 0]` it is the only one, so that this entry is right, or was overwritten by a 0.
#
# **Two.** The kernel is not turned round.

# %%
found = broken(quick, "turned = k[::-1, ::-1]", "turned = k", hint=3)
assert list(found.culprits[0].gradients) == ["x"]

# %% [markdown]
# With a symmetric kernel nobody would ever see it.
#
# **Three.** The pooling gives its gradient to all four.

# %%
found = broken(backprop, "return spread * (y == largest)", "return spread", hint=4)
assert found.verdict == "wrong"

# %% [markdown]
# **Four.** A mean pooling on the way back of a max pooling: a quarter for each.

# %%
found = broken(backprop, "return spread * (y == largest)", "return spread / 4", hint=3)
assert found.verdict == "wrong"

# %% [markdown]
# ## Explain
#
# What if two numbers of a block are equally large? Then `y == largest` sends the gradient to both, and the sum is twice
# what it should be. With numbers drawn at random that never happens. After a ReLU it does: a block of four zeros. There
# the gradient of the ReLU is 0 for all four, and the mistake can't be seen. Libraries take the first of them.
#
# ## What to take away
#
# - A weight that is used at many places gets the sum over the places. So does a number that lies under many positions.
# - On the way back of a convolution stands a convolution, with the kernel turned round.
# - A pooling remembers who was the largest.
