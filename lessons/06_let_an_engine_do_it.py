# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. Let an engine do it
#
# Nobody derives a hundred lines by hand. In this lesson you write the machine that does it, in a few dozen lines, then
# hand the job to PyTorch and to JAX. Three engines, the same weights: their answers differ in the last digits. You find
# out why, and who is closest to the truth.
#
# You need lessons 3 and 4.

# %%
# start

# %%
import math
from fractions import Fraction

from lessons.start import need

need("torch", "jax")

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import torch
from flint import arb, ctx
from tabulate import tabulate

import engines
from data import load
from lessons.judging import words
from proof.probes import probe, saturated
from proof.verdict import judge_engine

jax.config.update("jax_enable_x64", True)  # before the first array: otherwise everything is float32

# %% [markdown]
# ## Predict
#
# A program that computes a loss is a list of operations, each from earlier results. Every one of them has a simple
# derivative. Write the list down while the program runs, and walk it from the end: that is *reverse mode*, and the list
# is the *tape* (Griewank and Walther, *Evaluating Derivatives*, 2nd edition, chapter 3).
#
# If a result is used by two operations, two derivatives arrive at it on the way back. What has to be done with them?
#
# ## Write
#
# An operation notes, for each thing that it used, how a derivative with respect to the result becomes a derivative with
# respect to that thing.
# Two operations are left for you: `self @ other`, with the rules that you know from `dZ2 @ W2` and `dZ2.T @ A1`, and
# the sigmoid. So is one line of the walk: what happens to `parent.gradient` when something arrives.


# %%
tape = []


class Variable:
    """An array, what it was made from, and (after ``backward``) the derivative of the loss with respect to it."""

    def __init__(self, value, *parents):
        self.value = np.asarray(value, dtype=float)
        self.parents = parents  # pairs of an earlier Variable and the rule that leads back to it
        self.gradient = np.zeros_like(self.value)
        tape.append(self)

    def __add__(self, other):
        return Variable(self.value + other.value, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        return Variable(self.value * other.value, (self, lambda g: g * other.value), (other, lambda g: g * self.value))

    def __matmul__(self, other):
        # write: the product, with two rules
        return Variable(
            self.value @ other.value, (self, lambda g: g @ other.value.T), (other, lambda g: self.value.T @ g)
        )
        # end

    @property
    def T(self):
        return Variable(self.value.T, (self, lambda g: g.T))

    def mean(self):
        n = self.value.size
        return Variable(self.value.mean(), (self, lambda g: np.full(self.value.shape, g / n)))


def sigmoid(z):
    # write: the sigmoid, with its rule
    a = 1 / (1 + np.exp(-z.value))
    return Variable(a, (z, lambda g: g * a * (1 - a)))
    # end


def log(a):
    return Variable(np.log(a.value), (a, lambda g: g / a.value))


def softplus(z):
    """log(1 + exp(z)), whose derivative is the sigmoid."""
    return Variable(np.logaddexp(0, z.value), (z, lambda g: g / (1 + np.exp(-z.value))))


def summed_to(shape, g):
    """An axis that was stretched to fit is summed on the way back: each copy has its share."""
    if g.ndim > len(shape):
        g = g.sum(tuple(range(g.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return g.sum(stretched, keepdims=True) if stretched else g


def backward(loss):
    """Walk the tape from the loss to its beginning."""
    loss.gradient = np.ones_like(loss.value)
    for variable in reversed(tape):
        for parent, rule in variable.parents:
            arriving = summed_to(parent.value.shape, rule(variable.gradient))
            # write: let it arrive there
            parent.gradient = parent.gradient + arriving
            # end


# %% [markdown]
# ## Check
#
# Now the network needs a forward pass only. After the walk, the derivative with respect to `Z1` lies in `Z1.gradient`,
# and so on: eleven of the twelve lines, all but the loss, are there for the judge. Two programs, one with the loss from
# the probability `A2`, one from the logit.


# %%
def network(loss):
    """A backward pass by tape, for a mean loss of Z2, A2 and y, all Variables of shape (n, 1)."""

    def backprop(X, y, W1, b1, W2, b2):
        tape.clear()
        X, y, W1, b1, W2, b2 = (Variable(array) for array in (X, y[:, None], W1, b1, W2, b2))
        Z1 = X @ W1.T + b1
        A1 = sigmoid(Z1)
        Z2 = A1 @ W2.T + b2
        A2 = sigmoid(Z2)
        backward(loss(Z2, A2, y))
        lines = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
        gradients = {"dW1": W1, "db1": b1, "dZ1": Z1, "dA1": A1, "dW2": W2, "db2": b2, "dZ2": Z2}
        return {name: line.value for name, line in lines.items()} | {
            name: variable.gradient for name, variable in gradients.items()
        }

    return backprop


minus, two, one = (np.full(1, number) for number in (-1.0, 2.0, 1.0))


def from_probability(_Z2, A2, y):
    other = Variable(one) + Variable(minus) * A2
    not_y = Variable(one) + Variable(minus) * y
    return (Variable(minus) * (y * log(A2) + not_y * log(other))).mean()


def from_logit(Z2, _A2, y):
    sign = Variable(one) + Variable(-two) * y
    return softplus(sign * Z2).mean()


found = words(network(from_logit))
print(found)
assert set(found.values()) <= {"rounding", "cancels"}, found

# %% [markdown]
# Correct, in all of the eleven lines, and you derived none of them. The same with the loss from the probability:

# %%
found = words(network(from_probability))
print(from_probability.__name__, found)

far = [np.ones((2, 3)), np.array([0.0, 1.0]), np.zeros((4, 3)), np.zeros(4), np.zeros((1, 4)), np.array([40.0])]
with np.errstate(all="ignore"):
    for loss in (from_logit, from_probability):
        print(f"{loss.__name__}: at a logit of {far[-1][0]:g} dZ2 is {network(loss)(*far)['dZ2'].ravel()}")

# %% [markdown]
# Correct as well, at every probe of the judge. But further out the sigmoid rounds to 1. For class 1 the tape then
# divides zero by zero: $1 - y$ by $1 - A_2$. For class 0 it multiplies infinity by zero: $1 / (1 - A_2)$ by the slope
# of the sigmoid. On paper these factors cancel, to $A_2 - y$; a tape does not know that. **An engine differentiates the
# program that you wrote, operation by operation, and not the formula that you had in mind.**
#
# ## Break
#
# Back to the prediction. A line of `backward` adds what arrives to what is there. What if it only puts it there? In
# `from_probability` the variable `A2` is used twice. In `from_logit`, is anything?


# %%
def forgetful(loss):
    loss.gradient = np.ones_like(loss.value)
    for variable in reversed(tape):
        for parent, rule in variable.parents:
            parent.gradient = summed_to(parent.value.shape, rule(variable.gradient))


careful = backward
try:
    backward = forgetful
    for loss in (from_logit, from_probability):
        faults = [line for line, word in words(network(loss)).items() if word == "wrong"]
        print(f"{loss.__name__}: wrong in {', '.join(faults) or 'nothing'}")
        print("  dZ2 is", network(loss)(*far[:-1], np.array([1.0]))["dZ2"].ravel())
finally:
    backward = careful  # also after an error

# %% [markdown]
# Both are wrong, and `from_logit` is nothing but zeros. There `Z2` is used twice: by the loss, and by the sigmoid that
# makes `A2`, on which the loss does not depend. Nothing arrives from there, and a nothing that overwrites is enough.
#
# ## Write: the same with PyTorch and with JAX
#
# Both do what your tape does, for many more operations. PyTorch writes the tape while the program runs, and
# `backward()` walks it. JAX takes a function and makes another one from it: `jax.grad(f)` is the gradient of `f`.
#
# For PyTorch use `torch.sigmoid` and `torch.nn.functional.binary_cross_entropy_with_logits`, for JAX `jax.nn.sigmoid`
# and `jnp.logaddexp(0, t)`, which is log(1 + exp(t)).


# %%
def with_torch(X, y, W1, b1, W2, b2):
    X, y = torch.tensor(X), torch.tensor(y)
    W1, b1, W2, b2 = (torch.tensor(p, requires_grad=True) for p in (W1, b1, W2, b2))
    # write: the logit, the loss, and backward()
    Z2 = torch.sigmoid(X @ W1.T + b1) @ W2.T + b2
    loss = torch.nn.functional.binary_cross_entropy_with_logits(Z2[:, 0], y)
    loss.backward()
    # end
    return W1.grad.numpy(), b1.grad.numpy(), W2.grad.numpy(), b2.grad.numpy()


def mean_loss(parameters, X, y):
    W1, b1, W2, b2 = parameters
    # write: return the mean loss
    Z2 = jax.nn.sigmoid(X @ W1.T + b1) @ W2.T + b2
    return jnp.logaddexp(0, (1 - 2 * y) * Z2[:, 0]).mean()
    # end


def with_jax(X, y, W1, b1, W2, b2):
    return tuple(np.asarray(g) for g in jax.grad(mean_loss)((W1, b1, W2, b2), X, y))


for backprop in (with_torch, with_jax):
    found = words(backprop)
    print(backprop.__name__, found)
    assert not {"wrong", "shape"} & set(found.values()), found

# %% [markdown]
# ## Why the last digits differ
#
# Backproof's engines do the same with these libraries, and show all twelve lines. From the same weights and images they
# do not give the same bits. Four things differ. Guess first: which of them costs the most digits, the order of a sum, a
# multiplication and an addition done in one go, the `exp` of a library, or the formula?

# %%
rng = np.random.default_rng(0)
dataset = load()

# The order of a sum: one hidden unit's 784 products.
products = dataset.X_train[0] * rng.uniform(-1, 1, 784) / 28
truth = sum(map(Fraction, products.tolist()))
by_order = [np.cumsum(rng.permutation(products))[-1] for _ in range(1000)]
off = max(abs(float((Fraction(float(s)) - truth) / truth)) for s in by_order)
print(
    f"order of {products.size} terms: {len(set(by_order))} different sums in 1,000 orders, the worst off by {off:.0e}"
)

# A product and a sum with one rounding (FMA, fused multiply-add) or with two.
a, b, c = rng.uniform(0.5, 1, (3, 1000)).tolist()
fused = [float(Fraction(p) * Fraction(q) + Fraction(r)) for p, q, r in zip(a, b, c, strict=True)]
apart = [p * q + r for p, q, r in zip(a, b, c, strict=True)]
differ = np.array([f != s for f, s in zip(fused, apart, strict=True)])
off = max(abs(s / f - 1) for f, s in zip(fused, apart, strict=True))
print(f"FMA: {differ.mean():.0%} of the results differ, by up to {off:.0e}")

# exp, in three libraries and in C.
z = rng.uniform(-10, 10, 10_000)
ctx.prec = 120
best = np.array([float(arb(v).exp()) for v in z.tolist()])
libraries = {
    "NumPy": np.exp(z),
    "PyTorch": torch.exp(torch.tensor(z)).numpy(),
    "JAX": np.asarray(jnp.exp(jnp.array(z))),
    "C, by math.exp": np.array([math.exp(v) for v in z.tolist()]),
}
for name, values in libraries.items():
    off = np.max(np.abs(values / best - 1))
    print(f"exp of {name}: {np.mean(values != best):.1%} not the nearest float, off by up to {off:.0e}")

# %% [markdown]
# All of these disturb the last one or two of sixteen digits. Now the formula. The derivative of one sample's loss
# with respect to its logit is $A_2 - y$, and there are other ways to write it, all equal in exact arithmetic.
#
# ## Write: the best formula
#
# For $y = 1$ the derivative is $A_2 - 1 = -\sigma(-Z_2)$; for $y = 0$ it is $\sigma(Z_2)$. The right-hand sides
# subtract nothing.


# %%
def plain_sigmoid(z):
    return 1 / (1 + np.exp(-z))


def nothing_subtracted(z, y):
    # write: return the derivative for logits z (n,) and one label y, 0 or 1, without a subtraction of near numbers
    return -plain_sigmoid(-z) if y == 1 else plain_sigmoid(z)
    # end


def by_hand(z, y):
    return plain_sigmoid(z) - y


def torch_loss(z, y):
    return torch.nn.functional.binary_cross_entropy_with_logits(z, torch.full_like(z, y), reduction="sum")


def torch_backward(z, y):
    logits = torch.tensor(z, requires_grad=True)
    torch_loss(logits, y).backward()
    return logits.grad.numpy()


def torch_func(z, y):
    return torch.func.grad(torch_loss)(torch.tensor(z), y).numpy()


def jax_grad(z, y):
    return np.asarray(jax.grad(lambda z: jnp.logaddexp(0, (1 - 2 * y) * z).sum())(jnp.array(z)))


def exact(z, y):
    return np.array([float(-1 / (1 + arb(v).exp()) if y == 1 else 1 / (1 + arb(-v).exp())) for v in z.tolist()])


z = np.linspace(-40, 40, 321)
formulas = (by_hand, torch_backward, torch_func, jax_grad, nothing_subtracted)
figure, both = plt.subplots(1, 2, figsize=(10, 4.6), sharey=True, layout="constrained")
for y, axes in enumerate(both):
    for formula, dash in zip(formulas, ("-", "--", "-", ":", "-"), strict=True):
        error = np.abs(formula(z, y) / exact(z, y) - 1)
        wide = {"by_hand": 5, "nothing_subtracted": 3}.get(formula.__name__, 2)
        axes.semilogy(z, np.maximum(error, 2e-17), dash, linewidth=wide, alpha=0.75, label=formula.__name__)
    axes.set(title=f"a sample of class {y}", xlabel="logit Z2", ylim=(1e-17, 10))
both[0].set_ylabel("relative error of dZ2")
both[0].legend(frameon=False, loc="upper right")
figure.suptitle("The formula decides how many digits are left")
plt.show()
assert np.max(np.abs(nothing_subtracted(z, 0) / exact(z, 0) - 1)) < 1e-15
assert np.max(np.abs(nothing_subtracted(z, 1) / exact(z, 1) - 1)) < 1e-15
print(f"a logit of {z[0]:g} with y = 0: exactly {exact(z[:1], 0)[0]:.3g}")
for formula in formulas:
    print(f"  {formula.__name__}: {formula(z[:1], 0)[0]:.3g}")

# %% [markdown]
# Where the network is right and sure of it, a subtraction takes all digits away. `torch.func` and `backward()` belong
# to the same library, begin with the same loss, and lose them on opposite sides: one forms $A_2 - y$, the other $(1 -
# y) - \sigma(-Z_2)$, which at a logit of -40 and $y = 0$ is exactly 0. No formula here is *wrong*. That is why the
# judge says *cancels*, and names the form.
#
# ## Who is closest to the truth?
#
# The three engines, at the weights that a training begins with, at those that it ends with, and at saturated ones: the
# median error in `ulp`, the distance between neighbouring floats.

# %%
begin = engines.initial_weights(784, 12, seed=0)
trainer = engines.load_engine("numpy")(begin)
trainer.fit(dataset.X_train, dataset.y_train, epochs=20, learning_rate=0.01, batch_size=1)
X, y = dataset.X_train[:8], dataset.y_train[:8]
probes = [probe("initial", begin, X, y), probe("trained", trainer.parameters, X, y), saturated(X, y, hidden=12)]
rows = []
for name in engines.COMPARED:
    judgements = judge_engine(engines.load_engine(name)(begin), probes)
    assert not any(judgement.culprit for judgement in judgements)
    for line in ("Z1", "dZ2", "dW1"):
        rows.append([line, name, *(f"{judgement[line].median_ulps:.3g}" for judgement in judgements)])
rows.sort(key=lambda row: ("Z1", "dZ2", "dW1").index(row[0]))
print(tabulate(rows, headers=["median error, ulp", "engine", *(case.name for case in probes)], disable_numparse=True))

# %% [markdown]
# Read it from the left. At the initial weights all three engines are within a few ulp of the truth, and each of them is
# the closest somewhere. At the trained and at the saturated weights the NumPy engine has the best `Z1` and the worst
# `dZ2` and `dW1`: it is the formula, `A2 - y`, and not the sums. The digits differ from machine to machine.
#
# ## Explain
#
# - Reverse mode is bookkeeping: a list of operations, a rule for each, and sums where paths meet.
# - Engines agree in all but their last digit or two where nothing cancels. Where something does, they are apart by many
#   digits, and all of them are right for the program that they were given.
# - The formula costs more than order, FMA and `exp` together. Whoever wants digits chooses the formula.
# - "The framework says so" is not a proof either: who is closest to the truth depends on the place.
#
# The answers to the predictions: what arrives at a variable from several places is added up; and the formula costs the
# most. In lesson 7 these gradients train a network.
