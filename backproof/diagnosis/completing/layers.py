"""``backprop`` for a file of layers: functions ``NAME_forward`` and ``NAME_backward``, and losses with their gradient.

Each layer is called by itself, with a loss of its own: the sum of its outputs times numbers that are handed back as
their gradient. Shapes are tried, as everywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from backproof.diagnosis.completing.made_up import LABELS, SAMPLES, constant_keys
from backproof.diagnosis.completing.offer import Example, dict_of, example_of
from backproof.diagnosis.completing.parts import LOSS, Part, parts_of
from backproof.diagnosis.completing.sizes import HIDDEN, INPUTS

_FORWARD = re.compile(r"forward|fwd")
_STEPS, _OUTPUTS, _CHANNELS = 4, 3, 3
_PARAMETERS = re.compile(r"param(eter)?s?$|weights$", re.IGNORECASE)
_STATE = re.compile(r"(prev_?|next_?)[hac]|[hac]_?(prev|0)$", re.IGNORECASE)
_DATA = re.compile(r"(x|X|A|inputs?|data)(_?(t|prev))?$")
_OPTIONS = {"mode": '"train"', "stride": "1", "pad": "1", "p": "0.5", "seed": "0", "eps": "1e-5"}


class _Form(NamedTuple):
    """Shapes by kind: of data, of states, and of weights by the ends of their names, "" for all others."""

    data: tuple[int, ...]
    state: tuple[int, ...]
    weights: Mapping[str, tuple[int, ...]]
    bias: tuple[int, ...]
    scale: tuple[int, ...]


_N, _D, _H, _T = SAMPLES, INPUTS, HIDDEN, _STEPS
_ROWS = {"": (_D, _H), "x": (_D, _H), "h": (_H, _H), "xh": (_D, _H), "hh": (_H, _H)}
_GATES = {"": (_D, _H), "x": (_D, 4 * _H), "h": (_H, 4 * _H)}
_COLUMNS = {"": (_H, _H + _D), "ax": (_H, _D), "aa": (_H, _H), "xh": (_H, _D), "hh": (_H, _H), "y": (_OUTPUTS, _H),
            "ya": (_OUTPUTS, _H), "hy": (_OUTPUTS, _H)}  # fmt: skip
_FILTERS = {"": (2, _CHANNELS, 3, 3)}
_FORMS = (
    _Form((_N, _D), (_N, _H), _ROWS, (_H,), (_D,)),
    _Form((2, _CHANNELS, 4, 4), (_N, _H), _FILTERS, (2,), (_CHANNELS,)),
    _Form((_N, _T, _D), (_N, _H), _ROWS, (_H,), (_D,)),
    _Form((_N, _D), (_N, _H), _GATES, (4 * _H,), (_D,)),
    _Form((_N, _T, _D), (_N, _H), _GATES, (4 * _H,), (_D,)),
    _Form((_D, _N), (_H, _N), {"": (_H, _D)}, (_H, 1), (_D, 1)),
    _Form((_D, _N), (_H, _N), _COLUMNS, (_H, 1), (_D, 1)),
    _Form((_D, _N, _T), (_H, _N), _COLUMNS, (_H, 1), (_D, 1)),
)


class Layer(NamedTuple):
    """A layer by itself.

    Attributes:
        name: of its arguments.
        lines: that call it, and add to ``loss`` and ``gradients``.
        tried: what its arguments may be, each a dict's text.
    """

    name: str
    lines: tuple[str, ...]
    tried: tuple[str, ...]

    def examples(self) -> tuple[Example, ...]:
        """Arguments for this layer alone, in the order of what is tried."""
        return tuple(Example(example_of({self.name: text})) for text in self.tried)


def together(layers: Sequence[Layer], name: str = "backprop") -> str:
    """The text of a function that calls all of them."""
    body = "\n".join(f"    {line}" for layer in layers for line in layer.lines)
    start = "    import numpy as np\n\n    loss, gradients = 0, {}\n"
    return f"def {name}({', '.join(layer.name for layer in layers)}):\n{start}{body}\n    return loss, gradients\n"


def layers_of(tree: ast.Module) -> list[Layer]:
    """The layers of a file, in order."""
    parts = {part.name: part for part in parts_of(tree)}
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = []
    for part in parts.values():
        back = parts.get(_FORWARD.sub(lambda word: "backward" if word[0] == "forward" else "bwd", part.name))
        name = _FORWARD.sub("", part.name).replace("__", "_").strip("_")
        lines = None
        if back is not None and back is not part:
            lines = _pair(part, back, name)
        elif LOSS.search(part.name) and len(part.gives) == 2 and part.takes and part.gives[1] == f"d{part.takes[0]}":
            name = f"{name}_of"  # the function keeps its name
            lines = _with_gradient(part, name)
        if lines is not None:
            found.append(Layer(name, tuple(lines), tuple(_arguments(part, functions[part.name], tree))))
    return found


def _pair(forward: Part, back: Part, name: str) -> list[str] | None:
    """The forward pass, its loss and the backward pass; None where the names do not say which output is which."""
    gives = [given or f"out{k}" for k, given in enumerate(forward.gives)]
    if len(gives) < 2 or len(back.takes) < 2:
        return None
    cache = back.takes[-1] if back.takes[-1] in gives else gives[-1]
    gives = ["cache" if given == gives[-1] and not forward.gives[-1] else given for given in gives]
    cache = "cache" if cache not in gives else cache
    outputs = [given for given in gives if given != cache]
    lines = [f"{', '.join(gives)} = {forward.name}(**{name})"]
    upstream = []
    for position, taken in enumerate(back.takes[:-1]):
        output = next((o for o in outputs if taken == f"d{o}" or taken == f"d_{o}"), None)
        output = output or (outputs[position] if position < len(outputs) else None)
        if output is None:
            return None
        lines += [
            f"{taken} = np.random.default_rng({position}).normal(size={output}.shape)",
            f"loss += np.sum({output} * {taken})",
        ]
        upstream.append(taken)
    call = f"{back.name}({', '.join([*upstream, cache])})"
    return [*lines, *_gradients(forward, back, name, call)]


def _gradients(forward: Part, back: Part, name: str, call: str) -> list[str]:
    """The call of the backward pass, and its gradients by the names of the arguments."""
    arrays = [taken for taken in forward.takes if not taken.endswith("param")]
    if len(back.gives) == 1:
        alone = len(arrays) == 1 and not _PARAMETERS.search(arrays[0])
        return [f'gradients["{name}"] = {{"{arrays[0]}": {call}}}' if alone else f'gradients["{name}"] = {call}']
    given = [g or f"d{arrays[k]}" if k < len(arrays) else "_" for k, g in enumerate(back.gives)]
    pairs = ", ".join(f'"{g[1:].lstrip("_")}": {g}' for g in given if g[1:].lstrip("_") in forward.takes)
    return [f"{', '.join(given)} = {call}", f'gradients["{name}"] = {{{pairs}}}']


def _with_gradient(part: Part, name: str) -> list[str]:
    taken, given = part.takes[0], part.gives[1]
    return [
        f"part, {given} = {part.name}(**{name})",
        "loss += part",
        f'gradients["{name}"] = {{"{taken}": {given}}}',
    ]


def _arguments(part: Part, function: ast.FunctionDef, tree: ast.Module) -> list[str]:
    """What a layer may be given, one text for each form that fits its names."""
    options = {name: constant_keys(function, name) for name in part.takes if name.endswith("param")}
    keys = {name: constant_keys(tree, name) for name in part.takes if name not in options}
    found: dict[str, None] = {}
    for form, pooled in product(_FORMS, (False, True)):
        every = {
            name: _options(options[name], pooled) if name in options else _value(name, keys[name], form)
            for name in part.takes
        }
        values = {name: value for name, value in every.items() if value is not None}
        if len(values) == len(every):
            found[dict_of(values)] = None
    return list(found)


def _options(keys: Sequence[str], pooled: bool) -> str:
    """A dict of options: steps of 1 and 2 are tried."""
    values = {key: _OPTIONS.get(key, "2") for key in keys}
    return dict_of(values | {"stride": "2"} if pooled and "stride" in values else values)


def _value(name: str, keys: Sequence[str], form: _Form) -> str | None:
    if not keys and not _PARAMETERS.search(name):
        return _array(name, form)
    arrays = {key: _array(key, form) for key in keys}
    known = {key: value for key, value in arrays.items() if value is not None}
    return dict_of(known) if known and len(known) == len(arrays) else None


def _array(name: str, form: _Form) -> str | None:
    if _STATE.match(name):
        return f"rng.normal(size={form.state})"
    if _DATA.match(name):
        return f"rng.normal(size={form.data})"
    if LABELS.match(name):
        return f"np.arange({form.data[0]}) % {form.data[-1]}"
    if re.match(r"gamma|beta|scale|shift", name):
        return f"rng.normal(size={form.scale})"
    if name[:1] in "wW":
        end = name[1:].lstrip("_").removeprefix("eights")
        return f"rng.normal(size={form.weights.get(end, form.weights[''])})"
    if name[:1] == "b":
        outputs = (form.weights["y"][0], 1) if name[1:] == "y" and "y" in form.weights else form.bias
        return f"rng.normal(size={outputs})"
    return None
