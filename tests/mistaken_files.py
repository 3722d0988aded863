"""Learners' files with any catalogued mistakes, written in NumPy from the formulas as the catalogue prints them."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

from check.catalogue import MISTAKES
from check.command import conclude
from check.diagnosis import Diagnosis
from check.in_process import run_here
from check.mistakes import Mistake
from check.small_probes import small_probes
from check.update import training_request
from engines.interface import Lines

RIGHT = {
    "Z1": "X @ W1.T + b1",
    "A1": "sigmoid(Z1)",
    "Z2": "A1 @ W2.T + b2",
    "A2": "sigmoid(Z2)",
    "loss": "logaddexp(0, (1 - 2 * y) * Z2)",
    "dZ2": "(A2 - y) / n",
    "dW2": "dZ2.T @ A1",
    "db2": "dZ2.sum(0)",
    "dA1": "dZ2 @ W2",
    "dZ1": "dA1 * A1 * (1 - A1)",
    "dW1": "dZ1.T @ X",
    "db1": "dZ1.sum(0)",
}

ENTROPY = "-(y * log(A2) + (1 - y) * log(1 - A2))"

# Where the catalogue's formula is in words, or leaves something to the reader.
IN_NUMPY = {
    "A1-step": "(Z1 > 0).astype(X.dtype)",
    "A2-step": "(Z2 > 0).astype(X.dtype)",
    "A2-clipped": "clip(sigmoid(Z2), X.dtype.type(0.125), X.dtype.type(0.875))",
    "Z2-bias-per-unit": "(A1 * W2 + b2).sum(1, keepdims=True)",
    "Z2-weights-ignored": "A1.sum(1, keepdims=True) + b2",
    "loss-base-2": f"{ENTROPY} / log(X.dtype.type(2))",
    "loss-base-10": f"{ENTROPY} / log(X.dtype.type(10))",
    "loss-summed": f"{ENTROPY} * n",
    "loss-mean-twice": f"{ENTROPY} / n",
    "dZ2-mean-over-n-minus-1": "(A2 - y) / X.dtype.type(n - 1)",
    "dZ2-class-for-probability": "((A2 > 0.5).astype(X.dtype) - y) / n",
    "dZ2-broadcast": "(A2 - y[:, 0]) / n",
    "dZ2-label-averaged": "A2 - y.mean()",
    "dZ2-averaged": "(A2 - y).mean() / n * ones_like(A2)",
    "dA1-weights-forgotten": "dZ2 * ones_like(W2)",
    "dA1-mean-undone": "(A2 - y) @ W2",
    "dA1-summed": "ones_like(dZ2) * (dZ2.sum(0) @ W2)",
    "dA1-weights-summed": "dZ2 * W2.sum() * ones_like(W2)",
    "dZ1-slope-at-activation": "dA1 * sigmoid(A1) * (1 - sigmoid(A1))",
    "dZ1-averaged": "(dA1 * A1 * (1 - A1)).mean(0) * ones_like(dA1)",
    "dW2-one-for-all": "(dZ2 * A1).sum() * ones_like(W2)",
    "dW2-summed-to-one": "(dZ2 * A1).sum()",
    "dW2-products-of-sums": "(dZ2.sum(0) * A1.sum(0))[None, :]",
    "dW2-swapped": "(dZ2 @ W2 * A1 * (1 - A1)).sum(0)[None, :]",
    "db1-swapped": "(dZ2.T @ A1)[0]",
    "db1-one-for-all": "dZ1.sum() * ones_like(b1)",
    "db2-times-weights": "(dZ2 @ W2).sum(keepdims=True)[0]",
    "db2-times-activation": "(dZ2.T @ A1).sum(keepdims=True)[0]",
}

HEAD = """
import numpy as np
from numpy import abs, clip, exp, log, log2, log10, logaddexp, maximum, ones_like, tanh, where, zeros_like

LAYOUT, SAMPLE = {layout!r}, {sample}
def sigmoid(z): return 1 / (1 + exp(-z))
def softplus(z): return logaddexp(0, z)
def rows(X, y, W1, b1, W2, b2):
    (n, d), h = X.shape, len(b1)
    y = y[:, None]
"""

TAILS = {
    "returned": """
def backprop(X, y, W1, b1, W2, b2):
    return rows(X, y, W1, b1, W2, b2)
""",
    "harvested": """
def backprop(X, y, W1, b1, W2, b2):
    s = rows(X, y, W1, b1, W2, b2)
    return s["dW1"], s["db1"], s["dW2"], s["db2"]
""",
    "columns": """
def backprop(X, y, W1, b1, W2, b2):
    s = rows(X.T, y[0], W1, b1[:, 0], W2, b2[:, 0])
    turned = {name: a.T if name in "Z1 A1 Z2 A2 dZ2 dA1 dZ1".split() else a for name, a in s.items()}
    for bias in ("db1", "db2"):
        turned[bias] = turned[bias][:, None] if turned[bias].ndim == 1 else turned[bias].T
    turned["loss"] = turned["loss"][None]
    return turned
""",
    "one sample": """
def backprop(x, y, W1, b1, W2, b2):
    s = rows(x[None], np.array([y]), W1, b1, W2, b2)
    return s
""",
}

PROBES = [probe for probe in small_probes(0) if probe.name in ("5x7x3 initial", "1x7x3 initial", "4x9x5 trained")]
FORMULAS = [mistake for mistake in MISTAKES if mistake.line in Lines._fields]
_numbers = itertools.count()


def source(mistakes: Iterable[Mistake], style: str = "harvested", dtype: str = "float64") -> str:
    """A file whose lines are right but for these mistakes, each line on one line of the file."""
    formulas = dict(RIGHT)
    for mistake in mistakes:
        formula = IN_NUMPY.get(mistake.id, mistake.formula)
        formulas[mistake.line] = f"({formula}) * np.ones((), X.dtype)"  # what NumPy makes a scalar keeps its type
    layout, sample = "columns" if style == "columns" else "rows", style == "one sample"
    lines = [HEAD.format(layout=layout, sample=sample)]
    if dtype == "float32":
        lines.append("    X, y, W1, b1, W2, b2 = (a.astype(np.float32) for a in (X, y, W1, b1, W2, b2))")
    for name, formula in formulas.items():
        tail = ".reshape(-1)" if name == "loss" else ""
        lines.append(f"    {name} = ({formula}){tail}  # {name}")
    names = ", ".join(f"{name}={name}" for name in Lines._fields)
    return "\n".join([*lines, f"    return dict({names})", TAILS[style]])


def load(file: Path) -> object:
    """The ``backprop`` that a file defines, or its engine."""
    name = f"learner_{next(_numbers)}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, "backprop", None) or module.Mine


def diagnosis_of(folder: Path, text: str, probes: list = PROBES) -> Diagnosis:
    """The diagnosis of a file's text, made in this process."""
    file = folder / f"mine_{next(_numbers)}.py"
    file.write_text(text, encoding="utf-8")
    return diagnosis_here(file, probes)


def diagnosis_here(file: Path, probes: list = PROBES) -> Diagnosis:
    """The diagnosis of a file, made in this process."""
    training = training_request(probes[0])
    run = run_here(load(file), [probe[1:] for probe in probes], training)  # type: ignore[arg-type]
    return conclude(run, probes, 0, training)
