"""Arguments for a function without ``example()``: made up from what its parameters are called, in several layouts.

Names only help to guess here: each guess is tried, and one that the program cannot take, or that gives gradients of
other shapes than the parameters', is dropped. What fits is printed, so that it can be pasted and changed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

SAMPLES, INPUTS, HIDDEN = 5, 8, 6  # no two are the same, nor one more than another
WEIGHTS = re.compile(r"(W|w|weights?|theta|Theta|kernel)_?(\d*|[a-z]{1,2})$")
BIASES = re.compile(r"(b|bias|biases)_?(\d*|[a-z]{1,2})$")
LABELS = re.compile(r"(y|Y|t|T|labels?|targets?|y_?true|y_?train|Y_?train|truth)$")
DATA = re.compile(r"(X|x|inputs?|data|images?|features|X_?train|x_?train|A0|a0)$")


class Layout(NamedTuple):
    """How arrays lie.

    Attributes:
        columns: whether samples are columns.
        out_in: whether weights are (outputs, inputs).
        flat_bias: whether a bias has one axis.
        one: whether there is a single sample, without an axis of its own in a row.
    """

    columns: bool
    out_in: bool
    flat_bias: bool
    one: bool = False


LAYOUTS = (
    Layout(False, False, True),
    Layout(False, False, False),
    Layout(True, True, False),
    Layout(False, True, True),
    Layout(False, True, False),
    Layout(True, False, False),
    Layout(False, True, True, one=True),
    Layout(True, True, False, one=True),
)
# The labels of as many outputs: whole numbers, one-hot or 0 and 1 in a row or a column, and targets with a fraction.
KINDS = (("whole", 3), ("one-hot", 3), ("zero-one", 1), ("flat zero-one", 1), ("targets", 2), ("flat targets", 1))
OF_TWO_CLASSES = (("flat zero-one", 1), ("zero-one", 1))


class Example(NamedTuple):
    """The text of a function ``example``, and whether it makes a single sample."""

    text: str
    one: bool


def examples(
    tree: ast.Module, parameters: Sequence[str], net: str = "", of_two_classes: bool = False
) -> Iterator[Example]:
    """Functions ``example``, the likeliest first; none where a parameter's name says nothing.

    Args:
        net: how the argument of this name is made, with ``{outputs}`` for the number of its outputs.
        of_two_classes: whether labels of 0 and 1 are likely. Then a single sample is tried first too, where the data
            have a small letter: with a known loss it shows what was meant.
    """
    keys = {name: found for name in parameters if (found := _keys(tree, name))}
    weights = [key for name in parameters for key in keys.get(name, [name]) if WEIGHTS.match(key)]
    if not (weights or net) or not any(DATA.match(name) for name in parameters):
        return
    one = [layout for layout in LAYOUTS if layout.one] if any(DATA.match(n) and n.islower() for n in parameters) else []
    many = [layout for layout in LAYOUTS if not layout.one]
    layouts = [*one, *many] if of_two_classes else [*many, *one]
    kinds = dict.fromkeys([*OF_TWO_CLASSES, *KINDS]) if of_two_classes else KINDS
    for layout, (kind, outputs) in product(layouts, kinds):
        lines = [
            f'"net": {net.format(outputs=outputs)}'
            if net and name == "net"
            else _entry(name, keys.get(name), layout, kind, outputs, weights)
            for name in parameters
        ]
        if None not in lines:
            body = "\n".join(f"        {line}," for line in lines)
            text = (
                "def example():\n    import numpy as np\n\n    rng = np.random.default_rng(0)\n"
                f"    return {{\n{body}\n    }}\n"
            )
            yield Example(text, layout.one)


def _keys(tree: ast.Module, name: str) -> list[str]:
    """The constant keys with which a dict of this name is read, in order: ``parameters["W1"]``."""
    found = [
        (node.lineno, node.col_offset, node.slice.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    ]
    return list(dict.fromkeys(key for _, _, key in sorted(found)))


def _entry(
    name: str, keys: Sequence[str] | None, layout: Layout, kind: str, outputs: int, weights: Sequence[str]
) -> str | None:
    if keys:
        parts = [_value(key, layout, kind, outputs, weights) for key in keys]
        inside = ", ".join(f'"{key}": {part}' for key, part in zip(keys, parts, strict=True))
        return None if None in parts else f'"{name}": {{{inside}}}'
    value = _value(name, layout, kind, outputs, weights)
    return None if value is None else f'"{name}": {value}'


def _value(name: str, layout: Layout, kind: str, outputs: int, weights: Sequence[str]) -> str | None:
    widths = dict(enumerate([INPUTS, *[HIDDEN] * (len(weights) - 1), outputs]))
    if WEIGHTS.match(name):
        layer = weights.index(name)
        before, after = widths[layer], widths[layer + 1]
        return f"rng.normal(size={(after, before) if layout.out_in else (before, after)})"
    if BIASES.match(name):
        layer = _layer_of(name, weights)
        after = widths[min(layer, len(weights) - 1) + 1]
        shape = after if layout.flat_bias else (after, 1) if layout.columns else (1, after)
        return f"0.1 * rng.normal(size={shape})"
    if DATA.match(name):
        return f"rng.normal(size={_data_shape(layout)})"
    if LABELS.match(name):
        labels = _labels(kind, outputs, layout.columns)
        return _first(labels, kind, layout.columns) if layout.one else labels
    return None


def _data_shape(layout: Layout) -> tuple[int, ...] | int:
    if layout.one:
        return (INPUTS, 1) if layout.columns else INPUTS
    return (INPUTS, SAMPLES) if layout.columns else (SAMPLES, INPUTS)


def _first(labels: str, kind: str, columns: bool) -> str:
    """The labels of the first sample."""
    flat = kind in ("whole", "flat zero-one", "flat targets")
    return f"({labels})[0]" if flat or not columns else f"({labels})[:, :1]"


def _layer_of(bias: str, weights: Sequence[str]) -> int:
    end = BIASES.match(bias).group(2)  # type: ignore[union-attr]
    ends = [WEIGHTS.match(weight).group(2) for weight in weights]  # type: ignore[union-attr]
    return ends.index(end) if end in ends else len(weights) - 1


def _labels(kind: str, outputs: int, columns: bool) -> str:
    turned = ".T" if columns else ""
    return {
        "whole": f"np.arange({SAMPLES}) % {outputs}",
        "one-hot": f"np.eye({outputs})[np.arange({SAMPLES}) % {outputs}]{turned}",
        "zero-one": f"np.array([[1.0], [0.0], [0.0], [1.0], [1.0]]){turned}",
        "flat zero-one": "np.array([1.0, 0.0, 0.0, 1.0, 1.0])",
        "targets": f"rng.normal(size={(outputs, SAMPLES) if columns else (SAMPLES, outputs)})",
        "flat targets": f"rng.normal(size={SAMPLES})",
    }[kind]
