"""Changes of whole statements: ``=`` for ``+=``, one moved or left out, a loop's bounds, where something is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from backproof.diagnosis.repair.bench import Change
from backproof.diagnosis.repair.edits import More, edits
from backproof.diagnosis.repair.kinds import Kind, expression
from backproof.diagnosis.repair.scope import Scope
from backproof.replay.nodes import altered, placed
from backproof.replay.patches import Edit

_FURTHEST = 6  # statements that another moves over


def statement_changes(statement: ast.stmt, block: Sequence[ast.stmt]) -> Iterator[Change]:
    """The statement itself changed, moved or left out.

    Args:
        block: the statements that it stands among.
    """
    yield from _assignments(statement)
    if isinstance(statement, ast.Return | ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return
    if len(block) > 1 and not isinstance(statement, ast.For | ast.While):
        yield Change((Edit(statement, ()),), Kind.STATEMENT, 1.2, statement, ())
    place = next(k for k, other in enumerate(block) if other is statement)
    yield from _into_the_loop(statement, block, place)
    for other_place, other in enumerate(block):
        if other is statement or abs(other_place - place) > _FURTHEST or isinstance(other, ast.Return):
            continue
        around = (statement, other) if other_place < place else (other, statement)
        moved = (Edit(statement, ()), Edit(other, around))
        yield Change(moved, Kind.STATEMENT, 0.7 + 0.1 * abs(other_place - place), statement, (statement,))


def _into_the_loop(statement: ast.stmt, block: Sequence[ast.stmt], place: int) -> Iterator[Change]:
    """After a loop, and meant to be its last statement."""
    before = block[place - 1] if place else None
    if isinstance(before, ast.For | ast.While) and not isinstance(statement, ast.For | ast.While):
        longer = altered(before, body=[*before.body, statement])
        yield Change((Edit(statement, ()), Edit(before, (longer,))), Kind.STATEMENT, 1.0, statement, (longer,))


def insertions(statement: ast.stmt, scope: Scope) -> Iterator[Change]:
    """A statement more, after one that sets a variable: it is divided by n, or 1 is taken from the labels' entries."""
    name = _set_by(statement)
    if name is None:
        return
    for distance, atom in enumerate(scope.atoms):
        if atom == name:
            continue
        for text in (
            f"{name} /= {atom}",
            f"{name} /= len({atom})",
            f"{name}[np.arange(len({atom})), {atom}] -= 1",
            f"{name}[{atom}] -= 1",
            f"{name} *= {atom}",
            f"{name}[{atom} <= 0] = 0",
        ):
            new = placed(ast.parse(text).body[0], statement)
            cost = (2.1 if "/=" in text else 1.8) + 0.01 * distance  # the division may stand in the line itself
            yield Change((Edit(statement, (statement, new)),), Kind.INSERTED, cost, statement, (new,))


def _set_by(statement: ast.stmt) -> str | None:
    """The one variable that a statement sets, whole or in part."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AugAssign):
        target = statement.target
    else:
        return None
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def _assignments(statement: ast.stmt) -> Iterator[Change]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Tuple):
            for k in range(len(target.elts) - 1):
                turned = [*target.elts[:k], target.elts[k + 1], target.elts[k], *target.elts[k + 2 :]]
                swapped = ast.Assign([altered(target, elts=turned)], statement.value)
                yield _instead(statement, swapped, 0.9)._replace(kind=Kind.ORDER)
        if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            for op, cost in ((ast.Add(), 0.8), (ast.Mult(), 1.1), (ast.Sub(), 1.2)):
                yield _instead(statement, ast.AugAssign(target, op, statement.value), cost)
            if isinstance(statement.value, ast.Name | ast.Attribute | ast.Subscript):
                copied = ast.Call(ast.Attribute(statement.value, "copy", ast.Load()), [], [])
                yield _instead(statement, ast.Assign([target], copied), 1.0)._replace(kind=Kind.COPY)
            repeated = _repeated(statement.value)
            if repeated is not None:
                yield _instead(statement, ast.Assign([target], repeated), 1.0)._replace(kind=Kind.COPY)
            if isinstance(target, ast.Subscript):
                plain = ast.Assign([target.value], statement.value)
                yield _instead(statement, plain, 1.3)
    if isinstance(statement, ast.AugAssign):
        yield _instead(statement, ast.Assign([statement.target], statement.value), 0.8)
        for other in (ast.Add, ast.Sub, ast.Mult, ast.Div):
            if not isinstance(statement.op, other):
                yield _instead(statement, altered(statement, op=other()), 0.7)
        if isinstance(statement.target, ast.Subscript) and isinstance(statement.op, ast.Add):
            target = statement.target
            call = ast.Call(
                expression("np.add.at"), [_loaded(target.value), _as_value(target.slice), statement.value], []
            )
            yield _instead(statement, ast.Expr(call), 1.4)


def _as_value(index: ast.expr) -> ast.expr:
    """An index as the argument of a call, where ``1:`` is ``slice(1, None, None)``."""
    if isinstance(index, ast.Slice):
        ends = [ast.Constant(None) if end is None else end for end in (index.lower, index.upper, index.step)]
        whole = all(end is None for end in (index.lower, index.upper, index.step))
        return ast.Call(expression("slice"), ends[:1] if whole else ends, [])
    if isinstance(index, ast.Tuple):
        return altered(index, elts=[_as_value(part) for part in index.elts])
    return index


def _repeated(value: ast.expr) -> ast.expr | None:
    """``[a] * n``, which holds one array n times, as a list of n arrays."""
    if not (isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult)):
        return None
    held, count = (value.left, value.right) if isinstance(value.left, ast.List) else (value.right, value.left)
    if not (isinstance(held, ast.List) and len(held.elts) == 1):
        return None
    turns = ast.Call(ast.Name("range", ast.Load()), [count], [])
    return ast.ListComp(held.elts[0], [ast.comprehension(ast.Name("_", ast.Store()), turns, [], 0)])


def _loaded(target: ast.expr) -> ast.expr:
    return altered(target, ctx=ast.Load())


def _instead(old: ast.stmt, new: ast.stmt, cost: float) -> Change:
    new = placed(new, old)
    return Change((Edit(old, (new,)),), Kind.ASSIGNMENT, cost, old, (new,))


def expressions_of(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions whose values a statement uses, but not those of the statements inside of it."""
    for name, value in ast.iter_fields(statement):
        if name in ("targets", "target", *_NO_VALUES):
            continue
        yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.expr))


_NO_VALUES = ("decorator_list", "args", "returns", "annotation", "body", "orelse", "finalbody", "handlers")


def edits_inside(node: ast.expr, scope: Scope, more: More = More.FACTORS, is_index: bool = False) -> Iterator[Change]:
    """Every edit of an expression; it may be an index itself."""
    for one in edits(node, scope, more, is_index):
        yield Change((Edit(node, (one.node,)),), one.kind, one.cost, one.old, (one.new,))


def target_changes(statement: ast.stmt, scope: Scope) -> Iterator[Change]:
    """Where a statement writes, and what it turns over, if it is a loop."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    for target in targets if not isinstance(statement, ast.For) else ():
        if isinstance(target, ast.Subscript):
            yield from edits_inside(target.slice, scope, More.NOTHING, is_index=True)
            yield from (
                change for change in edits_inside(target.value, scope, More.NOTHING) if change.kind is Kind.NAME
            )
        elif isinstance(target, ast.Name) and isinstance(statement, ast.Assign | ast.AugAssign):
            for atom in scope.atoms:
                if atom.isidentifier() and atom != target.id:
                    new = placed(ast.Name(atom, ast.Store()), target)
                    yield Change((Edit(target, (new,)),), Kind.NAME, 1.5, target, (new,))
    if isinstance(statement, ast.For):
        yield from _loops(statement.iter)


def _loops(iterated: ast.expr) -> Iterator[Change]:
    """The other way round, or with other bounds."""
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
        if iterated.func.id == "reversed":
            yield _loop(iterated, iterated.args[0])
            return
        if iterated.func.id == "range":
            yield _loop(iterated, ast.Call(ast.Name("reversed", ast.Load()), [iterated], []))
            if len(iterated.args) == 1:
                start = altered(iterated, args=[ast.Constant(1), *iterated.args])
                yield _loop(iterated, start)
            return
    yield _loop(iterated, ast.Call(ast.Name("reversed", ast.Load()), [iterated], []))
    yield _loop(iterated, ast.Subscript(iterated, expression("x[::-1]").slice, ast.Load()))  # type: ignore[attr-defined]


def _loop(old: ast.expr, new: ast.expr) -> Change:
    new = placed(new, old)
    return Change((Edit(old, (new,)),), Kind.STATEMENT, 1.0, old, (new,))


def block_of(statement: ast.stmt, tree: ast.AST) -> Sequence[ast.stmt]:
    """The statements that a statement stands among."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and any(other is statement for other in block):
                return block
    return [statement]
