# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7. Training
#
# A gradient says in which direction to go. Training is to go there, 240,000 times. In this lesson you write the loop,
# find out what its three knobs do, break it in ways that no loss curve shows, and learn how to tell.
#
# You need lessons 3 and 4.

# %%
# start

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from tabulate import tabulate

from data import load
from engines import Parameters, initial_weights, load_engine
from proof.audit import Block, audit_blocks
from proof.certify import certify

dataset = load()
X, y, X_test, y_test = dataset.X_train, dataset.y_train, dataset.X_test, dataset.y_test
RATE = float(np.float32(0.01))
NumpyEngine = load_engine("numpy")
print(f"{len(y):,} training images, {len(y_test):,} test images; 20 epochs are {20 * len(y):,} steps")

# %% [markdown]
# ## Predict
#
# Each step looks at one image and moves every weight a little against the gradient of that image's loss: stochastic
# gradient descent, with a batch of one. How many images does the network have to see before it tells a dress from an
# ankle boot nine times out of ten? A hundred, a thousand, or all of them, several times?
#
# ## Write
#
# The gradient of one image is the backward pass of lesson 3 with n = 1. You write the step.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradient(parameters, x, label):
    """The gradients of one image's loss: x (d,), label 0 or 1."""
    W1, b1, W2, b2 = parameters
    A1 = sigmoid(W1 @ x + b1)
    A2 = sigmoid(W2 @ A1 + b2)
    dZ2 = A2 - label
    dZ1 = dZ2 * W2[0] * A1 * (1 - A1)
    return Parameters(np.outer(dZ1, x), dZ1, np.outer(dZ2, A1), dZ2)


def sgd(parameters, X, y, rate=RATE):
    """Once over these images, in their order: the new parameters."""
    for x, label in zip(X, y, strict=True):
        W1, b1, W2, b2 = parameters
        dW1, db1, dW2, db2 = gradient(parameters, x, label)
        # write: parameters, moved against the gradient by the learning rate
        parameters = Parameters(W1 - rate * dW1, b1 - rate * db1, W2 - rate * dW2, b2 - rate * db2)
        # end
    return parameters


# %% [markdown]
# ## Check
#
# A loop can be judged as a gradient can. The **audit** takes where your loop began and where it ended, runs the steps
# again, and computes how far rounding can have carried a correct loop by then. Whoever is further away has not done
# these steps.


# %%
def audit(loop, start, X, y):
    """What the audit says of a loop over these images, and how small a mistake it would have seen.

    That is its radius: what rounding can have done, as a share of the way that a weight has gone, in the median over
    the weights.
    """
    (audited,) = audit_blocks(
        [Block(start, loop(start, X, y), X, y)], learning_rate=RATE, batch_size=1, dtype="float64"
    )
    return audited


start = initial_weights(784, 12, seed=0)
audited = audit(sgd, start, X[:300], y[:300])
print(f"{audited.steps} steps: {audited.word}; an error of {audited.radius:.0e} of its way shows in the median weight")
assert audited.word == "rounding", audited

# %% [markdown]
# ## Twenty epochs
#
# The project's NumPy engine takes the same steps, faster. After each epoch we ask for the accuracy and the mean loss on
# both sets of images. Before you look: will the test loss turn upwards?


# %%
def measured(engine):
    """Accuracy and mean loss on the training images, then on the test images."""
    return [
        number
        for images, labels in ((X, y), (X_test, y_test))
        for number in (np.mean(engine.predict(images) == labels), engine.loss(images, labels).mean())
    ]


engine = NumpyEngine(start)
seen = 0
for count in (100, 300, 1000):
    engine.fit(X[seen:count], y[seen:count], epochs=1, learning_rate=RATE)
    seen = count
    print(f"after {count:5,} images: {np.mean(engine.predict(X_test) == y_test):.1%} of the test images are right")

engine = NumpyEngine(start)
course = []
for _ in range(20):
    engine.fit(X, y, epochs=1, learning_rate=RATE)
    course.append(measured(engine))
train_accuracy, train_loss, test_accuracy, test_loss = np.array(course).T
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
axes.semilogy(range(1, 21), train_loss, "o-", label="training images")
axes.semilogy(range(1, 21), test_loss, "s--", label="test images")
axes.set(xlabel="epoch", ylabel="mean loss, nats (log scale)", xticks=range(2, 21, 2))
axes.set_title("Twenty epochs of stochastic gradient descent")
axes.legend(frameon=False)
plt.show()
best = int(np.argmin(test_loss)) + 1
print(f"after 1 epoch {test_accuracy[0]:.2%} of the test images are right, after 20 {test_accuracy[-1]:.2%}")
print(f"of the training images {train_accuracy[-1]:.2%}; the test loss is smallest after epoch {best}")
print(f"mean loss after 20 epochs: training {train_loss[-1]:.2e}, test {test_loss[-1]:.2e}")

# %% [markdown]
# A network is *over-fitted* when the training loss goes on falling while the test loss rises. Here the training loss
# falls to the end. The test loss is ten times as large, and from epoch 14 on it goes nowhere, while the accuracy stays
# at 99.95 %: a little over-fitted by the book, and harmless. More epochs would buy nothing.
#
# ## Three knobs
#
# The students who wrote the report that this project grew out of had to try different numbers of hidden units and of
# epochs; their learning rate they do not say. You can try all three. Predict first: what happens at a learning rate a
# hundred times larger, and what with a single hidden unit?


# %%
def tried(rate=RATE, hidden=12, seed=0, epochs=5, images=2000):
    """The test loss and the accuracy on the test images after a short training."""
    engine = NumpyEngine(initial_weights(784, hidden, seed=seed))
    # write: train the engine with fit on the first images, so many epochs at this rate
    engine.fit(X[:images], y[:images], epochs=epochs, learning_rate=rate)
    # end
    return engine.loss(X_test, y_test).mean(), np.mean(engine.predict(X_test) == y_test)


rates, hiddens = 10.0 ** np.arange(-4, 1.6, 0.5), (1, 2, 4, 12, 32)
by_rate = np.array([[tried(rate=rate, seed=seed) for rate in rates] for seed in (0, 1)])
by_hidden = np.array([[tried(hidden=hidden, seed=seed) for hidden in hiddens] for seed in (0, 1)])
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True, layout="constrained")
left.loglog(rates, by_rate[..., 0].T, "o-", color="tab:blue", alpha=0.7)
left.axvline(RATE, color="black", linewidth=0.8, linestyle=":")
left.annotate("this project's", (RATE, 1), (5, 0), textcoords="offset points", fontsize=11)
left.set(xlabel="learning rate", ylabel="test loss, nats (log scale)", title="12 hidden units")
right.loglog(hiddens, by_hidden[..., 0].T, "s-", color="tab:orange", alpha=0.7)
right.set(xlabel="hidden units", title="learning rate 0.01", xticks=hiddens, xticklabels=hiddens)
right.minorticks_off()
figure.suptitle("Five epochs of 2,000 images, from two starts each")
plt.show()
headers = ["test loss", "test accuracy"]
for knob, values, both in (("learning rate", rates, by_rate), ("hidden units", hiddens, by_hidden)):
    means = both.mean(0)
    rows = [[f"{value:.2g}", f"{a:.2g}", f"{b:.2%}"] for value, (a, b) in zip(values, means, strict=True)]
    print(tabulate(rows, headers=[knob, *headers], disable_numparse=True), end="\n\n")
print(f"the best rate of these: {rates[by_rate[..., 0].mean(0).argmin()]:.2g}")

# %% [markdown]
# The learning rate has a wide valley, two powers of ten, and a cliff on its right, between 1 and 3.2: there the steps
# are so long that the network only guesses, and 50.10 % of the images are right. This project's 0.01 is safe, not the
# best. A single hidden unit is enough to tell nearly all dresses from nearly all boots. A dozen are better, in loss; in
# accuracy there is nothing to choose.
#
# ## Break
#
# Five loops with one thing wrong in each, and the right one. The picture calls them A to F, in no order. Guess which is
# which, and which of them you would have noticed in a project of your own.


# %%
def biases_forgotten(parameters, X, y):
    for x, label in zip(X, y, strict=True):
        step = gradient(parameters, x, label)
        parameters = parameters._replace(W1=parameters.W1 - RATE * step.W1, W2=parameters.W2 - RATE * step.W2)
    return parameters


def W2_moved_first(parameters, X, y):
    for x, label in zip(X, y, strict=True):
        W2 = parameters.W2 - RATE * gradient(parameters, x, label).W2
        step = gradient(parameters._replace(W2=W2), x, label)
        parameters = Parameters(
            parameters.W1 - RATE * step.W1, parameters.b1 - RATE * step.b1, W2, parameters.b2 - RATE * step.b2
        )
    return parameters


def every_third_skipped(parameters, X, y):
    kept = np.arange(len(y)) % 3 != 2
    return sgd(parameters, X[kept], y[kept])


def in_another_order(parameters, X, y):
    return sgd(parameters, X[::-1], y[::-1])


def rate_twice(parameters, X, y):
    return sgd(parameters, X, y, rate=RATE * RATE)


loops = (sgd, biases_forgotten, W2_moved_first, every_third_skipped, in_another_order, rate_twice)
hidden_names = dict(zip("ABCDEF", np.random.default_rng(7).permutation(len(loops)), strict=True))
figure, axes = plt.subplots(figsize=(8, 4.4), layout="constrained")
reached = {}
for letter, dash, width in zip("ABCDEF", ("-", "--", "-.", ":", "--", "-."), (6, 5, 4, 3, 2, 1.5), strict=True):
    loop, parameters, losses = loops[hidden_names[letter]], start, []
    for _ in range(4):
        parameters = loop(parameters, X[:3000], y[:3000])
        engine.parameters = parameters
        losses.append(engine.loss(X_test, y_test).mean())
    axes.semilogy(range(1, 5), losses, dash, linewidth=width, alpha=0.7, label=letter)
    reached[letter] = (losses[-1], np.mean(engine.predict(X_test) == y_test))
axes.set(xlabel="epoch of 3,000 images", ylabel="test loss, nats (log scale)", xticks=range(1, 5))
axes.set_title("One loop is right, five are broken")
axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# Write your guesses down, a name for each letter. Then ask the audit.

# %%
rows = []
for letter, number in hidden_names.items():
    word = audit(loops[number], start, X[:300], y[:300]).word
    rows.append([letter, loops[number].__name__, f"{reached[letter][0]:.3g}", f"{reached[letter][1]:.2%}", word])
print(tabulate(rows, headers=["", "loop", "test loss", "test accuracy", "the audit says"], disable_numparse=True))
assert {row[1]: row[-1] for row in rows} == {f.__name__: "rounding" if f is sgd else "wrong" for f in loops}

# %% [markdown]
# Three of the five lie on the right one: no eye finds them, and no test of the accuracy does. `every_third_skipped`
# looks like a loop that learns a little slowly, which is what it is. Only `rate_twice` shows, and it looks like a
# learning rate that is too small. The audit saw all five, within the first 300 steps.
#
# An engine of your own, a class with `fit`, is audited in the same way: `python compare.py --engine my_engine.py:Mine`
# trains it beside the others.
#
# ## How far from the truth?
#
# Every step rounds, and the next one starts from what was rounded. Do the errors grow until nothing is right? Guess how
# many digits are left after some thousands of steps, in float64 and in float32.
#
# A **certificate** is the true course of the training: ball arithmetic with so many bits that each final weight is
# known to a thousandth of a float64's last place. Here is one for a short training.

# %%
images, epochs = 1000, 6
with tempfile.TemporaryDirectory() as folder:
    certificate = certify(start, X[:images], y[:images], X_test, epochs=epochs, learning_rate=RATE, cache=Path(folder))
widest = max(widths.max() for widths in certificate.widths(epochs - 1))
print(f"{images * epochs:,} true steps with {certificate.bits} bits; the widest ball is {widest:.0e} ulp wide")


def distance(epoch, parameters):
    """How far W1 is from the truth, as a share of its largest entry."""
    truth = certificate.high.W1[epoch]
    return np.abs(parameters.W1.astype(float) - truth).max() / np.abs(truth).max()


figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
for dtype, dash in (("float32", "o--"), ("float64", "s-")):
    engine, apart = NumpyEngine(start, dtype), []
    for epoch in range(epochs):
        engine.fit(X[:images], y[:images], epochs=1, learning_rate=RATE)
        apart.append(distance(epoch, engine.parameters))
    axes.semilogy(range(1, epochs + 1), apart, dash, label=f"NumPy engine, {dtype}")
    print(f"{dtype}: {apart[-1]:.0e} from the truth after {epochs * images:,} steps")
    same = np.mean(engine.predict(X_test) == certificate.predictions)
    print(f"  {same:.0%} of its test predictions are those of the true network")
parameters, apart = start, []
for epoch in range(epochs):
    parameters = sgd(parameters, X[:images], y[:images])
    apart.append(distance(epoch, parameters))
axes.semilogy(range(1, epochs + 1), apart, "^:", label="your loop, float64")
axes.set(xlabel=f"epoch of {images:,} images", ylabel="distance from the true W1 (relative)", ylim=(1e-17, 1))
axes.set_title("Rounding is a slow drift")
axes.legend(frameon=False, loc="center right")
plt.show()
print(f"your loop: {apart[-1]:.0e}")
print(f"of the true network's own test predictions {np.mean(certificate.proven):.0%} are proven")

# %% [markdown]
# The drift does not run away: a step along the gradient takes errors back to the same valley. Your loop and the engine
# are at the same distance from the truth, though they round differently. In float64 and in float32 the engine puts
# every test image into the same class as the true network does.
#
# ## Explain
#
# - A loop has three knobs and a hundred ways to be wrong. The knobs show in the curves. Most of the mistakes do not.
# - A high accuracy is no proof of a correct program: this problem is easy enough for broken loops.
# - The audit needs no curve and no patience. It asks whether *these* steps were taken, from *your* start.
# - Rounding is harmless here: the true network's predictions are proven, and the engine's are the same, in this short
#   experiment. `python compare.py certify` does it for the whole of the twenty epochs.
#
# The answers to the predictions: a hundred images are enough for nine out of ten. A hundred times the rate still
# learns, better than 0.01; three times more and it guesses. Of the digits of the weights about fourteen are left in
# float64, and five in float32. Now write a file of your own, in lesson 8.
