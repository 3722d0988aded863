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
# setup: numpy, python-flint, matplotlib, tabulate, typer, pytest

# %%
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from check import assertion

PROJECT = Path(assertion.__file__).parents[1]
COMPARE = str(PROJECT / "compare.py")
folder = Path(tempfile.mkdtemp())


def run(*words, end=None):
    """Run Python with these words in the folder, print what it says up to `end`, and return its exit status."""
    print("$ python", *(word.replace(COMPARE, "compare.py") for word in words))
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)
    said = (done.stdout + done.stderr).replace(str(folder), "folder").replace(str(PROJECT), "project")
    print(re.sub(r" in [0-9.]+s", "", said).partition(end or "\0")[0].strip())
    return done.returncode


def check(file, hint=3):
    """The command of the terminal, python compare.py check FILE --hint HINT, without its last two paragraphs."""
    return run(COMPARE, "check", file, "--hint", str(hint), end="Replay:")


# %% [markdown]
# ## A file to start from
#
# `python compare.py check --example` writes two files: `my_backprop.py`, a backward pass of zeros, and
# `broken_backprop.py`, one with a mistake.

# %%
status = run(COMPARE, "check", "--example")
print((folder / "my_backprop.py").read_text())

# %% [markdown]
# ### Predict
#
# Seven lines are zero. How many will be *wrong*, in the sense of the judge, and which?

# %%
status = run(COMPARE, "check", "my_backprop.py", "--hint", "0")

# %% [markdown]
# ### Explain
#
# One: `dZ2`. While `dZ2` is zero, a zero `dA1` cannot be told from a correct one: the judge calls it *not observable*,
# and does not count it as correct. It sends you to the line that you can mend now.
#
# The last two paragraphs say how to repeat the check on one probe, and how the file was run. They are the same every
# time; from here on this notebook leaves them out. The exit status is 1, so a script can tell:

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
# write: dZ2, the derivative of the mean loss with respect to Z2, as text (n, 1); think of the shape of y
dZ2 = "(A2 - y[:, None]) / n"
# end
fill(dZ2=dZ2)

# %% [markdown]
# ### Check
#
# Hint 1 shows the pattern of the error, and no name yet. **Predict** which lines it will name now.

# %%
status = check("my_backprop.py", hint=1)

# %% [markdown]
# Now three lines are at fault at once, because none of them is computed from another: each is the first one wrong on
# its own way.

# %%
# write: dW2 (1, h), db2 (1,) and dA1 (n, h), as text
dW2 = "dZ2.T @ A1"
db2 = "dZ2.sum(0)"
dA1 = "dZ2 @ W2"
# end
fill(dW2=dW2, db2=db2, dA1=dA1)
status = check("my_backprop.py", hint=0)

# %%
# write: dZ1 (n, h), dW1 (h, d) and db1 (h,), as text
dZ1 = "dA1 * A1 * (1 - A1)"
dW1 = "dZ1.T @ X"
db1 = "dZ1.sum(0)"
# end
fill(dZ1=dZ1, dW1=dW1, db1=db1)
status = check("my_backprop.py")
print("exit status", status)

# %% [markdown]
# ### Explain
#
# *Correct*, and some lines say *cancels*: they are right in exact arithmetic, by a formula that loses digits
# where a logit is large and positive. That is no mistake. Lesson 6 shows who keeps those digits.

# %% [markdown]
# ## In a test-suite
#
# A check that is run once is forgotten. `assert_backprop` is the same judge as an assertion, for any test-suite.
#
# ### Write

# %%
# write: a test file as text: import assert_backprop from check, backprop from my_backprop, and assert it in a test
test = """
from check import assert_backprop
from my_backprop import backprop


def test_backprop():
    assert_backprop(backprop)
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
# Break the correct file in three ways, one line each. Choose mistakes that you could have made yourself. Below are
# three from the catalogue; take others.

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
# one at a time: `--hint 0` names the line, `--hint 1` the pattern of the error, `--hint 2` the mistake, `--hint 3` the
# cure.
#
# ### Predict
#
# Envelope a has the slope of another function in `dZ1`. From hint 0 alone, could it be told from a forgotten slope?

# %%
status = check("envelope_a.py", hint=0)

# %%
status = check("envelope_a.py", hint=1)

# %% [markdown]
# ### Explain
#
# From the verdicts alone, no: a forgotten slope would give the same words, wrong in `dZ1`, followed by `dW1` and `db1`,
# by no common factor. But the line is printed with them, and you can read it. Only hint 2 tries the catalogue's
# formulas on the numbers.
#
# ### Check
#
# The other two, with more hints.

# %%
status = check("envelope_b.py", hint=2)

# %%
status = check("envelope_c.py", hint=3)

# %% [markdown]
# ### Explain
#
# Envelope a is mistake `dZ1-slope-of-tanh`, b is mistake `dA1-sign`, c is mistake `db1-slope-forgotten`. In the last
# one every shape is right, eleven lines are as they should be, and nothing follows. Only a check of each line finds it.
#
# And the test-suite? Put a broken line into the file that it guards:

# %%
fill(**dict(breaks[:1]))
status = run(*PYTEST)
_ = (folder / "my_backprop.py").write_text(good)
print("exit status", status)

# %% [markdown]
# ## A last one to find
#
# `broken_backprop.py` was written at the start. Read it, and find its mistake *before* you run the next cell.

# %%
print((folder / "broken_backprop.py").read_text())

# %%
# write: suspect, the name of the line that is wrong
suspect = "dZ1"
# end
status = check("broken_backprop.py")
print("your suspect:", suspect)

# %% [markdown]
# ## What to take away
#
# - The check needs a function `backprop(X, y, W1, b1, W2, b2)` in a file, and nothing else. It finds your lines by
#   their names; whatever you do not show is judged by what is computed from it.
# - `python compare.py check my_backprop.py` in a terminal, `check_backprop` in a notebook, `assert_backprop` in a
#   test-suite: one judge, the same words.
# - Ask for the smallest hint that helps.
#
# This is the last lesson. `python compare.py check` also takes a whole engine, a class that trains; the project's
# README says what it must promise.
