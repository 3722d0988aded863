# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. The forward pass, with shapes
#
# Five lines lead from the pixels to the loss. In this lesson you write them, and learn what goes wrong without any
# error: pixels that nobody scaled, and shapes that fit by accident.
#
# You need lesson 1, and NumPy's matrix product `@`.

# %%
# start

# %%
import matplotlib.pyplot as plt
import numpy as np
from tabulate import tabulate

from data import load
from engines import initial_weights, load_engine
from lessons.judging import words

dataset = load()
X, y = dataset.X_train, dataset.y_train
print(f"X {X.shape}, y {y.shape}; 0 is {dataset.class_names[0]}, 1 is {dataset.class_names[1]}")
print(f"pixels from {X.min():g} to {X.max():g}")

# %% [markdown]
# A row of `X` is an image: 784 pixels, one after the other. They were published as whole numbers up to 255, and are
# divided by that once, before anybody sees them. Is this a matter of taste?
#
# ## Predict
#
# A hidden unit adds up 784 pixels, each times a weight, and puts the sum through a sigmoid. With unscaled pixels the
# sum is 255 times as large. What becomes of the slope of the sigmoid: 255 times smaller, or nothing at all?

# %%
print(f"{X.shape[1]} pixels, the brightest {round(255 * X.max())} before they are scaled")


def sigmoid(z):
    with np.errstate(over="ignore"):  # exp(-z) may overflow to inf, and 1 / inf is the 0 it should be
        return 1 / (1 + np.exp(-z))


rng = np.random.default_rng(0)
W1 = rng.uniform(-1, 1, (12, X.shape[1])) / np.sqrt(X.shape[1])
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
for scale, name, dash in ((1, "scaled to 1", "-"), (255, "as published, up to 255", "--")):
    a = sigmoid(scale * X[:500] @ W1.T)
    slopes = np.sort((a * (1 - a)).ravel())
    axes.semilogy(np.linspace(0, 100, len(slopes)), np.maximum(slopes, 1e-20), dash, linewidth=2, label=name)
    print(f"{name}: median slope {np.median(slopes):.2g}, exactly 0 for {np.mean(slopes == 0):.0%} of the units")
    print(f"  below a millionth for {np.mean(slopes < 1e-6):.0%}")
axes.axhline(0.25, color="black", linewidth=0.8)
axes.set(xlabel="share of units and samples, percent", ylabel="slope of the sigmoid (log scale)", ylim=(1e-20, 2))
axes.set_title("Unscaled pixels switch most hidden units off")
axes.legend(frameon=False, loc="lower right")
plt.show()

# %% [markdown]
# A slope of 0 lets nothing through on the way back, and one of a millionth next to nothing: those units do not learn
# from that sample. Does it matter? Train the network on the same images twice.

# %%
for scale, name in ((1, "scaled to 1"), (255, "as published, up to 255")):
    engine = load_engine("numpy")(initial_weights(784, 12, seed=0))
    with np.errstate(over="ignore"):
        engine.fit(scale * X[:2000], y[:2000], epochs=5, learning_rate=0.01, batch_size=1)
        right = engine.predict(scale * dataset.X_test) == dataset.y_test
    print(f"{name}: {np.mean(right):.1%} of the test images are right")

# %% [markdown]
# No line of the program is wrong, and no checker of gradients can complain. But without scaling the network only
# guesses.
#
# ## Write
#
# Now the five lines, with their shapes: `X` is (n, d), `y` is (n,), `W1` is (h, d), `b1` is (h,), `W2` is (1, h), `b2`
# is (1,). The loss is the binary cross-entropy of each sample, from the logit: $\log(1 + e^{\mp Z_2})$, with the minus
# for class 1. `np.logaddexp(0, t)` is $\log(1 + e^t)$, and safe for every $t$.


# %%
def forward(X, y, W1, b1, W2, b2):
    # write: compute Z1 (n, h), A1 (n, h), Z2 (n, 1), A2 (n, 1) and loss (n,)
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])
    # end
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "loss": loss}


# %% [markdown]
# ## Check
#
# The judge calls your function with networks of several sizes, and has one word for each line.

# %%
found = words(forward)
print(found)
assert set(found.values()) <= {"rounding", "cancels"}, f"a line is wrong: {found}"

# %% [markdown]
# *Rounding* means: every entry lies within what rounding can do to a correct program, and that is proven, not guessed.
#
# ## Predict
#
# Take the shapes away and see what NumPy lets pass. `Z2` is (n, 1), `y` is (n,). With n = 5, what is the shape of `(1 -
# 2 * y) * Z2`?

# %%
some_y, some_Z2 = np.array([0.0, 1.0, 0.0, 1.0, 1.0]), np.arange(5.0)[:, None]
print("(1 - 2 * y) * Z2 has the shape", ((1 - 2 * some_y) * some_Z2).shape)
print("its mean is", ((1 - 2 * some_y) * some_Z2).mean(), "and should be", ((1 - 2 * some_y) * some_Z2[:, 0]).mean())

# %% [markdown]
# Every label met every logit, and a mean over all of them is a number that looks like a loss. This is *broadcasting*:
# an axis of length 1 is stretched to fit.
#
# ## Break
#
# Six lines with a slip in their shapes. Which of them raise an error, and does that depend on the sizes? Guess, then
# run: four choices of n samples, d inputs and h hidden units.

# %%
slips = {
    "X @ W1.T + b1[:, None]": "(n, h)",
    "X @ W1 + b1": "(n, h)",
    "A1 * W2 + b2": "(n, 1)",
    "A1 @ W2.T + b1": "(n, 1)",
    "(1 - 2*y) * Z2": "(n,)",
    "A2 - y": "(n, 1)",
}
sizes = {"n 5, d 7, h 3": (5, 7, 3), "n = h = 3": (3, 7, 3), "d = h = 3": (5, 3, 3), "n = 1": (1, 7, 3)}
SHAPES = {
    "X": "nd", "y": "n", "W1": "hd", "b1": "h", "W2": "1h", "b2": "1", "A1": "nh", "Z2": "n1", "A2": "n1"
}  # fmt: skip


def outcome(line, n, d, h):
    """The shape that a line gives, as text, or error."""
    length = {"n": n, "d": d, "h": h, "1": 1}
    arrays = {name: np.ones([length[axis] for axis in axes]) for name, axes in SHAPES.items()}
    try:
        return str(eval(line, arrays).shape)
    except ValueError:
        return "error"


rows = [[line, meant, *(outcome(line, *size) for size in sizes.values())] for line, meant in slips.items()]
print(tabulate(rows, headers=["line", "should be", *sizes]))

# %% [markdown]
# Different sizes turn some of the accidents into errors. The second line passes only where d equals h, the first only
# where n equals h, or n is 1. But an axis of length 1 stretches silently whatever the sizes, and the other four lines
# have one. Only the expected shape, written beside the line, finds those. With a single sample the last line even has
# the right shape.
#
# The judge knows the shapes. Here is one of the six in the whole pass, and two mistakes that no shape can show.


# %%
def wrong_shape(X, y, W1, b1, W2, b2):
    lines = forward(X, y, W1, b1, W2, b2)
    lines["loss"] = np.logaddexp(0, (1 - 2 * y) * lines["Z2"])
    return lines


def wrong_activation(X, y, W1, b1, W2, b2):
    lines = forward(X, y, W1, b1, W2, b2)
    lines["A1"] = np.tanh(lines["Z1"])
    lines["Z2"] = lines["A1"] @ W2.T + b2
    lines["A2"] = sigmoid(lines["Z2"])
    lines["loss"] = np.logaddexp(0, (1 - 2 * y) * lines["Z2"][:, 0])
    return lines


def wrong_bias(X, y, W1, b1, W2, b2):
    return forward(X, y, W1, 0 * b1, W2, b2)


for broken in (wrong_shape, wrong_bias, wrong_activation):
    print(broken.__name__, words(broken))

# %% [markdown]
# None raises an error. Only the first wrong line is at fault; the later ones are right, given what they were handed.
#
# ## Write
#
# One more thing that is right on paper. Many programs compute the loss from the probability, $-\log A_2$ for class 1.
# Where `A2` has been rounded to 1 or to 0, that is too late.


# %%
def loss_from_probability(Z2, y):
    # write: return -log(A2) for y = 1 and -log(1 - A2) for y = 0, with A2 = sigmoid(Z2)
    A2 = sigmoid(Z2)
    return -np.log(np.where(y == 1, A2, 1 - A2))
    # end


logits = np.linspace(0, 45, 400)
with np.errstate(divide="ignore"):
    late = loss_from_probability(logits, np.zeros_like(logits))
early = np.logaddexp(0, logits)
assert np.allclose(late[:10], early[:10])
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
finite = np.isfinite(late)
axes.plot(logits, early, linewidth=4, alpha=0.4, label="logaddexp(0, Z2)")
axes.plot(logits[finite], late[finite], "--", label="-log(1 - A2)")
axes.axvspan(logits[finite][-1], 45, color="0.85")
axes.text(logits[finite][-1] + 0.4, 8, "infinite", fontsize=11)
axes.set(xlabel="logit Z2 of a sample with y = 0", ylabel="loss, nats")
axes.set_title("A loss from the probability ends where the probability is rounded to 1")
axes.legend(frameon=False, loc="upper left")
plt.show()
print(f"the last finite one is at a logit of {logits[finite][-1]:.1f}")

# %% [markdown]
# ## Explain
#
# - Scaling is part of the network: without it most of the slopes vanish, and the network only guesses.
# - The shapes are part of the formula. Write the expected shape beside each line. When you test, choose samples, inputs
#   and hidden units of different numbers, and more than one sample: then some accidents are errors.
# - A label of shape (n,) against a logit of shape (n, 1) is no error. Say which you mean: `y[:, None]` or `Z2[:, 0]`.
# - A loss from the logit is finite everywhere.
#
# The answers to the predictions: the slope falls exponentially, so that most units have nothing left; and the product
# is (5, 5). In lesson 3 you walk back.
