"""A file of a program with something else in the place of an expression or a statement."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from backproof.replay.nodes import altered, same_or
from backproof.replay.places import key_of, mark
from backproof.replay.sources import Source, Unit


class Edit(NamedTuple):
    """What stands in the place of a node.

    Attributes:
        old: an expression or a statement of the program's tree: the node itself, not a copy.
        new: one expression for an expression; for a statement any number of them: none removes it, and with the old
            one among them the others are inserted. A statement moves by two edits.
    """

    old: ast.expr | ast.stmt
    new: tuple[ast.expr | ast.stmt, ...]


def patched(source: Source, edits: Sequence[Edit]) -> Source:
    """The file after some edits; places that it still has keep their keys, new ones have none.

    Raises:
        ValueError: an edit's old node is not in the file.
    """
    keys = {key for edit in edits for node in ast.walk(edit.old) if (key := key_of(node)) is not None}
    maker = _Maker({id(edit.old): edit for edit in edits}, keys)
    units: list[Unit] = []
    for unit in source.units:
        if any(_covers(unit.statement, edit.old) for edit in edits):
            units += map(Unit, maker.statements([unit.statement]))
        else:
            units.append(unit)
    if maker.waiting:
        raise ValueError("what is to be edited is not in the file")
    tree = ast.Module([unit.statement for unit in units], source.tree.type_ignores)
    return replace(source, tree=tree, units=tuple(units))


def _covers(outer: ast.stmt | ast.expr, node: ast.expr | ast.stmt) -> bool:
    first = min([outer.lineno, *(d.lineno for d in getattr(outer, "decorator_list", []))])
    return first <= node.lineno <= (outer.end_lineno or outer.lineno)


class _Maker:
    """Copies of what is changed; all else is shared with the tree before."""

    def __init__(self, edits: Mapping[int, Edit], keys: set[int]) -> None:
        self._edits = edits
        self._free: set[int | None] = {*keys}
        self._in_place = {id(node) for edit in edits.values() for node in ast.walk(edit.old)}
        self.waiting = set(edits)

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in body:
            edit = self._edits.get(id(statement))
            if edit is None:
                made.append(self._node(statement))
            else:
                self.waiting.discard(id(statement))
                made += [self._new(new, edit.old) for new in edit.new]
        return made

    def _node(self, node: Any) -> Any:
        edit = self._edits.get(id(node))
        if edit is not None:
            self.waiting.discard(id(node))
            (new,) = edit.new
            return self._new(new, edit.old)
        if isinstance(node, ast.stmt | ast.expr) and not any(_covers(node, edit.old) for edit in self._edits.values()):
            return node
        fields = {name: self._part(value) for name, value in ast.iter_fields(node)}
        if all(value is getattr(node, name) for name, value in fields.items()):
            return node
        return _made(node, fields, key_of(node))

    def _part(self, value: Any) -> Any:
        if isinstance(value, ast.AST):
            return self._node(value)
        if not isinstance(value, list) or not value:
            return value
        if isinstance(value[0], ast.stmt):
            return same_or(self.statements(value) or [ast.copy_location(ast.Pass(), value[0])], value)
        return same_or([self._part(part) for part in value], value)

    def _new(self, node: Any, old: ast.AST) -> Any:
        """A node that an edit brings in: a place of the old one keeps its key, once, all others have none."""
        fields = {name: self._inside(value, old) for name, value in ast.iter_fields(node)}
        key = key_of(node)
        if key not in self._free:
            key = None
        self._free.discard(key)
        is_old = id(node) in self._in_place
        if is_old and key == key_of(node) and all(value is getattr(node, name) for name, value in fields.items()):
            return node
        new = _made(node, fields, key)
        return new if is_old or key is not None else ast.copy_location(new, old)

    def _inside(self, value: Any, old: ast.AST) -> Any:
        if isinstance(value, list):
            return same_or([self._inside(part, old) for part in value], value)
        return self._new(value, old) if isinstance(value, ast.AST) else value


def _made(node: ast.AST, fields: dict[str, Any], key: int | None) -> ast.AST:
    new = altered(node, **fields)
    if key is not None:
        mark(new, key)
    return new
