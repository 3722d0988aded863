# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 9. Ten classes
#
# Two classes need one sigmoid. Ten need a softmax, and most networks have a ReLU where ours had a sigmoid. You derive
# what changes on the way back, write it, and have it judged. Then come five mistakes that many have made before you.
#
# You need lesson 3: going back through a product, and through a function.

# %%
# start

# %%
import matplotlib.pyplot as plt
import numpy as np

from backproof import check_backprop
from lessons.planting import plant

# %% [markdown]
# ## The way forward
#
# Rows are samples again. `X` is (n, d), and `labels` is (n,): whole numbers from 0 to 9. The hidden layer is
# $\max(0, Z_1)$, entry by entry. The scores of a sample are ten numbers $z_1, \dots, z_{10}$, and the softmax makes
# probabilities of them:
#
# $$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}.$$
#
# The loss of a sample is $-\log p_t$, where $t$ is its true class: the *cross-entropy*.


# %%
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(X, labels, W1, b1, W2, b2):
    Z1 = X @ W1 + b1  # (n, h)
    H = np.maximum(0, Z1)  # (n, h)
    scores = H @ W2 + b2  # (n, 10)
    P = softmax(scores)  # (n, 10)
    loss = -np.log(P[np.arange(len(labels)), labels]).mean()
    return Z1, H, P, loss


def example():
    rng = np.random.default_rng(1)
    return {
        "X": rng.normal(size=(12, 6)),
        "labels": np.arange(12) % 10,
        "W1": rng.normal(size=(6, 5)),
        "b1": 0.1 * rng.normal(size=5),
        "W2": rng.normal(size=(5, 10)),
        "b2": 0.1 * rng.normal(size=10),
    }


# %% [markdown]
# The largest score is taken off before the exponential. It changes no probability, since it cancels in the quotient,
# and it keeps $e^{1000}$ from becoming infinite.
#
# ## Predict
#
# The sigmoid has one slope for each entry. A softmax has more: every probability depends on *every* score of its
# sample. If $z_1$ grows, does $p_2$ grow, shrink, or stay?
#
# ## Write: the scores
#
# By the quotient rule (Bishop, *Pattern Recognition and Machine Learning*, 2006, equation $4.106$)
#
# $$\frac{\partial p_i}{\partial z_j} = p_i \,(\delta_{ij} - p_j),$$
#
# where $\delta_{ij}$ is 1 for $i = j$ and 0 otherwise: for each sample a whole matrix, (10, 10). Now the loss:
#
# $$\frac{\partial}{\partial z_j} (-\log p_t) = -\frac{1}{p_t}\, p_t\, (\delta_{tj} - p_j) = p_j - \delta_{tj}.$$
#
# The matrix is gone. What is left are the probabilities, minus 1 in the column of the true class. And the loss is the
# mean over n samples.


# %%
def dscores_of(P, labels):
    # write: return the derivative of the mean loss with respect to the scores (n, 10); P must not be changed
    d = P.copy()
    d[np.arange(len(labels)), labels] -= 1
    return d / len(labels)
    # end


# %% [markdown]
# Three things can be tested without a judge. Each row adds up to 0, for a score added to all ten changes no
# probability. One entry of a row is negative: that of the true class. And `P` is still what it was.

# %%
some_P = softmax(np.random.default_rng(0).normal(size=(3, 10)))
some_labels, before = np.array([4, 0, 9]), some_P.copy()
some = dscores_of(some_P, some_labels)
assert np.array_equal(some_P, before), "P was changed: work on a copy"
assert some.shape == (3, 10), "the derivative must have the shape of the scores"
assert np.abs(some.sum(axis=1)).max() < 1e-12, "each row must add up to 0"
assert [list(np.flatnonzero(row < 0)) for row in some] == [[4], [0], [9]], "only the true class has a negative entry"
print("rows add up to 0, and the true classes are", some_labels)

# %% [markdown]
# ## Write: the rest of the way
#
# Back through the product `H @ W2 + b2`, as in lesson 3, though here `W2` is (h, 10). Then the ReLU: its slope is 1
# where `Z1` is positive, and 0 elsewhere. A gradient passes where the value has passed, and nowhere else.


# %%
def backprop(X, labels, W1, b1, W2, b2):
    Z1, H, P, loss = forward(X, labels, W1, b1, W2, b2)
    dscores = dscores_of(P, labels)
    # write: make dW2, db2, dH, dZ1, dW1 and db1, each in the shape of its thing
    dW2 = H.T @ dscores
    db2 = dscores.sum(axis=0)
    dH = dscores @ W2.T
    dZ1 = dH * (Z1 > 0)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    # end
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% [markdown]
# ## Check
#
# The judge needs the function and the arguments of one small call. A correct program is told what each of its
# variables is.

# %%
answer = check_backprop(backprop, **example())
print(answer)
assert answer.diagnosis.verdict == "correct", answer

# %% [markdown]
# ## Break
#
# Five mistakes that are made again and again. For each, **predict**: does it raise an error? Which gradients will be
# wrong? Which line will the judge name? `broken` has the program judged with one line changed; with a higher hint the
# answer says more.


# %%
def broken(old, new, hint=2):
    """Judge the program with one line changed."""
    answer = plant([softmax, forward, example, dscores_of, backprop], old, new, hint=hint)
    print(answer)
    return answer.diagnosis


# %% [markdown]
# **One.** The slope of a sigmoid, as it was in lesson 3, put after the softmax too: "through every function, times its
# slope".

# %%
found = broken("dscores = dscores_of(P, labels)", "dscores = dscores_of(P, labels) * P * (1 - P)")
assert found.verdict == "wrong"

# %% [markdown]
# The step through the softmax has been taken already: $p - \delta$ is the derivative with respect to the *scores*.
# And a softmax has no slope for each entry; it has a matrix.
#
# **Two.** The mask of the ReLU, taken from the gradient instead of the value.

# %%
found = broken("dZ1 = dH * (Z1 > 0)", "dZ1 = dH * (dH > 0)", hint=4)
assert found.culprits[0].expression in ("dH > 0", "dH * (dH > 0)", "dH", "dZ1")

# %% [markdown]
# Some of the entries come out right by chance. A comparison of one number could miss it; the loss may even fall.
#
# **Three.** The softmax over the wrong axis. The probabilities of a *class* add up to 1, over the samples.

# %%
found = broken("e / e.sum(axis=1, keepdims=True)", "e / e.sum(axis=0, keepdims=True)")
assert found.verdict == "wrong"

# %% [markdown]
# The forward pass and the backward pass no longer belong together. The judge takes the loss that the program returns
# for what is meant, so it names a place on the way back. Which of the two lines is the mistake, only you can know: if
# you have a loss that you trust, hand it over as `reference=`.
#
# **Four.** The mean is forgotten.

# %%
found = broken("return d / len(labels)", "return d", hint=4)
assert found.verdict == "wrong"

# %% [markdown]
# All gradients are off by one factor: that is one sentence, and one line.
#
# **Five.** No copy: the probabilities are changed in place. Here it does no harm, since nobody reads `P` afterwards.

# %%
found = broken("d = P.copy()", "d = P")
assert found.verdict == "correct"

# %% [markdown]
# The gradients are right. But move the line of the loss below it, and it is the logarithm of a negative number. A
# mistake that does no harm yet is the hardest to find later.
#
# ## What a curve shows
#
# Is a check needed at all, if the loss falls? Ten clusters of points, forty numbers each; the network is trained by
# the correct gradient, and by that of the first mistake.

# %%
rng = np.random.default_rng(3)
centres = rng.normal(size=(10, 40))
labels = np.arange(600) % 10
X = centres[labels] + 1.6 * rng.normal(size=(600, 40))


def trained(slope, steps=150, rate=0.5):
    """The losses of a training; with `slope`, the softmax is given one."""
    draw = np.random.default_rng(0).normal
    W1, b1, W2, b2 = draw(size=(40, 16)) / 6, np.zeros(16), draw(size=(16, 10)) / 4, np.zeros(10)
    losses = []
    for _ in range(steps):
        Z1, H, P, loss = forward(X, labels, W1, b1, W2, b2)
        losses.append(loss)
        dscores = dscores_of(P, labels) * (P * (1 - P) if slope else 1)
        dZ1 = (dscores @ W2.T) * (Z1 > 0)
        W2, b2 = W2 - rate * H.T @ dscores, b2 - rate * dscores.sum(axis=0)
        W1, b1 = W1 - rate * X.T @ dZ1, b1 - rate * dZ1.sum(axis=0)
    P = forward(X, labels, W1, b1, W2, b2)[2]
    return losses, (P.argmax(axis=1) == labels).mean()


figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
for name, slope, style in (("correct", False, "-"), ("with a slope too many", True, "--")):
    losses, right = trained(slope)
    axes.plot(losses, style, linewidth=2.5, label=name)
    print(f"{name}: the loss goes from {losses[0]:.2f} to {losses[-1]:.2f}; {right:.0%} of the samples are right")
axes.set(xlabel="step", ylabel="mean cross-entropy", ylim=(0, None))
axes.set_title("A wrong gradient learns too, only worse")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## Explain
#
# The wrong gradient has the right signs, so its loss falls. Where the network is sure and wrong, $p(1 - p)$ is nearly
# 0, and that is where it ought to learn most. Whoever sees only this curve changes the learning rate, and looks no
# further.
#
# The answer to the prediction: if $z_1$ grows, $p_2$ shrinks, for $\partial p_2 / \partial z_1 = -p_2 p_1$.
#
# ## What to take away
#
# - Softmax and cross-entropy together have the derivative $p - \delta$, divided by n. Apart, the softmax has a matrix.
# - A ReLU passes a gradient where the *value* was positive.
# - A falling loss proves nothing.
