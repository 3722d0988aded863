"""``backprop`` for a function whose parameters are variables of the file: they are handed over as arguments."""

from __future__ import annotations

import ast

from backproof.diagnosis.completing.made_up import DATA, LABELS, examples
from backproof.diagnosis.completing.offer import Offer, dict_of
from backproof.diagnosis.completing.parts import VALUE, Part, parts_of

_LISTS = (DATA, "[0, 3, 1, 2]"), (LABELS, "[3, 1, 2, 0]")  # of whole numbers, as of letters


def outside(tree: ast.Module) -> Offer | None:
    """For a function that returns the loss and gradients of variables of the file; None where there is none."""
    variables = {
        node.id: None
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for part in parts_of(tree):
        of = {given: given[1:].lstrip("_") for given in part.gives[1:] if given[1:].lstrip("_") in variables}
        if part.gives and VALUE.match(part.gives[0]) and of:
            targets = ", ".join(given if given in of or k == 0 else "_" for k, given in enumerate(part.gives))
            text = (
                f"def backprop({', '.join([*part.takes, 'weights'])}):\n"
                "    globals().update(weights)\n"
                f"    {targets} = {part.name}({', '.join(part.takes)})\n"
                f"    return {part.gives[0]}, {dict_of({name: given for given, name in of.items()})}\n"
            )
            made = {"weights": dict_of({name: name for name in of.values()}), **_made(part, tree)}
            return examples(tree, (*part.takes, "weights"), made).to(text)
    return None


def _made(part: Part, tree: ast.Module) -> dict[str, str]:
    """Other arguments: lists of whole numbers for data and labels, else what the file itself first gives this name."""
    found = {}
    for name in part.takes:
        text = next((text for words, text in _LISTS if words.match(name)), None) or _assigned(name, tree)
        if text is not None:
            found[name] = text
    return found


def _assigned(name: str, tree: ast.Module) -> str | None:
    """What the file assigns to a name outside of its functions; where that is zeros, other numbers show more."""
    functions = [statement for statement in tree.body if isinstance(statement, ast.FunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and id(node) not in inside:
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Name) and target.id == name:
                if isinstance(value, ast.Call) and ast.unparse(value.func) == "np.zeros":
                    return f"rng.normal(size={ast.unparse(value.args[0])})"
                return ast.unparse(value)
    return None
