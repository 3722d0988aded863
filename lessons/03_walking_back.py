# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Walking back
#
# Seven lines lead from the loss back to the first layer. In this lesson you derive each, write it, and have it judged
# on its own. At the end Algorithm 1 of a student report is judged, line by line.
#
# You need the chain rule, and the forward pass of the network: `Z1`, `A1`, `Z2`, `A2`, and a loss.

# %%
# start

# %%
import inspect
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from backproof import check_backprop
from lessons import algorithm_1
from lessons.judging import words

# %% [markdown]
# ## The way forward
#
# Rows are samples. `X` is (n, d), `y` is (n,) of 0 and 1, `W1` is (h, d), `b1` is (h,), `W2` is (1, h) and `b2` is
# (1,).


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1  # (n, h)
    A1 = sigmoid(Z1)  # (n, h)
    Z2 = A1 @ W2.T + b2  # (n, 1)
    A2 = sigmoid(Z2)  # (n, 1), the probability of class 1
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])  # (n,), binary cross-entropy
    return Z1, A1, Z2, A2, loss


# %% [markdown]
# The gradient that we want is that of the *mean* loss over the n samples. A line is named after the thing by which the
# mean loss is differentiated: `dZ2` is the derivative with respect to `Z2`, and has its shape.
#
# The judge needs one function that returns its lines by name. It calls yours as far as you have come; what you have not
# written is not shown to it.

# %%
written = []  # the functions of your lines, in their order


def backprop(X, y, W1, b1, W2, b2):
    Z1, A1, Z2, A2, loss = forward(X, y, W1, b1, W2, b2)
    lines = {"X": X, "y": y, "W2": W2, "Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "loss": loss}
    for line in written:
        needed = inspect.signature(line).parameters
        lines[line.__name__] = line(*(lines[name] for name in needed))
    return {name: value for name, value in lines.items() if name not in ("X", "y", "W2")}


def judge(*lines):
    """Take these lines in, and say what the judge thinks of each."""
    names = {line.__name__ for line in lines}
    written[:] = [line for line in written if line.__name__ not in names] + list(lines)
    found = words(backprop)
    for line in lines:
        print(f"{line.__name__}: {found[line.__name__]}")


# %% [markdown]
# ## Predict
#
# The loss of one sample is $-y \log A_2 - (1 - y) \log(1 - A_2)$, with $A_2 = \sigma(Z_2)$. Its derivative with
# respect to $Z_2$ is a famous one. Is it $A_2 - y$, or $(A_2 - y)\, A_2 (1 - A_2)$?
#
# ## Write: the output
#
# With respect to $A_2$ the derivative is $-\frac{y}{A_2} + \frac{1 - y}{1 - A_2} = \frac{A_2 - y}{A_2 (1 - A_2)}$.
# The slope of the sigmoid is $A_2 (1 - A_2)$. In the product of the two the denominator is gone: $A_2 - y$. And the
# loss is a mean over n samples, so that each of them counts 1/n.
#
# Mind the shapes: `A2` is (n, 1) and `y` is (n,).


# %%
def dZ2(A2, y):
    # write: return the derivative of the mean loss with respect to Z2 (n, 1)
    return (A2 - y[:, None]) / len(y)
    # end


# %% [markdown]
# ## Check

# %%
judge(dZ2)

# %% [markdown]
# Two things are tested apart: the shape, and the 1/n.

# %%
some_A2, some_y = np.array([[0.2], [0.7]]), np.array([0.0, 1.0])
once, twice = dZ2(some_A2, some_y), dZ2(np.tile(some_A2, (2, 1)), np.tile(some_y, 2))
assert once.shape == (2, 1), "dZ2 must have the shape of Z2"
assert np.allclose(twice[:2], once / 2), "the loss is a mean: with twice the samples each counts half"
print(f"shape {once.shape}; with twice the samples {twice[1, 0]:g} instead of {once[1, 0]:g}")

# %% [markdown]
# The judge says *cancels*, and that is no reproach. The line is right in exact arithmetic; but where `A2` is nearly
# `y`, the subtraction loses digits. A formula that does not lose them exists, and the frameworks use it. *Rounding*
# would mean that no digit is lost beyond what the type costs; *wrong* would mean wrong.
#
# ## Write: the parameters of the output
#
# Sample $s$ has $Z_2 = \sum_j A_{1,sj} W_{2,j} + b_2$. With respect to $W_{2,j}$ its
# derivative is $A_{1,sj}$, with respect to $b_2$ it is 1. The
# parameters are shared by all samples, so the samples' shares are added up. A sum over samples of a product is a matrix
# product with the samples inside.


# %%
def dW2(dZ2, A1):
    # write: return the derivative with respect to W2: the sum over the samples of dZ2 times A1 (1, h)
    return dZ2.T @ A1
    # end


def db2(dZ2):
    # write: return the derivative with respect to b2: the sum over the samples (1,)
    return dZ2.sum(0)
    # end


# %%
judge(dW2, db2)

# %% [markdown]
# ## Predict
#
# Now through the hidden layer. `A1` is (n, h), and `dA1` must have that shape. `dZ2` is (n, 1) and `W2` is (1, h).
# Which product of the two is it, and what would `W2 @ dZ2` give?
#
# ## Write: the hidden layer
#
# With respect to $A_{1,sj}$ the derivative of $Z_2$ is $W_{2,j}$: a hidden unit's share of the error is what its weight
# passed on. Then comes the sigmoid again, and this time nothing cancels against it: its slope, $A_1 (1 - A_1)$, stays.


# %%
def dA1(dZ2, W2):
    # write: return the derivative with respect to A1 (n, h)
    return dZ2 @ W2
    # end


def dZ1(dA1, A1):
    # write: return the derivative with respect to Z1: entry by entry, dA1 times the slope of the sigmoid (n, h)
    return dA1 * A1 * (1 - A1)
    # end


# %%
judge(dA1, dZ1)

# %% [markdown]
# ## Write: the parameters of the hidden layer
#
# Unit $j$ of sample $s$ has the logit $Z_{1,sj} = \sum_k X_{sk} W_{1,jk} + b_{1,j}$. The weight $W_{1,jk}$ is in the
# logits of unit $j$ alone, once in every sample, and there the derivative is $X_{sk}$. So the share of sample $s$ is
# $dZ_{1,sj} X_{sk}$, and the samples' shares are added up. With respect to $b_{1,j}$ the derivative is 1, and what is
# added up is $dZ_{1,sj}$. Both have the form of the output's lines, with `X` in the place of `A1`.


# %%
def dW1(dZ1, X):
    # write: return the derivative with respect to W1 (h, d)
    return dZ1.T @ X
    # end


def db1(dZ1):
    # write: return the derivative with respect to b1 (h,)
    return dZ1.sum(0)
    # end


# %% [markdown]
# ## Check

# %%
judge(dW1, db1)
assert not {"wrong", "shape", "follows"} & set(words(backprop).values()), words(backprop)

# %% [markdown]
# All twelve lines are shown now, and none of them is wrong: this is a correct backward pass, and it is yours.
#
# ## The whole at once
#
# There is a second judge, `check_backprop`, for a program of *any* network. It knows no names. It *replays* the
# program: runs it once more, on exact numbers, and so knows the true derivative of the loss with respect to every value
# in it. Such a derivative is called the *adjoint* of the value.


# %%
def whole(X, y, W1, b1, W2, b2):
    _, A1, _, A2, loss = forward(X, y, W1, b1, W2, b2)
    d2 = dZ2(A2, y)
    d1 = dZ1(dA1(d2, W2), A1)
    return loss.mean(), dW1(d1, X), db1(d1), dW2(d2, A1), db2(d2)


answer = check_backprop(whole)
print(answer.text(hint=1))
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# ## Break
#
# Leave the slope out of `dZ1`. Before you run the cell, say which gradients will be wrong, and which line it will name.


# %%
def without_slope(X, y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]).mean()
    dZ2 = (A2 - y[:, None]) / len(y)
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(0)
    dA1 = dZ2 @ W2
    dZ1 = dA1
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(0)
    return loss, dW1, db1, dW2, db2


print(check_backprop(without_slope).text(hint=3))

# %% [markdown]
# Two gradients are wrong, and one expression is the *culprit*: wrong, although everything that it uses is right. The
# factor is missing between `dA1` and `dZ1`. A comparison of gradients alone would have blamed the lines of `dW1` and
# `db1`. They *follow*: they are right, given what they were handed. That is why each line is judged from *your own*
# earlier lines. `hint=4`, the default, would also show the *patch*, a small edit of your own line that is proven.
#
# ## Algorithm 1, line by line
#
# Backproof grew out of a student report, and its backward pass stands in `algorithm_1.py`. It takes one sample at a
# time, as a column, and `np.asmatrix` turns `*` into a matrix product.
#
# Two of its lines had to be read, because the print does not run:
#
# - `A1 <- Sigmoid(Z1)`, says the print. That is (h, 1), but `W2 x A1.T` and `A1[0, i]` need (1, h). Here it is
#   transposed.
# - `dZ1 <- (((A1)[0,i]) * (1 - (A1)[0,i]) x W2.T) x dZ2`, says the print. It has an index `i` without a loop, and all
#   of `W2.T` in it. We read it as a loop over the hidden units, each with its own weight.

# %%
print(inspect.getsource(algorithm_1.backprop))

# %% [markdown]
# Is it right? Look for the slope in `dZ1`, for the place where `A1` is turned on its side, and for every `*`: which of
# them is a matrix product?


# %%
def by_rows(backprop):
    """A function of our layout that gives Algorithm 1 each sample as it wants it, and its lines in our shapes."""

    def called(X, y, W1, b1, W2, b2):
        W1, W2, b1, b2 = (np.asmatrix(p) for p in (W1, W2, b1[:, None], b2[:, None]))
        lines = backprop(X[0], y[0], W1, b1, W2, b2)
        n, d, h = 1, X.shape[1], len(b1)
        shapes = {"loss": (n,), "Z2": (n, 1), "A2": (n, 1), "dZ2": (n, 1), "W1": (h, d), "b1": h, "W2": (1, h), "b2": 1}
        names = ("Z1", "A1", "Z2", "A2", "loss", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
        return {
            name: np.asarray(lines[name]).reshape(shapes.get(name) or shapes.get(name.lstrip("d")) or (n, h))
            for name in names
        }

    return called


found = words(by_rows(algorithm_1.backprop), samples=1)
print(found)
assert set(found.values()) <= {"rounding", "cancels"}, found

# %% [markdown]
# Read this way, every line is right. And the print, taken at its word? Put its `dZ1` into the loop as it stands, so
# that `i` has a value. **Predict** which lines are wrong, and which follow.

# %%
source = Path(algorithm_1.__file__).read_text()
ours = "dZ1[i] = A1[0, i] * (1 - A1[0, i]) * W2[0, i] * dZ2"
printed = source.replace(ours, "dZ1 = A1[0, i] * (1 - A1[0, i]) * W2.T * dZ2")
assert printed != source
names = {}
exec(printed, names)
found = words(by_rows(names["backprop"]), samples=1)
print({name: word for name, word in found.items() if word in ("wrong", "follows")})
assert found["dZ1"] == "wrong", found
assert found["dW1"] == found["db1"] == "follows", found

# %% [markdown]
# The shape is right, (h, 1), and that is the trap: every hidden unit gets the slope of the last one.
#
# ## Explain
#
# What the shapes of Algorithm 1 hide:
#
# - **One sample.** There is no mean and no sum over samples. A forgotten 1/n and a sum over the wrong axis cannot be
#   made, and cannot be seen either. With two samples `dW2 = dZ2 * A1` would have to become a sum.
# - **`np.asmatrix`.** With matrices `*` is a matrix product; with arrays the same text is a product entry by entry,
#   with broadcasting. The loop over the hidden units is there because `A1 * (1 - A1)` would be (1, h) times (1, h), and
#   that raises an error.
# - **The transposition of `A1`.** The print leaves it out: its names hide which shape a line has.
# - **Digits.** `dZ1` loses some, where the logit of a hidden unit is large and *positive*: there `A1` is rounded near
#   1, and `1 - A1` keeps that rounding. Where it is negative, `A1` itself is small, and nothing is lost. The picture
#   shows the worst of many logits in each unit of length.

# %%
rng = np.random.default_rng(0)
left_ends = np.arange(-15, 15)
logits = left_ends[:, None] + rng.random(500)  # a row for each unit of length
a, rest = sigmoid(logits), sigmoid(-logits)  # rest is 1 - a without a subtraction
errors = {
    "A2 - y, for y = 1 (dZ2)": np.abs((a - 1) / -rest - 1).max(1),
    "A2 - y, for y = 0 (dZ2)": np.abs((a - 0) / a - 1).max(1),
    "A1 (1 - A1) (dZ1)": np.abs(a * (1 - a) / (a * rest) - 1).max(1),
}
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
for (name, error), style in zip(errors.items(), ("o-", "^:", "s"), strict=True):
    axes.semilogy(left_ends + 0.5, np.maximum(error, 1e-17), style, markersize=5 if style == "s" else 9, label=name)
    print(f"{name}: at -15 {error[0]:.0e}, at 0 {error[15]:.0e}, at 15 {error[-1]:.0e}")
axes.set(xlabel="logit", ylabel="relative error, float64 (log scale)")
axes.set_title("What a subtraction costs: digits at large positive logits")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# The answers to the predictions: it is $A_2 - y$, since the slope of the output cancels against the logarithm; and `W2
# @ dZ2` fails, unless n equals h, and then it is a single number, of shape (1, 1).
#
# ## What to take away
#
# - Seven lines, two patterns: *back through a product* (`dZ2.T @ A1`, `dZ1.T @ X`, `dZ2 @ W2`) and *back through a
#   function* (times its slope, entry by entry).
# - A derivative has the shape of the thing with respect to which it is taken. Write the shape down before the formula.
# - Check every line from your own earlier lines: then the first wrong one is the culprit, and the rest only follow.
#
# Next come broken passes to guess at, in the museum, and then a file of your own.
