"""Snippets for replay: each is the body of a function of four arguments, whose value and derivatives are known."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backproof.replay.loading import Program
from backproof.replay.run import Inputs, play, replay

X = np.array([[0.31, -1.2, 0.7, 2.1], [1.4, 0.45, -0.62, -0.9], [-2.3, 0.83, 1.1, 0.24]])
V = np.array([0.9, -0.37, 1.3, 0.52])
S = np.array(0.73)
K = np.array([2, 0, 3, 1])


def text_of(prefix: str, snippet: str) -> str:
    """The function: what stands before its body, which is the snippet."""
    return prefix + textwrap.indent("\n".join(snippet.split("; ")), "    ") + "\n    return y\n"


def program_of(folder: Path, prefix: str, snippet: str) -> Program:
    """The function as a program."""
    path = folder / "snippet.py"
    path.write_text(text_of(prefix, snippet))
    return Program(path)


def weights(size: int) -> np.ndarray:
    """With which the entries of a value are summed, so that every one counts."""
    return np.sin(np.arange(1, size + 1))


def assert_followed(
    program: Program, made: Callable[[Any], Callable[[Any], Any]], value: np.ndarray, slopes: Sequence[np.ndarray]
) -> None:
    """The function of another library's arrays is followed: its value, and the derivatives of its weighted sum.

    Args:
        made: from the program's names, what makes an array of the library.
        slopes: with respect to X, V and S.
    """

    def called(space: Any, *arrays: Any) -> Any:
        array = made(space)
        return space["f"](*map(array, arrays), array(K.copy())).held

    in_floats = play(program, lambda space, inputs: called(space, X.copy(), V.copy(), S.copy())).result
    assert in_floats.shape == value.shape
    assert np.abs(in_floats - value).max() <= 1e-11 * max(1, np.abs(value).max())

    def exactly(space: Any, inputs: Inputs) -> Any:
        handed = inputs.array(X), inputs.array(V), inputs.array(S)
        starts = [h.ids.copy() for h in handed]
        return starts, called(space, *handed)

    run = replay(program, exactly)
    (starts, y), tape = run.result, run.tape
    assert y.shape == value.shape
    assert np.abs(tape.hi[y.ids] - value).max() <= 1e-11 * max(1, np.abs(value).max())
    loss = (y.reshape(-1) * weights(y.size)).sum()
    adjoints = tape.adjoints(loss.id)
    for start, slope in zip(starts, slopes, strict=True):
        true = adjoints.of(start).hi
        assert true.shape == slope.shape
        assert np.all(np.abs(true - slope) <= 1e-11 * max(1, np.abs(slope).max()))
