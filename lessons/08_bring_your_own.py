# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 8. Bring your own
#
# Until now the network was ours. Yours has other layers, other names, and lives in a file. Here you take such a file
# from "cannot run" to "correct" with the command `backproof check`, put the check into a test-suite, and then break the
# file in three ways for a friend to find.
#
# You need lesson 3. Everything happens in a temporary folder; nothing of yours is touched.

# %%
# start

# %%
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from lessons.start import PROJECT

folder = Path(tempfile.mkdtemp())


def run(module, *words):
    """Run a module of Python with these words in the folder, print what it says, and return its exit status."""
    path = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=folder, env=path, capture_output=True, text=True)
    said = (done.stdout + done.stderr).replace(str(folder), "folder").replace(str(PROJECT), "project")
    print(re.sub(r" in [0-9.]+s", "", said).strip())
    return done.returncode


def check(*words):
    """What you would type in a terminal: backproof check, and these words."""
    print("$ backproof check", *words)
    status = run("backproof", "check", *words)
    print("exit status", status)
    return status


# %% [markdown]
# ## A file as it comes
#
# This network is in no lesson. Its hidden layer is a *leaky* ReLU: a negative number is not cut off but divided by ten.
# Its input reaches the output in two ways, through the hidden layer and straight through `S`, a *skip connection*. It
# has two numbers to come near to, so that its loss is a squared error. The way back is made of zeros.

# %%
START = """import numpy as np


def forward(X, W1, b1, W2, S):
    z = X @ W1 + b1
    h = np.maximum(z, 0.1 * z)
    out = h @ W2 + X @ S
    return z, h, out


def loss_of(out, targets):
    return np.mean((out - targets) ** 2)


def backward(X, W2, z, h, out, targets):
    dout = np.zeros_like(out)
    dW2 = np.zeros_like(W2)
    dh = np.zeros_like(h)
    dz = np.zeros_like(z)
    dW1 = np.zeros((X.shape[1], z.shape[1]))
    db1 = np.zeros(z.shape[1])
    dS = np.zeros((X.shape[1], out.shape[1]))
    return {"W1": dW1, "b1": db1, "W2": dW2, "S": dS}
"""
_ = (folder / "my_net.py").write_text(START)

# %% [markdown]
# ### Predict
#
# The command knows nothing of this file. What does it have to know before it can check the way back?

# %%
status = check("my_net.py")

# %% [markdown]
# Two things: how your functions belong together, and numbers to call them with. With names that it knows from courses
# it finds both by itself. Here it has found the first, and leaves the second to you.
#
# ### Write
#
# The lines to add. In a terminal you would open the file in an editor; here a cell adds them.

# %%
# write: two functions as text: `example`, a dict of X (6, 4), targets (6, 3), W1 (4, 5), b1, W2, S; and `backprop`
added = """

def example():
    normal = np.random.default_rng(0).normal
    return {
        "X": normal(size=(6, 4)),
        "targets": normal(size=(6, 3)),
        "W1": normal(size=(4, 5)),
        "b1": normal(size=5),
        "W2": normal(size=(5, 3)),
        "S": normal(size=(4, 3)),
    }


def backprop(X, targets, W1, b1, W2, S):
    z, h, out = forward(X, W1, b1, W2, S)
    return loss_of(out, targets), backward(X, W2, z, h, out, targets)
"""
# end
_ = (folder / "my_net.py").write_text(START + added)

# %% [markdown]
# ### Check
#
# `--hint 1` shows the gradients and gives no line away.

# %%
status = check("my_net.py", "--hint", "1")
assert status == 1, "the file should run now, and be wrong: an exit status of 2 says that it cannot run"

# %% [markdown]
# The exit status is 1 for a wrong file, 2 for one that cannot run, and 0 for a correct one, so that a script can tell.
#
# ## The way back
#
# ### Predict
#
# `X` is used twice: it makes `z`, and it goes straight into `out`. Does the second use change `dW1`? And over how many
# numbers does `np.mean` take its mean: over the samples, or over more?
#
# ### Write


# %%
def fill(**formulas):
    """Replace the right-hand side of these lines in my_net.py."""
    path = folder / "my_net.py"
    rows = []
    for row in path.read_text().splitlines():
        name = row.partition("=")[0].strip()
        rows.append(f"    {name} = {formulas[name]}" if name in formulas else row)
    path.write_text("\n".join(rows) + "\n")


# %%
# write: dout, dW2 and dS as text
dout = "2 * (out - targets) / out.size"
dW2 = "h.T @ dout"
dS = "X.T @ dout"
# end
fill(dout=dout, dW2=dW2, dS=dS)
status = check("my_net.py", "--hint", "1")

# %% [markdown]
# Two are right before the way back is finished: each gradient is judged by itself. Now the hidden layer.

# %%
# write: dh (n, h), dz (n, h), dW1 (d, h) and db1 (h,), as text; the slope of the leaky ReLU is 1 or 0.1
dh = "dout @ W2.T"
dz = "dh * np.where(z > 0, 1, 0.1)"
dW1 = "X.T @ dz"
db1 = "dz.sum(axis=0)"
# end
fill(dh=dh, dz=dz, dW1=dW1, db1=db1)

# %% [markdown]
# ### Check

# %%
status = check("my_net.py")
assert status == 0, "one of your lines is not right yet"

# %% [markdown]
# ### Explain
#
# *Correct*, and proven at three sets of numbers: those of the example, and two more with other weights. The program has
# been run on exact numbers, so that the true derivative of its loss with respect to every value in it is known. No name
# of ours is in the file, and no tolerance was asked for.
#
# The answers to the predictions: `dW1` asks how the loss depends on `W1`, and `W1` is in `z` alone; the second use
# would be a second share in a derivative with respect to `X`. And `np.mean` takes the mean over all numbers of `out`,
# samples times columns.
#
# ## In a test-suite
#
# A check that is run once is forgotten. `assert_backprop` is the same judge as an assertion, for any test-suite.
#
# ### Write

# %%
# write: a test file as text, which asserts backprop from my_net with the arguments of its example
test = """
from backproof import assert_backprop
from my_net import backprop, example


def test_backprop():
    assert_backprop(backprop, **example())
"""
# end
(folder / "test_my_net.py").write_text(test.lstrip())
PYTEST = ("pytest", "-q", "--tb=short", "--color=no", "-p", "no:cacheprovider")
status = run(*PYTEST)
assert status == 0, "the file is correct, so the test must pass"

# %% [markdown]
# ## Break
#
# ### Write: three envelopes
#
# Break the correct file in three ways, one line each. Choose mistakes that you could have made yourself.

# %%
# write: breaks, a list of three pairs: the name of a line, and a wrong formula for it, as text
breaks = [
    ("dout", "2 * (out - targets) / len(out)"),
    ("dz", "dh * np.where(dh > 0, 1, 0.1)"),
    ("db1", "dh.sum(axis=0)"),
]
# end
good = (folder / "my_net.py").read_text()
for envelope, (line, formula) in zip("abc", breaks, strict=True):
    fill(**{line: formula})
    (folder / f"envelope_{envelope}.py").write_text((folder / "my_net.py").read_text())
    (folder / "my_net.py").write_text(good)
print(sorted(path.name for path in folder.glob("*.py")))

# %% [markdown]
# Shuffle the three files, send them to a friend, and let the friend look first. When looking does not help, hints come
# one at a time: `--hint 0` gives the verdict, `--hint 1` the gradients, `--hint 2` the line, `--hint 3` what it should
# be, `--hint 4` the patch.
#
# ### Predict
#
# Which gradients does each of your three mistakes spoil? Could somebody who sees hint 1 alone name the line?

# %%
status = check("envelope_a.py", "--hint", "1")
assert status == 1, "this envelope is not broken"

# %%
status = check("envelope_b.py", "--hint", "2")
assert status == 1, "this envelope is not broken"

# %%
status = check("envelope_c.py")
assert status == 1, "this envelope is not broken"

# %% [markdown]
# ### Explain
#
# In the solved lesson a divides by the number of samples, and not by the number of numbers. All gradients are the true
# ones times one number: the step has a wrong length and the right direction, and a training would not show it. b takes
# the mask of the ReLU from the gradient, and not from the value. Hint 1 would not tell it from a forgotten slope, which
# spoils the same two gradients; hint 2 prints the line, and you can read it. In c `dh` stands where `dz` belongs; every
# shape is right, and three gradients are as they should be. Only a check of each gradient finds it.
#
# And the test-suite? Put a broken line into the file that it guards:

# %%
fill(**dict(breaks[:1]))
status = run(*PYTEST)
_ = (folder / "my_net.py").write_text(good)
assert status == 1

# %% [markdown]
# ## What to take away
#
# - The check needs a function that returns a loss and gradients, and one that makes small arguments. It asks for no
#   names, no layout and no network of ours. Where these are missing, the answer says which lines to add.
# - `backproof check my_net.py` in a terminal, `check_backprop` or `%%backprop` in a notebook, `assert_backprop` in a
#   test-suite: one judge, the same words. `--page answer.html` writes the answer as a page, with the numbers of every
#   variable beside those that it should hold.
# - Ask for the smallest hint that helps.
#
# Lessons 9 to 12 take it to other networks: ten classes, normalising, convolution, sequences.
