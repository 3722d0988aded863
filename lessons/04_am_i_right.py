# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Am I right?
#
# You have a gradient, and something to compare it with. How far apart may the two be? In this lesson you write the
# check that everybody writes, see what it lets pass, and then replace its guess by a proof.
#
# You need lessons 1 to 3: central differences, and the twelve lines.

# %%
# start

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from tabulate import tabulate

from backproof import check_backprop
from data import load
from engines import Lines, Parameters, initial_weights, load_engine
from proof.probes import probe
from proof.verdict import judge

dataset = load()
X, y = dataset.X_train[:8], dataset.y_train[:8]

engine = load_engine("numpy")(initial_weights(784, 12, seed=0))
weights = {"initial": engine.parameters}
engine.fit(dataset.X_train, dataset.y_train, epochs=20, learning_rate=0.01, batch_size=1)
weights["trained"] = engine.parameters
right_answers = engine.predict(dataset.X_test) == dataset.y_test
print(f"after 20 epochs {np.mean(right_answers):.2%} of the test images are told apart")

# %% [markdown]
# Two places to check a gradient at: the weights that a training begins with, and those that it ends with after 20
# epochs. Here is a forward and a backward pass, as you wrote them in lessons 2 and 3.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(X, y, W1, b1, W2, b2):
    Z2 = sigmoid(X @ W1.T + b1) @ W2.T + b2
    return np.mean(np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]))


def lines(X, y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    dZ2 = (A2 - y[:, None]) / len(y)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (1 - A1)
    each = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])
    return Lines(Z1, A1, Z2, A2, each, dZ2, dZ2.T @ A1, dZ2.sum(0), dA1, dZ1, dZ1.T @ X, dZ1.sum(0))


# %% [markdown]
# ## Write: the checker that everybody writes
#
# Move one weight a little up and a little down: the loss's difference, divided by the distance, is nearly the
# derivative. Do that for each weight in turn. The step is `1e-6`, as in PyTorch's `torch.autograd.gradcheck` unless you
# say otherwise (there it is called `eps`).


# %%
def differences(parameters, X, y, step=1e-6):
    """The gradient of the mean loss by central differences, weight by weight: as long as all weights together."""
    moved = [np.array(p) for p in parameters]
    gradient = []
    for array in moved:
        for entry in np.ndindex(array.shape):
            here = array[entry]
            # write: append (loss above - loss below) / (2 step) to gradient, and leave array[entry] as it was
            array[entry] = here + step
            above = loss(X, y, *moved)
            array[entry] = here - step
            below = loss(X, y, *moved)
            array[entry] = here
            gradient.append((above - below) / (2 * step))
            # end
    return np.array(gradient)


def flat(gradients):
    return np.concatenate([np.ravel(g) for g in gradients])


def gradient(steps):
    return flat((steps.dW1, steps.db1, steps.dW2, steps.db2))


numeric = {name: differences(p, X, y) for name, p in weights.items()}
right = {name: gradient(lines(X, y, *p)) for name, p in weights.items()}
for name in weights:
    error = np.abs(right[name] - numeric[name]).max()
    print(f"{name}: {len(numeric[name]):,} derivatives; largest {np.abs(right[name]).max():.1e}, off by {error:.1e}")
    assert np.allclose(numeric[name], right[name], rtol=0, atol=1e-8), "move one weight at a time, and put it back"

# %% [markdown]
# ## Check
#
# How near is near enough? The usual answer is two numbers: an absolute tolerance and a relative one. The two gradients
# agree where $|a - b| \le \mathrm{atol} + \mathrm{rtol}\,|b|$ holds for every entry. `gradcheck` has `atol=1e-5` and
# `rtol=1e-3` unless you say otherwise.


# %%
def accepts(mine, numeric, atol=1e-5, rtol=1e-3):
    # write: return True where every entry of mine agrees with numeric within the two tolerances
    return bool(np.all(np.abs(mine - numeric) <= atol + rtol * np.abs(numeric)))
    # end


assert not accepts(np.array([1.0, np.nan]), np.ones(2)), "NaN agrees with nothing"
print({name: accepts(right[name], numeric[name]) for name in weights})

# %% [markdown]
# The correct gradient passes at both places. That was the easy half.
#
# ## Predict
#
# Five gradients are wrong: one is all zeros; one is a tenth too large; one has lost the first pixel that is not black;
# one is too large by a ten-thousandth; one has a single entry that is off by a millionth of itself. Which of them pass
# at the initial weights? And which at the trained ones, where the largest derivative is about 9.0e-05?
#
# ## Break


# %%
def scaled(steps, factor):
    return steps._replace(**{line: factor * getattr(steps, line) for line in ("dW1", "db1", "dW2", "db2")})


def zeros(steps):
    return scaled(steps, 0)


def a_tenth_more(steps):
    return scaled(steps, 1.1)


def a_pixel_lost(steps):
    dW1 = steps.dW1.copy()
    dW1[:, np.flatnonzero(dW1.any(0))[0]] = 0
    return steps._replace(dW1=dW1)


def a_factor(steps):
    return scaled(steps, 1.0001)


def one_entry(steps):
    dW1 = steps.dW1.copy()
    dW1[np.unravel_index(np.abs(dW1).argmax(), dW1.shape)] *= 1 + 1e-6
    return steps._replace(dW1=dW1)


wrong = (zeros, a_tenth_more, a_pixel_lost, a_factor, one_entry)
shown = {name: {f.__name__: f(lines(X, y, *p)) for f in wrong} for name, p in weights.items()}
rows = []
for f in wrong:
    verdicts = [accepts(gradient(shown[name][f.__name__]), numeric[name]) for name in weights]
    rows.append([f.__name__, *("accepted" if verdict else "caught" for verdict in verdicts)])
print(tabulate(rows, headers=["a gradient that is wrong", *weights]))

# %% [markdown]
# After training the derivatives are small, because the network is right about nearly everything. The absolute tolerance
# does not know that: against it, most of the derivatives are nothing.
#
# ## Write: your own tolerance
#
# So choose better ones. Look for an `atol` and an `rtol` that accept the correct gradient at both places and catch all
# five wrong ones. The picture tries hundreds of them, twice: against differences with `gradcheck`'s step, and with the
# best step that you found in lesson 1.


# %%
def missed(atol, rtol, numeric):
    """How many of the wrong gradients pass somewhere; -1 where the correct one does not."""
    # write: use accepts, for both places, with right, shown and numeric
    if not all(accepts(right[name], numeric[name], atol, rtol) for name in weights):
        return -1
    return sum(
        any(accepts(gradient(shown[name][f.__name__]), numeric[name], atol, rtol) for name in weights) for f in wrong
    )
    # end


atols, rtols = 10.0 ** np.arange(-14, -2.5, 0.5), 10.0 ** np.arange(-10, 0.5, 0.5)
print(f"{atols.size * rtols.size} choices of atol and rtol")
figure, both = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True, layout="constrained")
for axes, step, name in zip(both, (1e-6, 1e-5), ("gradcheck's step", "the best step of lesson 1"), strict=True):
    by_step = {place: differences(p, X, y, step) for place, p in weights.items()}
    table = np.array([[missed(atol, rtol, by_step) for atol in atols] for rtol in rtols])
    colours = axes.pcolormesh(
        atols,
        rtols,
        np.ma.masked_less(table, 0),
        cmap=plt.get_cmap("viridis", 6),
        vmin=-0.5,
        vmax=5.5,
        shading="nearest",
    )
    axes.set_facecolor("0.85")
    axes.set(xscale="log", yscale="log", xlabel="atol", title=f"{name} ({step:.0e})".replace("e-0", "e-"))
    axes.text(2e-14, 2e-10, "the correct gradient\nis rejected", fontsize=9)
    axes.plot(1e-5, 1e-3, "o", color="white", markeredgecolor="black", markersize=10)
    axes.annotate("gradcheck", (1e-5, 1e-3), (-76, 9), textcoords="offset points", color="white")
    good = np.argwhere(table == 0)
    axes.plot(atols[good[:, 1]], rtols[good[:, 0]], "o", color="white", markersize=4)
    print(f"{name}: {len(good)} accept the correct gradient and catch all wrong ones;", end=" ")
    print(f"the best that accepts the correct one lets {table[table >= 0].min()} of 5 pass")
both[0].set_ylabel("rtol")
figure.colorbar(colours, ax=both, ticks=range(6), label="wrong gradients that pass, of 5")
plt.show()

# %% [markdown]
# With `gradcheck`'s step none of the 483 choices does both. With the best step 5 of them do (the white dots), and you
# find those only if you already know the right answer.
#
# The two halves of the job pull against each other, because differences have an error of their own: in lesson 1 you saw
# where it comes from. A tolerance has to be larger than it, and whatever is smaller than the tolerance passes. And a
# choice that works here says nothing about other weights: **a tolerance is a guess about an error that nobody has
# worked out.**
#
# ## Predict
#
# So work it out. A hidden unit adds as many products as there are pixels, and a bias. Computers add them in different
# orders: from left to right, in pairs, eight at a time. How far apart can correct answers be, and can one know it
# before computing any of them?
#
# ## Write: an enclosure
#
# Each operation on floats gives the exact result times $1 + \delta$, with $|\delta| \le u$, and in float64 $u =
# 2^{-53}$. In a sum of $d$ products and a bias, in whatever order, each product meets at most $d + 1$ roundings. So the
# computed sum is off by at most $\gamma_{d+1} \left( \sum_k |x_k w_k| + |b| \right)$, with $\gamma_k = k u / (1 - k u)$
# (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, chapter 3).


# %%
def bound(x, w, b):
    """How far any correct float64 program can be from x @ w + b, for x and w of shape (d,)."""
    # write: return the bound above
    k = len(x) + 1
    u = 2.0**-53
    return k * u / (1 - k * u) * (np.abs(x) @ np.abs(w) + abs(b))
    # end


def exact(x, w, b):
    """The sum without any rounding: every float is a fraction."""
    return sum((Fraction(float(a)) * Fraction(float(c)) for a, c in zip(x, w, strict=True)), Fraction(float(b)))


# %% [markdown]
# ## Check
#
# A thousand programs, each with an order of its own, against the exact sum. And three others: one does not compute in
# float64, two are wrong.

# %%
x, w, b = X[0], weights["trained"].W1[0], weights["trained"].b1[0]
truth, radius = exact(x, w, b), bound(x, w, b)
rng = np.random.default_rng(0)
sums = []
for _ in range(1000):
    terms = rng.permutation(np.append(x * w, b))
    sums.append(np.cumsum(terms)[-1])  # strictly from left to right
off = np.array([float(Fraction(float(s)) - truth) for s in sums])
narrow = np.float64(x.astype(np.float32) @ w.astype(np.float32)) + b
slips = {
    "not a float64 program": narrow,
    "one weight off by 1e-9 of itself": x @ w + b + 1e-9 * np.max(x * w),
    "bias forgotten": x @ w,
}
assert radius > 0
assert np.all(np.abs(off) <= radius), "a correct program is outside of your bound"
print(f"bound {radius:.1e}; of 1,000 orders the worst is off by {np.abs(off).max():.1e}")
for name, value in slips.items():
    distance = abs(float(Fraction(float(value)) - truth))
    print(f"{name}: off by {distance:.1e}, {'inside' if distance <= radius else 'outside'}")
    assert distance > radius, "a wrong program is inside of your bound"

figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
axes.hist(np.maximum(np.abs(off), 1e-18), bins=np.geomspace(1e-18, 1e-13, 40), color="tab:blue")
axes.axvspan(1e-18, radius, color="tab:green", alpha=0.15)
axes.axvline(radius, color="tab:green")
axes.annotate("proven bound", (radius, 125), (6, 0), textcoords="offset points", color="darkgreen")
for height, (name, value) in zip((20, 45, 70), slips.items(), strict=True):
    distance = abs(float(Fraction(float(value)) - truth))
    axes.plot(distance, 0, "x", color="tab:red", markersize=10, markeredgewidth=3, clip_on=False)
    axes.annotate(
        name,
        (distance, 0),
        (distance, height),
        ha="right" if distance > 1e-3 else "left",
        fontsize=11,
        arrowprops={"arrowstyle": "-", "color": "0.6"},
    )
axes.set(xscale="log", xlim=(1e-18, 1e1), ylim=(0, None), xlabel="distance from the exact sum", ylabel="programs")
axes.set_title("A thousand correct float64 programs, and three others")
plt.show()

# %% [markdown]
# No program that adds these numbers in float64 can be outside, in any order, on any machine with IEEE float64. That is
# what *enclosure* means: a set that is proven to hold every correct answer. Whoever is outside is wrong, or did not
# compute in float64, and that is no opinion. The bound is wide compared with what happens, since it allows for the
# worst case at every rounding; and it is still far below the mistakes.
#
# Backproof does this for all twelve lines, with a form for each way of writing a line.
#
# ## Break
#
# The same five wrong gradients, before the judge. No tolerance is passed to it; there is none.

# %%
rows = []
for f in wrong:
    verdicts = []
    for name, parameters in weights.items():
        case = probe(name, parameters, X, y)
        here = f(lines(case.X, case.y, *case.parameters))
        culprit = judge([case], [here], "float64")[0].culprit
        verdicts.append(f"wrong: {culprit}" if culprit else "accepted")
    rows.append([f.__name__, *verdicts])
cases = [probe(name, parameters, X, y) for name, parameters in weights.items()]
correct = judge(cases, [lines(c.X, c.y, *c.parameters) for c in cases], "float64")
rows.append(["(the correct one)", *("accepted" if not judgement.culprit else "wrong" for judgement in correct)])
print(tabulate(rows, headers=["a gradient", *weights]))
assert not any(judgement.culprit for judgement in correct)
assert all("wrong" in verdict for row in rows[:-1] for verdict in row[1:])


# %% [markdown]
# For networks of any kind there is `check_backprop`. It has no tolerance either: it runs the program on exact numbers.
# Here is a factor again, made where it is easily made: a division by n - 1, as one knows it from the variance.


# %%
def backprop(X, y, W1, b1, W2, b2):
    A1 = sigmoid(X @ W1.T + b1)
    Z2 = A1 @ W2.T + b2
    loss = np.mean(np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]))
    dZ2 = (sigmoid(Z2) - y[:, None]) / (len(y) - 1)
    dZ1 = dZ2 @ W2 * A1 * (1 - A1)
    return loss, dZ1.T @ X, dZ1.sum(0), dZ2.T @ A1, dZ2.sum(0)


print(check_backprop(backprop).text(hint=3))

# %% [markdown]
# ## Power
#
# A check that accepts says little, unless it also says what it would have caught. Its **power** is the smallest mistake
# that it would have seen, relative to the true value: (bound + own error) / |truth|. A power of 1 or more is *blind*:
# there even a zero passes.
#
# Predict: at the trained weights, how small a mistake in an entry of `dW1` does each of these see: `gradcheck`, an
# enclosure in float64, an enclosure in float32?

# %%
case = probe("trained", weights["trained"], X, y)
W1_gradient = numeric["trained"][: 12 * 784]
seen = {
    "gradcheck, float64": (1e-5 + 1e-3 * np.abs(W1_gradient[W1_gradient != 0])) / np.abs(W1_gradient[W1_gradient != 0])
}
for dtype in ("float32", "float64"):
    typed = Parameters(*(p.astype(dtype) for p in case.parameters))
    steps = lines(case.X.astype(dtype), case.y.astype(dtype), *typed)
    seen[f"enclosure, {dtype}"] = judge([case], [steps], dtype)[0]["dW1"].power.ratios

figure, axes = plt.subplots(figsize=(8, 4.4), layout="constrained")
for (name, ratios), dash in zip(seen.items(), ("-", "--", "-."), strict=True):
    share = np.linspace(0, 100, ratios.size)
    axes.semilogy(share, np.sort(ratios.ravel()), dash, linewidth=2)
    axes.annotate(name, (3, 8 * np.median(ratios)), fontsize=11)
    print(f"{name}: median {np.median(ratios):.0e}, {np.mean(ratios >= 1):.0%} of the entries blind")
axes.axhline(1, color="black", linewidth=0.8)
axes.text(100, 0.1, "blind: above this line a zero passes", ha="right", fontsize=11)
axes.set(xlabel="share of the entries of dW1, percent", ylabel="smallest mistake seen (relative)")
axes.set_title("What each check would have caught, at trained weights")
plt.show()

# %% [markdown]
# ## Explain
#
# - Differences know nothing of your formulas, and little of the truth. Use them to find out whether a gradient is
#   *about* right.
# - A tolerance is a guess. Too wide, and small mistakes pass; too narrow, and correct programs are called wrong.
#   Absolute tolerances go blind where derivatives are small: at the end of a training that went well.
# - An enclosure is a theorem about the program at these inputs. It costs thought, once, and knowledge of the network.
#   A replay on exact numbers needs no such knowledge: it gives the true gradient of any program, and so says whether
#   each formula is right as mathematics.
# - Without its power a verdict of "correct" is worth little. Ask for it.
#
# The answers to the predictions: at the initial weights the factor and the single entry pass, at the trained ones
# everything but the zeros; there `gradcheck` is blind for 99 % of `dW1`. And how far correct answers can be apart can
# be known beforehand. In lesson 5 you hunt mistakes by the marks that they leave.
