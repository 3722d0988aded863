"""Arguments for a function without ``example()``: made up from what its parameters are called, in several layouts.

Names only help to guess here: each guess is tried, and one that the program cannot take, or that gives gradients of
other shapes than the parameters', is dropped. What fits is printed, so that it can be pasted and changed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from backproof.diagnosis.completing.offer import Example, Offer, dict_of, example_of
from backproof.diagnosis.completing.sizes import HIDDEN, INPUTS, OUTPUTS

SAMPLES = 5  # no two of this and the sizes are the same
WEIGHTS = re.compile(r"(W|w|weights?|theta|Theta|kernel)_?(\d*|[a-z]{1,2})$")
BIASES = re.compile(r"(b|bias|biases)_?(\d*|[a-z]{1,2})$")
LABELS = re.compile(r"(y|Y|t|T|labels?|targets?|y_?true|y_?train|Y_?train|truth)$")
DATA = re.compile(r"(X|x|inputs?|data|images?|features|X_?train|x_?train|A0|a0)$")
STRENGTHS = re.compile(r"(reg\w*|lambd?a?_?|lam|l[12]\w*|weight_?decay|delta|margin)$", re.IGNORECASE)
COUNTS = re.compile(r"(m|n|N|batch_?size|batch|n_samples|num_samples|num_examples)$")


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


class Examples(NamedTuple):
    """Functions ``example``: to be tried, or with places to be filled in.

    Attributes:
        tried: the likeliest first; none where an argument's name says nothing.
        unknown: those arguments.
        blank: one in which they are to be filled in.
    """

    tried: tuple[Example, ...]
    unknown: tuple[str, ...]
    blank: str

    def to(self, text: str) -> Offer:
        """With the function that they are for."""
        return Offer(text, self.tried, self.unknown, self.blank)


def examples(
    tree: ast.Module,
    parameters: Sequence[str],
    made: Mapping[str, str] | None = None,
    of_two_classes: bool = False,
) -> Examples:
    """Functions ``example`` that return arguments of these names.

    Args:
        made: how some of them are made, with ``{outputs}`` for the number of outputs.
        of_two_classes: whether labels of 0 and 1 are likely. Then a single sample is tried first too, where the data
            have a small letter: with a known loss it shows what was meant.
    """
    made = made or {}
    keys = {name: found for name in parameters if name not in made and (found := constant_keys(tree, name))}
    weights = [key for name in parameters for key in keys.get(name, [name]) if WEIGHTS.match(key) and name not in made]
    one = [layout for layout in LAYOUTS if layout.one] if any(DATA.match(n) and n.islower() for n in parameters) else []
    many = [layout for layout in LAYOUTS if not layout.one]
    layouts = [*one, *many] if of_two_classes else [*many, *one]
    kinds = list(dict.fromkeys([*OF_TWO_CLASSES, *KINDS]) if of_two_classes else KINDS)
    tried: dict[str, Example] = {}
    for layout, (kind, outputs) in product(layouts, kinds):
        lines = {
            name: made[name].replace(OUTPUTS, str(outputs))
            if name in made
            else _value(name, keys.get(name), _Sizes(layout, kind, outputs, weights))
            for name in parameters
        }
        known = {name: value for name, value in lines.items() if value is not None}
        unknown = tuple(name for name in parameters if name not in known)
        if unknown or not (weights or made) or not any(DATA.match(name) or name in made for name in parameters):
            return Examples((), unknown, example_of({name: known.get(name, "...") for name in parameters}))
        text = example_of(known)
        tried.setdefault(text, Example(text, layout.one))
    return Examples(tuple(tried.values()), (), "")


class _Sizes(NamedTuple):
    """What the shapes of all arguments of one example follow from."""

    layout: Layout
    kind: str
    outputs: int
    weights: Sequence[str]


def constant_keys(tree: ast.AST, name: str) -> list[str]:
    """The constant keys with which a dict of this name is read, in order: ``parameters["W1"]``."""
    found = [
        (node.lineno, node.col_offset, node.slice.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and isinstance(node.ctx, ast.Load)
    ]
    return list(dict.fromkeys(key for _, _, key in sorted(found)))


def _value(name: str, keys: Sequence[str] | None, sizes: _Sizes) -> str | None:
    if keys:
        parts = {key: _array(key, sizes) for key in keys}
        known = {key: part for key, part in parts.items() if part is not None}
        return dict_of(known) if len(known) == len(parts) else None
    return _array(name, sizes)


def _array(name: str, sizes: _Sizes) -> str | None:
    layout, kind, outputs, weights = sizes
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
    if COUNTS.match(name):
        return str(1 if layout.one else SAMPLES)
    return "0.1" if STRENGTHS.match(name) else None


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
