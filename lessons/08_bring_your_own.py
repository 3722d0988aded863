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
# Until now the judge stood inside the notebook. Your own code lives in files. Here you take a file from empty to
# correct with the command `check`, put the check into a test-suite, and then break the file in three ways for a friend
# to find.
#
# You need lesson 3. Everything happens in a temporary folder; nothing of yours is touched.

# %%
# setup: numpy, python-flint, matplotlib, tabulate, typer, msgspec, pytest

# %%
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import backproof

PROJECT = Path(backproof.__file__).parents[1]
COMPARE = str(PROJECT / "compare.py")
folder = Path(tempfile.mkdtemp())


def run(*words):
    """Run Python with these words in the folder, print what it says, and return its exit status."""
    print("$ python", *(word.replace(COMPARE, "compare.py") for word in words))
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)
    said = (done.stdout + done.stderr).replace(str(folder), "folder").replace(str(PROJECT), "project")
    print(re.sub(r" in [0-9.]+s", "", said).strip())
    return done.returncode


def check(file, hint=4):
    """The command of the terminal: python compare.py check FILE --hint HINT."""
    return run(COMPARE, "check", file, "--hint", str(hint))


# %% [markdown]
# ## A file to start from
#
# The command wants two functions in a file: `backprop`, which returns the loss and the gradients, and `example`, which
# returns the arguments of one small call. (`python compare.py check --example` writes such files for other networks.)
# In this one the way back is made of zeros.

# %%
START = """import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def example():
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = rng.normal(size=(4, 7)), rng.normal(size=4), rng.normal(size=(1, 4)), rng.normal(size=1)
    return rng.random((5, 7)), np.array([0, 1, 1, 0, 1]), W1, b1, W2, b2


def backprop(X, y, W1, b1, W2, b2):
    n = len(y)
    Z1 = X @ W1.T + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2.T + b2
    A2 = sigmoid(Z2)
    loss = np.mean(np.logaddexp(0, (1 - 2 * y) * Z2[:, 0]))
    dZ2 = np.zeros_like(Z2)
    dW2 = np.zeros_like(W2)
    db2 = np.zeros_like(b2)
    dA1 = np.zeros_like(A1)
    dZ1 = np.zeros_like(Z1)
    dW1 = np.zeros_like(W1)
    db1 = np.zeros_like(b1)
    return loss, dW1, db1, dW2, db2
"""
_ = (folder / "my_backprop.py").write_text(START)

# %% [markdown]
# ### Predict
#
# Seven lines are zero. What will the judge say of the four gradients? `--hint 1` stops there.

# %%
status = check("my_backprop.py", hint=1)

# %% [markdown]
# The exit status is 1, so a script can tell:

# %%
print("exit status", status)

# %% [markdown]
# ## Line by line
#
# ### Write
#
# In a terminal you would open the file in an editor. Here a helper writes a right-hand side into it.


# %%
def fill(**formulas):
    """Replace the right-hand side of these lines in my_backprop.py."""
    path = folder / "my_backprop.py"
    rows = []
    for row in path.read_text().splitlines():
        name = row.partition("=")[0].strip()
        rows.append(f"    {name} = {formulas[name]}" if name in formulas else row)
    path.write_text("\n".join(rows) + "\n")


# %%
# write: dZ2, dW2 and db2 as text: the derivatives of the mean loss; think of the shape of y
dZ2 = "(A2 - y[:, None]) / n"
dW2 = "dZ2.T @ A1"
db2 = "dZ2.sum(0)"
# end
fill(dZ2=dZ2, dW2=dW2, db2=db2)

# %% [markdown]
# ### Check
#
# **Predict** which gradients are right now.

# %%
status = check("my_backprop.py", hint=1)

# %% [markdown]
# Two are right, before the way back is finished: each gradient is judged by itself. Now the hidden layer.

# %%
# write: dA1 (n, h), dZ1 (n, h), dW1 (h, d) and db1 (h,), as text
dA1 = "dZ2 @ W2"
dZ1 = "dA1 * A1 * (1 - A1)"
dW1 = "dZ1.T @ X"
db1 = "dZ1.sum(0)"
# end
fill(dA1=dA1, dZ1=dZ1, dW1=dW1, db1=db1)
status = check("my_backprop.py")
print("exit status", status)

# %% [markdown]
# ### Explain
#
# *Correct*, and proven at three sets of numbers: those of the example, and two more with other weights. Each gradient
# was compared with the true one, which is known to many more digits than a float has.

# %% [markdown]
# ## In a test-suite
#
# A check that is run once is forgotten. `assert_backprop` is the same judge as an assertion, for any test-suite.
#
# ### Write

# %%
# write: a test file as text, which asserts backprop from my_backprop with the arguments of its example
test = """
from backproof import assert_backprop
from my_backprop import backprop, example


def test_backprop():
    assert_backprop(backprop, *example())
"""
# end
(folder / "test_my_backprop.py").write_text(test.lstrip())
PYTEST = ("-m", "pytest", "-q", "--tb=short", "--color=no", "-p", "no:cacheprovider")
status = run(*PYTEST)
print("exit status", status)

# %% [markdown]
# ## Break
#
# ### Write: three envelopes
#
# Break the correct file in three ways, one line each. Choose mistakes that you could have made yourself.

# %%
# write: breaks, a list of three pairs: the name of a line, and a wrong formula for it, as text
breaks = [
    ("dZ1", "dA1 * (1 - A1**2)"),
    ("dA1", "-dZ2 @ W2"),
    ("db1", "dA1.sum(0)"),
]
# end
good = (folder / "my_backprop.py").read_text()
for envelope, (line, formula) in zip("abc", breaks, strict=True):
    fill(**{line: formula})
    (folder / f"envelope_{envelope}.py").write_text((folder / "my_backprop.py").read_text())
    (folder / "my_backprop.py").write_text(good)
print(sorted(path.name for path in folder.glob("*.py")))

# %% [markdown]
# Shuffle the three files, send them to a friend, and let the friend look first. When looking does not help, hints come
# one at a time: `--hint 0` gives the verdict, `--hint 1` the gradients, `--hint 2` the line, `--hint 3` what it should
# be, `--hint 4` the patch.
#
# ### Predict
#
# Envelope a has the slope of another function in `dZ1`. From hint 1 alone, could it be told from a forgotten slope?

# %%
status = check("envelope_a.py", hint=1)

# %%
status = check("envelope_a.py", hint=2)

# %% [markdown]
# ### Explain
#
# From the gradients alone, no: a forgotten slope would spoil the same two. But the line is printed with hint 2, and you
# can read it.
#
# ### Check
#
# The other two, with more hints.

# %%
status = check("envelope_b.py", hint=3)

# %%
status = check("envelope_c.py")

# %% [markdown]
# ### Explain
#
# Envelope a has the slope of `tanh`, b has a lost sign, and in c `dA1` stands where `dZ1` belongs. In the last one
# every shape is right, and three gradients are as they should be. Only a check of each gradient finds it.
#
# And the test-suite? Put a broken line into the file that it guards:

# %%
fill(**dict(breaks[:1]))
status = run(*PYTEST)
_ = (folder / "my_backprop.py").write_text(good)
print("exit status", status)

# %% [markdown]
# ## What to take away
#
# - The check needs a function that returns a loss and gradients, and one that makes small arguments. It asks for no
#   names, no layout and no network of ours.
# - `python compare.py check my_backprop.py` in a terminal, `check_backprop` in a notebook, `assert_backprop` in a
#   test-suite: one judge, the same words.
# - Ask for the smallest hint that helps.
#
# Lessons 9 to 12 take it to other networks: ten classes, normalising, convolution, sequences.
