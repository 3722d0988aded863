"""Hooks in a learner's program: every value that it computes passes one, so that it can be recorded and replaced.

A new syntax tree is made; what it computes, in which order, and what it raises at which line stay as they were.
In the exact world Python's own arithmetic goes through a hook too: ``1 / m`` is rounded before it meets an array.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from backproof.replay.nodes import altered, assign, call

VALUE, STORE, WROTE = "__backproof_value__", "__backproof_store__", "__backproof_wrote__"
BINARY, IN_PLACE = "__backproof_binary__", "__backproof_in_place__"

KeyOf = Callable[[ast.expr, str, str], int | None]  # the key of a node of a kind in a function; None: no hook

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@",
}  # fmt: skip

# What computes nothing: operators, contexts, patterns of match, parameters and their annotations, names of modules.
_PLAIN = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.pattern, ast.arg, ast.alias)


class Hooks(ast.NodeVisitor):
    """Makes trees with hooks; the trees that it is given stay as they are.

    Args:
        key_of: the key of a place; None where no hook is wanted.
        exact: whether Python's own arithmetic goes through a hook.
        modules: names that are modules in this file (``np``), which are no values.
    """

    def __init__(self, key_of: KeyOf, exact: bool, modules: frozenset[str]) -> None:
        self.key_of, self.exact, self.modules = key_of, exact, modules
        self.function = ""
        self.in_function = False
        self._temporaries: list[str] = []

    def block(self, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        """Statements one after the other."""
        made: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            made += new if isinstance(new, list) else [new]
        return made

    def generic_visit(self, node: ast.AST) -> Any:
        """The same node of visited parts."""
        return altered(node, **{name: self._part(value) for name, value in ast.iter_fields(node)})

    def _part(self, value: Any) -> Any:
        if isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                return self.block(value)
            return [self._part(part) for part in value]
        return self.visit(value) if isinstance(value, ast.AST) and not isinstance(value, _PLAIN) else value

    # Expressions.

    def _hooked(self, new: ast.expr, node: ast.expr, kind: str = "value") -> ast.expr:
        key = self.key_of(node, kind, self.function)
        return new if key is None else call(VALUE, node, ast.Constant(key), new)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        new = self.generic_visit(node)
        operator = OPERATORS.get(type(node.op))
        if self.exact and operator is not None:
            new = call(BINARY, node, ast.Constant(operator), new.left, new.right)
        return self._hooked(new, node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        new = self.generic_visit(node)
        plain = isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant)
        return new if plain else self._hooked(new, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function = node.func
        if self.exact and _is_dot(node) and not self._is_module(function.value):  # type: ignore[attr-defined]
            left = self._object(function.value)  # type: ignore[attr-defined]
            return self._hooked(call(BINARY, node, ast.Constant("dot"), left, self.visit(node.args[0])), node)
        if isinstance(function, ast.Attribute):
            function = altered(function, value=self._object(function.value))
        elif not isinstance(function, ast.Name):
            function = self.visit(function)
        return self._hooked(
            altered(node, func=function, args=self._part(node.args), keywords=self._part(node.keywords)), node
        )

    def _object(self, node: ast.expr) -> ast.expr:
        """The object of a method or an attribute: not hooked where it is a module."""
        return node if self._is_module(node) else self.visit(node)

    def _is_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if not isinstance(node.ctx, ast.Load):
            return node
        return self._hooked(altered(node, value=self._object(node.value)), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self._hooked(self.generic_visit(node), node) if isinstance(node.ctx, ast.Load) else node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if not isinstance(node.ctx, ast.Load) or node.id in self.modules or not self.in_function:
            return node
        return self._hooked(node, node, "load")

    def _value(self, node: ast.expr) -> ast.expr:
        return self._hooked(self.generic_visit(node), node)

    visit_IfExp = visit_ListComp = visit_SetComp = visit_DictComp = _value

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        arguments, before = self.visit(node.args), self.in_function
        self.in_function = True
        body = self.visit(node.body)
        self.in_function = before
        return altered(node, args=arguments, body=body)

    # Statements.

    def _untouched(self, node: ast.stmt) -> ast.stmt:
        return node

    visit_AsyncFunctionDef = visit_Delete = visit_TypeAlias = _untouched

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return altered(node, args=self.visit(node.args), body=self._inside(node, True))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        return altered(node, body=self._inside(node, False))

    def _inside(self, node: ast.FunctionDef | ast.ClassDef, in_function: bool) -> list[ast.stmt]:
        before = self.function, self.in_function
        self.function, self.in_function = f"{self.function}.{node.name}".lstrip("."), in_function
        body = self.block(node.body)
        self.function, self.in_function = before
        return body

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | list[ast.stmt]:
        if node.value is None:
            return node
        value, key = self.visit(node.value), self._store_key(node.target)
        if key is None or isinstance(node.target, ast.Subscript):
            return altered(node, value=value)
        return altered(node, value=call(STORE, node.target, ast.Constant(key), value))

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        value = self.visit(node.value)
        self._temporaries = []
        if len(node.targets) == 1:
            return self._without_temporaries(node, self._assigned(node, node.targets[0], value))
        if not any(self._is_hooked(target) for target in node.targets):
            return [altered(node, targets=[self._target(target) for target in node.targets], value=value)]
        common = self._temporary()
        made: list[ast.stmt] = [assign(node, ast.Name(common, ast.Store()), value)]
        for target in node.targets:
            made += self._assigned(node, target, ast.Name(common, ast.Load()))
        return self._without_temporaries(node, made)

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        value, key = self.visit(node.value), self._store_key(node.target)
        operator = OPERATORS.get(type(node.op)) if self.exact else None
        self._temporaries = []
        if key is None and operator is None:
            return [altered(node, target=self._target(node.target), value=value)]
        first, again, index = self._once(node.target)
        loaded = altered(first, ctx=ast.Load())
        if operator is not None:
            changed: ast.expr = call(IN_PLACE, node, ast.Constant(operator), loaded, value)
            made: list[ast.stmt] = []
        elif isinstance(node.target, ast.Attribute):
            name = self._temporary()
            made = [
                assign(node, ast.Name(name, ast.Store()), loaded),
                altered(node, target=ast.copy_location(ast.Name(name, ast.Store()), node), value=value),
            ]
            changed = ast.Name(name, ast.Load())
        else:
            made = [altered(node, target=first, value=value)]
            changed = altered(again, ctx=ast.Load())
        if isinstance(again, ast.Subscript):
            made += [assign(node, again, changed)] if operator is not None else []
            made += [] if key is None else [_wrote(node, key, again.value, index)]
        else:
            made.append(assign(node, again, changed if key is None else _store(node, key, changed)))
        return self._without_temporaries(node, made)

    # What is stored.

    def _store_key(self, target: ast.expr) -> int | None:
        if not self.in_function or not isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            return None
        return self.key_of(target, "store", self.function)

    def _is_hooked(self, target: ast.expr) -> bool:
        if isinstance(target, ast.Tuple | ast.List):
            return any(self._is_hooked(part) for part in target.elts)
        return self._store_key(target.value if isinstance(target, ast.Starred) else target) is not None

    def _assigned(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> list[ast.stmt]:
        """Statements that assign a value to a target, with hooks."""
        if not self._is_hooked(target):
            return [assign(statement, self._target(target), value)]
        if isinstance(target, ast.Tuple | ast.List):
            # First taken apart, then stored from left to right, as Python does.
            taken: list[ast.expr] = []
            made: list[ast.stmt] = []
            for part in target.elts:
                name = self._temporary()
                held: ast.expr = ast.Name(name, ast.Store())
                taken.append(altered(part, value=held) if isinstance(part, ast.Starred) else held)
                inner = part.value if isinstance(part, ast.Starred) else part
                made += self._assigned(statement, inner, ast.Name(name, ast.Load()))
            return [assign(statement, altered(target, elts=taken), value), *made]
        key = self._store_key(target)
        assert key is not None
        if not isinstance(target, ast.Subscript):
            return [assign(statement, target, _store(target, key, value))]
        first, again, index = self._once(target)
        assert isinstance(again, ast.Subscript)
        return [assign(statement, first, value), _wrote(statement, key, again.value, index)]

    def _target(self, target: ast.expr) -> ast.expr:
        """A target without a hook of its own; its indices have theirs."""
        if isinstance(target, ast.Tuple | ast.List):
            return altered(target, elts=[self._target(part) for part in target.elts])
        return altered(target, slice=self.visit(target.slice)) if isinstance(target, ast.Subscript) else target

    def _once(self, target: ast.expr) -> tuple[ast.expr, ast.expr, ast.expr]:
        """A target whose parts are evaluated and kept, the same target from what was kept, and its index."""
        nothing = ast.Constant(None)
        if isinstance(target, ast.Attribute):
            first, again = self._kept(target.value)
            return altered(target, value=first), altered(target, value=again), nothing
        if isinstance(target, ast.Subscript):
            (base, base_again), (index, index_again) = self._kept(target.value), self._kept(self.visit(target.slice))
            has_slice = any(isinstance(part, ast.Slice) for part in ast.walk(target.slice))
            shown = nothing if has_slice else index_again
            return altered(target, value=base, slice=index), altered(target, value=base_again, slice=index_again), shown
        return target, target, nothing

    def _kept(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        """An expression that also keeps its value under a name, and what gives the value again."""
        if isinstance(node, ast.Name | ast.Constant):
            return node, node
        if isinstance(node, ast.Tuple):
            parts = [self._kept(part) for part in node.elts]
            return altered(node, elts=[first for first, _ in parts]), altered(node, elts=[again for _, again in parts])
        if isinstance(node, ast.Starred):
            first, again = self._kept(node.value)
            return altered(node, value=first), altered(node, value=again)
        if isinstance(node, ast.Slice):
            ends = {name: self._kept(end) for name, end in ast.iter_fields(node) if end is not None}
            return (
                altered(node, **{name: first for name, (first, _) in ends.items()}),
                altered(node, **{name: again for name, (_, again) in ends.items()}),
            )
        name = self._temporary()
        kept = ast.copy_location(ast.NamedExpr(ast.Name(name, ast.Store()), node), node)
        return kept, ast.copy_location(ast.Name(name, ast.Load()), node)

    def _temporary(self) -> str:
        self._temporaries.append(f"__backproof_{len(self._temporaries) + 1}__")
        return self._temporaries[-1]

    def _without_temporaries(self, statement: ast.stmt, made: list[ast.stmt]) -> list[ast.stmt]:
        """Afterwards nothing is kept: a program that looks at its ``locals()`` sees its own."""
        if not self._temporaries:
            return made
        names: list[ast.expr] = [ast.Name(name, ast.Del()) for name in self._temporaries]
        return [*made, ast.copy_location(ast.Delete(names), statement)]


def _is_dot(node: ast.Call) -> bool:
    """``a.dot(b)``, which NumPy computes without asking ``b`` where ``a`` is an array of whole numbers."""
    function = node.func
    plain = len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
    return plain and isinstance(function, ast.Attribute) and function.attr == "dot"


def _store(where: ast.AST, key: int, value: ast.expr) -> ast.Call:
    return call(STORE, where, ast.Constant(key), value)


def _wrote(where: ast.stmt, key: int, base: ast.expr, index: ast.expr) -> ast.stmt:
    return ast.copy_location(ast.Expr(call(WROTE, where, ast.Constant(key), base, index)), where)
