# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. The museum of mistakes
#
# Twelve backward passes hang here, and each has one broken line. All of them run. None of them raises an error or a
# warning. In each room you look at the marks that three mistakes leave, you guess which is which, and then you ask the
# judge.
#
# You need lessons 1 and 3, or the twelve lines by heart. Neither PyTorch nor JAX is used.

# %%
# setup: numpy, python-flint, matplotlib, tabulate, typer, msgspec

# %%
from backproof import check_backprop
from lessons.judging import words
from lessons.museum import EXHIBITS, SAYS, candidates, draw_marks, exhibit, named, small_inputs, twelve_lines

inputs = small_inputs()
X, y, W1, b1, W2, b2 = inputs
print(f"{len(EXHIBITS)} exhibits")
print(f"n = {len(X)} samples, d = {X.shape[1]} inputs, h = {len(b1)} hidden units")


# %%
def ask(number, hint=4):
    """What the judge says: 0 the verdict, 1 the gradients, 2 the line, 3 what it should be, 4 the patch."""
    print(check_backprop(exhibit(number)).text(hint).partition("\n\nNote")[0])


def compare(guesses):
    """Set your guesses beside the labels under the exhibits, and beside the patch that the judge has."""
    for number, guess in guesses.items():
        print(f"exhibit {number}: you say {guess}, it is {named(number)}: {'yes' if guess == named(number) else 'no'}")
        for culprit in check_backprop(exhibit(number)).diagnosis.culprits:
            print(f"    the judge would write: {culprit.patch.text.strip()}")


# %% [markdown]
# ## How to read a mark
#
# Each exhibit has two pictures.
#
# **The strip** has a row for each of the twelve lines. The first column compares the line with the *truth*: what the
# correct program gives from the same inputs. The second compares it with what the line should be given the program's
# *own lines* before it. A cross in both columns is the culprit: *wrong*. A cross in the first column alone *follows*.
#
# **The dots** are the entries of the culprit: across, what each should be from the program's own earlier lines; up,
# what it is. A correct line lies on the dashed diagonal.

# %% [markdown]
# ## Room 1: the error at the output
#
# ### Predict
#
# Three formulas for `dZ2` are wrong: one has the wrong sign, one has forgotten to divide by `n`, one has multiplied by
# a slope that does not belong. Before you run the next cell: what will the dots look like for each? Choose from
#
# - a straight line through the origin, steeper than the diagonal;
# - a straight line through the origin, falling;
# - dots on no straight line, all nearer to zero than they should be.

# %%
draw_marks([1, 2, 3], inputs)
print("\n".join(candidates([1, 2, 3])))

# %% [markdown]
# ### Write
#
# Say which mistake hangs where. The names to choose from stand under the pictures.

# %%
# write: guesses, a dictionary from the numbers 1, 2, 3 to the names of their mistakes
guesses = {1: "dZ2-mean-forgotten", 2: "dZ2-half-squared-error", 3: "dZ2-sign"}
# end

# %% [markdown]
# ### Check

# %%
compare(guesses)

# %%
ask(1)

# %% [markdown]
# ### Explain
#
# The wrong sign (`dZ2-sign`) mirrors every entry. The forgotten mean (`dZ2-mean-forgotten`) multiplies
# every entry by the same number, and that number is n: the slope of the dots *is* the mistake. The factor A2 (1 - A2)
# (`dZ2-half-squared-error`) differs from sample to sample, and is at most a quarter, so the dots move towards
# zero by different amounts.
#
# Everything after `dZ2` has a cross in the first column and none in the second. Seven lines off, one line wrong. A tool
# that only compares gradients with the truth shows you the four crosses of `dW2`, `db2`, `dW1`, `db1`, and leaves the
# search to you.

# %% [markdown]
# ## Room 2: the slope of the hidden units
#
# ### Predict
#
# `dZ1` is `dA1` times the slope `A1 * (1 - A1)`. One exhibit has lost the whole slope, one has lost the factor
# `(1 - A1)`, one takes the slope at `A1` and not at `Z1`.
#
# In which of them is *every* entry at least four times as large as it should be? In which can an entry be almost right?

# %%
draw_marks([4, 5, 6], inputs)
print("\n".join(candidates([4, 5, 6])))

# %% [markdown]
# ### Write
#
# Guess first, from the dots: the names stand under the pictures.

# %%
# write: slope_guesses, a dictionary from the numbers 4, 5, 6 to the names of their mistakes
slope_guesses = {4: "dZ1-slope-half-a", 5: "dZ1-slope-forgotten", 6: "dZ1-slope-at-activation"}
# end

# %% [markdown]
# The dots alone do not settle it. The *ratio* of what is to what should be does. Write the ratio that each of the three
# mistakes must give, as a function of `A1`.

# %%
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %%
A1 = twelve_lines(0, inputs)["A1"]
# write: ratios, a dictionary from each of the three names to its ratio wrong / right, computed from A1 (n, h)
slope = A1 * (1 - A1)
ratios = {
    "dZ1-slope-forgotten": 1 / slope,
    "dZ1-slope-half-a": A1 / slope,
    "dZ1-slope-at-activation": sigmoid(A1) * (1 - sigmoid(A1)) / slope,
}
# end

# %% [markdown]
# ### Check
#
# Which of your three ratios does each exhibit have, entry by entry?

# %%
right = twelve_lines(0, inputs)["dZ1"]
for number in (4, 5, 6):
    measured = twelve_lines(number, inputs)["dZ1"] / right
    fits = [name for name, ratio in ratios.items() if np.allclose(ratio, measured, rtol=1e-9)]
    print(f"exhibit {number}: from {measured.min():.3f} to {measured.max():.3f}, fits {fits}")

# %%
compare(slope_guesses)

# %% [markdown]
# ### Explain
#
# Without the slope (`dZ1-slope-forgotten`) the ratio is one over the slope, and the slope of a sigmoid is never
# above a quarter: every entry is at least four times too large, and in saturated units many times. With half of the
# slope (`dZ1-slope-half-a`) an entry is nearly right where A1 is near 0, so a check on few entries can be
# lucky. With the slope at the wrong place (`dZ1-slope-at-activation`) the factor is nearly the same number for
# all entries, between 0.197 and 0.25: where A1 is near a half that is nearly right, and at small initial weights A1
# *is* near a half. The next cell computes both numbers.

# %%
print(f"the slope at A1 = 1: {sigmoid(1) * (1 - sigmoid(1)):.3g}; at A1 = 0: {sigmoid(0) * (1 - sigmoid(0)):.3g}")
for scale in (0.01, 0.1, 1.0):
    near = twelve_lines(6, (X, y, scale * W1, scale * b1, W2, b2))["dZ1"]
    good = twelve_lines(0, (X, y, scale * W1, scale * b1, W2, b2))["dZ1"]
    print(f"W1 and b1 times {scale}: exhibit 6 is off by {100 * np.abs(near / good - 1).max():.0f} % at most")

# %% [markdown]
# ## Room 3: right numbers in the wrong place
#
# ### Predict
#
# In this room each culprit is made of correct numbers that ended up where they do not belong. Two of the three have
# *one* line off and nothing that follows. Which lines of the twelve can be wrong without spoiling any other line?

# %%
draw_marks([7, 8, 9], inputs)
print("\n".join(candidates([7, 8, 9])))

# %% [markdown]
# ### Write
#
# Guess which mistake hangs where, and answer the question of the prediction.

# %%
# write: place_guesses, a dictionary from the numbers 7, 8, 9 to the names of their mistakes
place_guesses = {7: "dA1-weights-reversed", 8: "dW2-before-activation", 9: "db1-swapped"}
# end

# %%
# write: last_lines, the set of names of the lines that no other line is computed from (five of the twelve)
last_lines = {"loss", "dW2", "db2", "dW1", "db1"}
# end

# %% [markdown]
# ### Check
#
# Spoil each line in turn, and count which others move.

# %%
from lessons.museum import RIGHT, by_the_right_line

alone = set()
for spoiled in RIGHT:
    names = dict(zip(("X", "y", "W1", "b1", "W2", "b2"), inputs, strict=True)) | {"n": len(y)}
    for line in RIGHT:
        names[line] = by_the_right_line(line, names) * (1.5 if line == spoiled else 1)
    truth = twelve_lines(0, inputs)
    moved = [line for line in RIGHT if not np.allclose(names[line], truth[line], rtol=1e-9)]
    print(f"{spoiled:<5} spoils {', '.join(moved[1:]) or 'nothing else'}")
    if moved == [spoiled]:
        alone.add(spoiled)
print("your set is right" if last_lines == alone else f"not quite: {sorted(last_lines ^ alone)}")

# %%
compare(place_guesses)
for number in (7, 8, 9):
    print(f"exhibit {number}: {SAYS[number]}")

# %% [markdown]
# ### Explain
#
# The loss and the four gradients are the ends of the walk: nothing is computed from them. A mistake there (
# `dW2-before-activation`, `db1-swapped`) has no followers. The reversed weights (
# `dA1-weights-reversed`) spoil all that lies behind `dA1`, and it is quiet: every entry has a plausible size. Shapes
# cannot help with any of the three: `Z1` and `A1` have one shape, a reversal keeps the shape, and `b1` and `W2` both
# have h entries.

# %% [markdown]
# ## Room 4: the way forward, and sums
#
# ### Predict
#
# Two of these have their mistake on the way *forward*. How many of the twelve lines agree with the truth then? And how
# many are *wrong*?

# %%
draw_marks([10, 11, 12], inputs)
print("\n".join(candidates([10, 11, 12])))

# %% [markdown]
# ### Write

# %%
# write: last_guesses, a dictionary from the numbers 10, 11, 12 to the names of their mistakes
last_guesses = {10: "Z1-bias-forgotten", 11: "A1-sign-in-exp", 12: "dW1-mean-image"}
# end

# %% [markdown]
# ### Check

# %%
compare(last_guesses)
for number in (10, 11, 12):
    found = list(words(lambda *inputs, number=number: twelve_lines(number, inputs)).values())
    print(f"exhibit {number}: {found.count('wrong')} wrong, {found.count('follows')} follow")

# %% [markdown]
# ### Explain
#
# With the bias left out (`Z1-bias-forgotten`) the dots lie on three lines parallel to the diagonal, one for
# each hidden unit, and the distance is the unit's bias. With the sign in the exponent (`A1-sign-in-exp`) every
# A1 has become 1 - A1, a straight line that falls. In both, hardly any line agrees with the truth, and still only one
# is wrong: the others are right, given what they were handed. With the mean picture (`dW1-mean-image`) the sum
# of products has become a product of sums. The dots scatter about the diagonal with no rule to be seen: the mark of a
# mistake that mixes samples.

# %% [markdown]
# ## Break
#
# First make exhibits invisible: with a *single* sample, some of the twelve give exactly the correct gradients.
#
# **Predict**: which ones?

# %%
one = (X[:1], y[:1], W1, b1, W2, b2)
# write: invisible, the list of the exhibits' numbers whose four gradients are all correct on the single sample `one`
invisible = [
    number
    for number in EXHIBITS
    if all(
        np.allclose(twelve_lines(number, one)[line], twelve_lines(0, one)[line], rtol=1e-9)
        for line in ("dW1", "db1", "dW2", "db2")
    )
]
# end
for number in invisible:
    print(f"exhibit {number}: {named(number)}")

# %% [markdown]
# Two of them: with n = 1 dividing by n changes nothing, and the mean of one picture is that picture. So a check on one
# sample accepts both. Check with several, of a number that is not that of the inputs or of the hidden units.
#
# Then hang an exhibit of your own. The judge has no list of mistakes: it must find the line all the same.


# %%
def mine(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    dZ2 = (A2 - y[:, None]) / n
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(0)
    dA1 = dZ2 @ W2
    # write: dZ1 by a formula that is wrong in a way of your own (n, h)
    dZ1 = dA1 * np.sqrt(A1) * (1 - A1)
    # end
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(0)
    return dW1, db1, dW2, db2


answer = check_backprop(mine)
assert answer.diagnosis.verdict == "wrong", answer
print(answer.text(hint=3).partition(": ")[2])

# %% [markdown]
# ## What to take away
#
# - One wrong line spoils many. Compare each line with what it should be *given the lines before it*, and one remains.
# - A mistake has a shape: a factor, a sign, a shift, a swap, a mixture. Plot what is against what should be.
# - Small initial weights hide mistakes in the slope; a single sample hides mistakes in the mean.
# - The judge finds a line without a list of mistakes: it knows what every value should be.
#
# `stepper.html`, next to this lesson, has mistakes like these on a network small enough to follow with a pencil. Next,
# lesson 6: let an engine do it.
