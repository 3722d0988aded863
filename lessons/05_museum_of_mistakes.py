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
# Backward passes of several networks hang here, and each has one broken line. All of them run. None of them raises an
# error or a warning. Every room shows one *family* of mistakes: the same kind, made in different networks. You look at
# the marks that it leaves, you say which lines are broken and what the mistakes have in common, and then you ask.
#
# You need lessons 1 and 3. Of the networks from lessons 9 to 12 you need no more than to read their lines. Neither
# PyTorch nor JAX is used.

# %%
# start

# %%
from lessons.museum import families, hint, look, reveal, rooms, walks
from lessons.planting import names, plant, text_of

print(f"{len(rooms())} rooms, {sum(map(len, rooms().values()))} exhibits")
print("programs:", *names())
print("families:", *families(), sep="\n    ")

# %% [markdown]
# ## How to read a mark
#
# Each exhibit is a whole program. Its way forward is right: it says which network is meant. You see its way back, and
# two pictures.
#
# **The strip** has a row for each variable of the way back, in the order of the lines. A cross says that its numbers
# are not those of the correct program.
#
# **The dots** are the numbers of the one variable whose line is broken: across, what they should be; up, what they are.
# A correct line lies on the dashed diagonal.
#
# The first room is for practice, and its answer is given away.

# %%
look(1)

# %% [markdown]
# The family of this room is *sign*. In A, `y - A2` stands for `A2 - y`: every number is mirrored, and the dots lie on a
# line that falls. All that is computed from `dZ2` is off as well, so that the strip is full of crosses. One line is
# *wrong*, the others *follow*. In B only one of two terms has the wrong sign. The dots lie on two lines, one for each
# column, beside the diagonal: a column is shifted by twice its mean.

# %%
reveal(1, {"A": 29, "B": 36}, "sign")

# %% [markdown]
# What does the judge say, who knows nothing of the museum?

# %%
hint(1, "B")

# %% [markdown]
# ## Room 2
#
# ### Predict
#
# A gradient that is multiplied by a number: where do its dots lie? How can you read the number off the picture?

# %%
look(2)

# %% [markdown]
# ### Write
#
# Say which line is broken in each exhibit, and which family it is. Guess from the marks first, and read the lines then.

# %%
# write: lines, a dict from A, B, C to the numbers of the broken lines; and family, one of the names above
lines = {"A": 28, "B": 31, "C": 41}
family = "1/n missing or twice"
# end

# %%
# write: times, a dict from A, B, C to the number that the broken gradient must be multiplied by to be right
times = {"A": 1 / 4, "B": 4, "C": 16}
# end

# %% [markdown]
# ### Check

# %%
reveal(2, lines, family)
for letter, mistake in rooms()[2].items():
    wrong, right = walks(mistake)
    step = next(step for step in wrong.steps if step.line == mistake.line)
    measured = (right.values[step.at] / step.value).flat[0]
    print(f"{letter}: you say times {times[letter]:g}, measured {measured:g}")

# %% [markdown]
# ### Explain
#
# The dots lie on a straight line through the origin, and its slope is the mistake. In A nobody has divided by n, and
# everything after it follows: the direction of a step of training stays the same, and its length is wrong. In B and C
# somebody has divided once more. A mean over samples belongs into the gradient exactly as often as it is in the loss,
# and these two losses are sums. C has taken the mean over the pixels.
#
# Two exhibits have *one* cross. `dbeta` and `db` are ends of the walk: nothing is computed from them.

# %% [markdown]
# ## Room 3
#
# ### Predict
#
# On the way back, each step of the way forward multiplies by its own derivative. If one factor is missing, are the dots
# on a straight line? What does it depend on?

# %%
look(3)

# %% [markdown]
# ### Write

# %%
# write: lines and family, as before
lines = {"A": 33, "B": 33, "C": 31}
family = "a factor of the chain rule is missing"
# end

# %% [markdown]
# ### Check

# %%
reveal(3, lines, family)

# %%
hint(3, "A", 3)

# %% [markdown]
# ### Explain
#
# The missing factor differs from number to number, so the dots are on no line. In A the whole slope `A1 * (1 - A1)` is
# lost. It is a quarter at most, so that every number is at least four times too large, on its right side of 0. The
# judge says it in other words: `dA1` is right as the derivative with respect to `A1`, and is used as if it were that of
# `Z1`; a step is missing *between* the two lines. In B one factor of `(1 - h) * (1 + h)` is lost, and where `h` is
# near 0 the number is nearly right: a check of few numbers can be lucky. In C it is the `P` in front of the bracket.

# %% [markdown]
# ## Room 4
#
# ### Predict
#
# The same matrix, taken the wrong way round. For which shapes does Python raise an error, and for which does it not?

# %%
look(4)

# %% [markdown]
# ### Write

# %%
# write: lines and family, as before; in B the first line with a cross is not the broken one
lines = {"A": 31, "B": 37, "C": 29}
family = "transposed"
# end

# %% [markdown]
# ### Check

# %%
reveal(4, lines, family)

# %% [markdown]
# ### Explain
#
# `W2` has as many rows as columns here, `Wh` always has, and so has `P`, with a row and a column for every step of the
# sequence. No shape complains. The dots scatter without a rule: every number is a sum of products of right numbers with
# wrong partners. A check with three classes and *four* hidden units would have raised an error in A. In B and C no
# choice of sizes helps.
#
# B has its mistake in the last line of a loop, whose value the next turn uses: `dh` is off from the second turn on. In
# a loop the first cross of the strip need not be the culprit.

# %% [markdown]
# ## Room 5
#
# ### Predict
#
# In two of these exhibits all but one variable are right. Which variables can be off without spoiling any other?

# %%
look(5)

# %% [markdown]
# ### Write

# %%
# write: lines and family, as before
lines = {"A": 30, "B": 36, "C": 30}
family = "another value is meant"
# end

# %% [markdown]
# ### Check

# %%
reveal(5, lines, family)

# %%
hint(5, "B", 3)

# %% [markdown]
# ### Explain
#
# The formula is right and is handed the wrong variable: `Z1` for `A1`, `centred` for `zhat`, and in B a mask from `dh`
# instead of `z`. Two variables of the same shape can always be mistaken for each other. The dots of B tell most: a part
# of them lies on the diagonal, and the others are 0 or should be. That is the mark of a wrong mask.

# %% [markdown]
# ## Room 6
#
# ### Predict
#
# A number that the way forward used many times gets a sum on the way back. What happens if the sum goes over more than
# it should, or over the other axis?

# %%
look(6)

# %% [markdown]
# ### Write

# %%
# write: lines and family, as before
lines = {"A": 33, "B": 31}
family = "summed along the wrong axis"
# end

# %% [markdown]
# ### Check

# %%
reveal(6, lines, family)

# %% [markdown]
# ### Explain
#
# In A each column has a variance of its own, and the sum has gone over all columns: one number for both, which is why
# the dots have one height. Broadcasting then hands it on without a word. In B the sum should go over the keys, and goes
# over the queries. There are as many of both.

# %% [markdown]
# ## Room 7
#
# ### Predict
#
# These two have everything right at the first turn of a loop. What goes wrong at the second?

# %%
look(7)

# %% [markdown]
# ### Write

# %%
# write: lines and family, as before
lines = {"A": 35, "B": 36}
family = "= for +="
# end

# %% [markdown]
# ### Check

# %%
reveal(7, lines, family)

# %%
hint(7, "A", 3)

# %% [markdown]
# ### Explain
#
# What is used several times gets a share from each use, and the shares are added. `=` keeps the last one. In A the
# windows overlap, and only the corners, which one window alone covers, are right: their dots lie on the diagonal. In B
# the last share alone is left.

# %% [markdown]
# ## Break
#
# First make a mistake invisible. `plant` takes a program, a text that stands once in it, and what to write instead.
# More such pairs may follow. This one forgets to divide by n:

# %%
FORGOTTEN = ("dZ2 = (A2 - y[:, None]) / n", "dZ2 = A2 - y[:, None]")
print(plant("two_layers", *FORGOTTEN, hint=1))

# %% [markdown]
# **Predict**: with which data would the same broken program be *correct*?

# %%
# write: fewer, two texts: `y` in the example of two_layers, and `y` of a single sample; then the same for `X`
fewer = (
    "np.array([1.0, 0.0, 1.0])",
    "np.array([1.0])",
    "np.array([[0.8, 0.1, 0.4], [0.3, 0.9, 0.6], [0.5, 0.7, 0.2]])",
    "np.array([[0.8, 0.1, 0.4]])",
)
# end
unseen = plant("two_layers", *FORGOTTEN, *fewer, hint=1)
print(unseen)
assert unseen.diagnosis.verdict == "correct", "these data show the mistake"

# %% [markdown]
# With one sample, dividing by n changes nothing. A check with a single sample accepts it. Check with several, and let
# no two sizes be the same: then fewer mistakes of room 4 can hide.
#
# Now hang an exhibit of your own, in any program. Here is one to choose from; `text_of` shows the others.

# %%
text = text_of("attention")
print(text[text.index("def backprop") :])

# %%
# write: mine, three texts: the name of a program, a piece of its way back, and what stands there instead
mine = ("attention", "dQ = dscores @ K * scale", "dQ = dscores @ Q * scale")
# end
answer = plant(*mine)
assert answer.diagnosis.verdict == "wrong", answer
answer

# %% [markdown]
# The judge has no list of mistakes. It knows what every value should be, and looks for the first line that is not, and
# for a small change of it that puts everything right.
#
# ## What to take away
#
# - One wrong line spoils many. The crosses follow it; the first of them, in the order of computation, is the culprit.
# - A mistake has a shape: a factor, a sign, a shift, a mask, a mixture. Plot what is against what should be.
# - Kinds of mistakes are few, and every network has a place for each of them.
# - Sizes that are equal hide what is transposed, and a single sample hides a mean.
#
# `stepper.html`, next to this lesson, walks through these programs line by line, with and without these mistakes. Next,
# lesson 6: let an engine do it.
