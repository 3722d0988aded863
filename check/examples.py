"""Two files to begin with: one to fill in, and one with a mistake to find."""

from __future__ import annotations

from pathlib import Path

OPENING = '''"""{title}

Samples are rows: X is (n, d), y is (n,) and holds 0 or 1.
W1 is (h, d), b1 is (h,), W2 is (1, h), b2 is (1,).

Try it with:  python compare.py check {name}
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(X, y, W1, b1, W2, b2):
    n = len(y)

    # The forward pass.
    Z1 = X @ W1.T + b1  # (n, h)
    A1 = sigmoid(Z1)  # (n, h)
    Z2 = A1 @ W2.T + b2  # (n, 1)
    A2 = sigmoid(Z2)  # (n, 1), the probability of class 1
    loss = np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])  # (n,), the cross-entropy of each sample

    # The way back: the gradient of the mean loss.
'''

TO_FILL = (
    OPENING
    + """    # Each line below is a zero of the right shape. Replace them one by one, from the top;
    # after each, the check tells you how far you have come.
    dZ2 = np.zeros_like(Z2)  # (n, 1), the derivative of the mean loss with respect to Z2
    dW2 = np.zeros_like(W2)  # (1, h)
    db2 = np.zeros_like(b2)  # (1,)
    dA1 = np.zeros_like(A1)  # (n, h)
    dZ1 = np.zeros_like(Z1)  # (n, h)
    dW1 = np.zeros_like(W1)  # (h, d)
    db1 = np.zeros_like(b1)  # (h,)
    return dW1, db1, dW2, db2
"""
)

BROKEN = (
    OPENING
    + """    dZ2 = (A2 - y[:, None]) / n
    dW2 = dZ2.T @ A1
    db2 = dZ2.sum(0)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * sigmoid(A1) * (1 - sigmoid(A1))
    dW1 = dZ1.T @ X
    db1 = dZ1.sum(0)
    return dW1, db1, dW2, db2
"""
)

FILES = {
    "my_backprop.py": (TO_FILL, "A backward pass to write."),
    "broken_backprop.py": (BROKEN, "A backward pass with one mistake. Find it before you ask."),
}


def write_examples(folder: Path) -> list[Path]:
    """Write both files into a folder, and return their paths.

    Raises:
        OSError: one of them is there already, or the folder cannot be written to.
    """
    files = [folder / name for name in FILES]
    for file in files:
        if file.exists():
            raise FileExistsError(f"{file} is there already, and is left as it is")
    for file in files:
        text, title = FILES[file.name]
        file.write_text(text.replace("{title}", title).replace("{name}", file.name), encoding="utf-8")
    return files
