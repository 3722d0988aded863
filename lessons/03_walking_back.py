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
# on its own. At the end Algorithm 1 of a student report is put on trial, as it was printed.
#
# You need the chain rule, and the forward pass of the network: `Z1`, `A1`, `Z2`, `A2`, and a loss.

# %%
# Where the project can be fetched from, if this notebook stands alone, as in Colab; empty: only a checkout is used.
BACKPROOF = ""

import importlib.util
import subprocess
import sys
from pathlib import Path

above = (Path.cwd(), *Path.cwd().parents)
checkout = next((folder for folder in above if (folder / "compare.py").exists() and (folder / "check").is_dir()), None)
if checkout is None and not BACKPROOF:
    raise SystemExit("This notebook stands outside of Backproof: set BACKPROOF, above, to the address of the project.")
if checkout is None:
    subprocess.run(["git", "clone", "--depth", "1", BACKPROOF, "backproof"], check=True)
    checkout = Path("backproof").resolve()
sys.path.insert(0, str(checkout))
needed = {
    "numpy": "numpy",
    "flint": "python-flint",
    "matplotlib": "matplotlib",
    "tabulate": "tabulate",
    "typer": "typer",
}
missing = [package for module, package in needed.items() if importlib.util.find_spec(module) is None]
if missing:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing], check=True)

# %%
import inspect

import matplotlib.pyplot as plt
import numpy as np

from check import check_backprop
from lessons import algorithm_1

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
# mean loss is differentiated: `dZ2` is the derivative by `Z2`, and has its shape.
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
    answer = check_backprop(backprop)
    if answer.status == 2:  # it cannot run
        print(answer)
        return
    for line in lines:
        print(f"{line.__name__}: {answer.diagnosis.lines[line.__name__].word}")


# %% [markdown]
# ## Predict
#
# The loss of one sample is $-y \log A_2 - (1 - y) \log(1 - A_2)$, with $A_2 = \sigma(Z_2)$. Its derivative by $Z_2$ is
# a famous one. Is it $A_2 - y$, or $(A_2 - y)\, A_2 (1 - A_2)$?
#
# ## Write: the output
#
# By $A_2$ the derivative is $-\frac{y}{A_2} + \frac{1 - y}{1 - A_2} = \frac{A_2 - y}{A_2 (1 - A_2)}$. The slope of the
# sigmoid is $A_2 (1 - A_2)$. In the product of the two the denominator is gone: $A_2 - y$. And the loss is a mean over
# n samples, so that each of them counts 1/n.
#
# Mind the shapes: `A2` is (n, 1) and `y` is (n,).


# %%
def dZ2(A2, y):
    # write: return the derivative by Z2, of the mean loss (n, 1)
    return (A2 - y[:, None]) / len(y)
    # end


# %% [markdown]
# ## Check

# %%
judge(dZ2)

# %% [markdown]
# The judge says *cancels*, and that is no reproach. The line is right in exact arithmetic; but where `A2` is nearly
# `y`, the subtraction loses digits. A formula that does not lose them exists, and the frameworks use it. *Rounding*
# would mean that no digit is lost beyond what the type costs; *wrong* would mean wrong.
#
# ## Write: the parameters of the output
#
# Sample $s$ has $Z_2 = \sum_j A_{1,sj} W_{2,j} + b_2$. By $W_{2,j}$ its derivative is $A_{1,sj}$, by $b_2$ it is 1. The
# parameters are shared by all samples, so the samples' shares are added up. A sum over samples of a product is a matrix
# product with the samples inside.


# %%
def dW2(dZ2, A1):
    # write: return the derivative by W2: sum over the samples of dZ2 times A1 (1, h)
    return dZ2.T @ A1
    # end


def db2(dZ2):
    # write: return the derivative by b2: the sum over the samples (1,)
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
# By $A_{1,sj}$ the derivative of $Z_2$ is $W_{2,j}$: a hidden unit's share of the error is what its weight passed on.
# Then comes the sigmoid again, and this time nothing cancels against it: its slope, $A_1 (1 - A_1)$, stays.


# %%
def dA1(dZ2, W2):
    # write: return the derivative by A1 (n, h)
    return dZ2 @ W2
    # end


def dZ1(dA1, A1):
    # write: return the derivative by Z1: entry by entry, dA1 times the slope of the sigmoid (n, h)
    return dA1 * A1 * (1 - A1)
    # end


# %%
judge(dA1, dZ1)

# %% [markdown]
# ## Write: the parameters of the hidden layer
#
# The same as at the output, with `X` in the place of `A1`.


# %%
def dW1(dZ1, X):
    # write: return the derivative by W1 (h, d)
    return dZ1.T @ X
    # end


def db1(dZ1):
    # write: return the derivative by b1 (h,)
    return dZ1.sum(0)
    # end


# %% [markdown]
# ## Check

# %%
judge(dW1, db1)
answer = check_backprop(backprop)
print()
print(answer)
assert answer.status == 0, answer

# %% [markdown]
# All twelve lines are shown now, and none of them is wrong: this is a correct backward pass, and it is yours.
#
# ## Break
#
# Leave the slope out of `dZ1`: mistake `dZ1-slope-forgotten`. Before you run the cell, say which lines will be *wrong*,
# and which will only *follow*.

# %%
right = list(written)


def broken_dZ1(dA1):
    return dA1


broken_dZ1.__name__ = "dZ1"
written[:] = [broken_dZ1 if line.__name__ == "dZ1" else line for line in written]
answer = check_backprop(backprop)
print(answer)
written[:] = right

# %% [markdown]
# One line is wrong, two follow. A comparison of gradients alone would have blamed `dW1` and `db1`; they are right,
# given what they were handed. That is why each line is judged from *your own* earlier lines.
#
# ## Algorithm 1 on trial
#
# Backproof grew out of a student report whose backward pass stands in `algorithm_1.py` as it was printed. It takes one
# sample at a time, as a column; `np.asmatrix` turns `*` into a matrix product; the hidden units are visited one by one.

# %%
print(inspect.getsource(algorithm_1.backprop))

# %% [markdown]
# Is it right? Look for the slope in `dZ1`, for the place where `A1` is turned on its side, and for every `*`: which of
# them is a matrix product?

# %%
answer = check_backprop(Path(algorithm_1.__file__))
for name, line in answer.diagnosis.lines.items():
    print(f"{name:5} line {line.source_line}: {line.word}")
assert answer.status == 0, answer

# %% [markdown]
# ## Explain
#
# Every line is right. What its shapes hide:
#
# - **One sample.** There is no mean and no sum over samples, so the two commonest mistakes, a forgotten 1/n and a sum
#   over the wrong axis, cannot be made, and cannot be seen either. With two samples `dW2 = dZ2 * A1` would have to
#   become a sum.
# - **`np.asmatrix`.** With matrices `*` is a matrix product; with arrays the same text is a product entry by entry,
#   with broadcasting. The loop over the hidden units is there because `dA1 * A1 * (1 - A1)` would not do what it says.
# - **The transposition of `A1`.** It is turned as soon as it is made, so that `dW2` comes out as (1, h). Nothing in the
#   names tells you.
# - **Digits.** `dZ1` loses some, where a hidden unit is saturated. The picture shows how the error that is due to that
#   grows with the logit.

# %%
rng = np.random.default_rng(0)
errors = {line.__name__: [] for line in (dZ2, dZ1)}
scales = np.arange(1, 16)
X, y = rng.random((5, 7)), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
for scale in scales:
    logit = np.longdouble(scale)
    a = sigmoid(float(scale))
    careful = 1 / (1 + np.exp(logit)) / (1 + np.exp(-logit))
    errors["dZ1"].append(max(abs(float((a * (1 - a) - careful) / careful)), 1e-17))
    careful = -1 / (1 + np.exp(logit))
    errors["dZ2"].append(max(abs(float((a - 1 - careful) / careful)), 1e-17))
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
plt.rcParams.update({"font.size": 12})
axes.semilogy(scales, errors["dZ2"], "o-", label="A2 - y, for y = 1, by Z2")
axes.semilogy(scales, errors["dZ1"], "s--", label="A1 (1 - A1), by Z1")
axes.spines[["top", "right"]].set_visible(False)
axes.set(xlabel="logit", ylabel="relative error, float64 (log scale)")
axes.set_title("What a subtraction costs: a digit for every two or three units of logit")
axes.legend(frameon=False)
plt.show()
print(f"at logit 15: {errors['dZ2'][-1]:.0e} and {errors['dZ1'][-1]:.0e}, where rounding alone is 1e-16")

# %% [markdown]
# The answers to the predictions: it is $A_2 - y$, since the slope of the output cancels against the logarithm; and `W2
# @ dZ2` fails, unless n equals h, or n is one.
#
# ## What to take away
#
# - Seven lines, two patterns: *back through a product* (`dZ2.T @ A1`, `dZ1.T @ X`, `dZ2 @ W2`) and *back through a
#   function* (times its slope, entry by entry).
# - A derivative has the shape of the thing by which it is the derivative. Write the shape down before the formula.
# - Check every line from your own earlier lines: then the first wrong one is the culprit, and the rest only follow.
#
# Next come broken passes to guess at, in the museum, and then a file of your own.
