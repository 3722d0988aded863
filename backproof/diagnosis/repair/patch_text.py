"""A change as text: the learner's own lines with as little in them changed as can be."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from backproof.diagnosis.repair.bench import Change
from backproof.diagnosis.repair.kinds import Kind
from backproof.diagnosis.report import PatchReport
from backproof.replay.places import Lines

_SIGN = re.compile(r"([+-]) *$")


def patch_of(text: str, change: Change) -> PatchReport | None:
    """The change as a difference of lines; None where it cannot be written so.

    Args:
        text: of the file that it is in.
    """
    new = _after(text, change)
    if new is None or new == text:
        return None
    return difference(text, _in_words_of_torch(text, new))


def _in_words_of_torch(text: str, new: str) -> str:
    """``dim=`` for ``axis=`` where the learner's words are PyTorch's, which takes both."""
    if not re.search(r"^\s*(import|from) torch\b", text, re.MULTILINE):
        return new
    for ours, theirs in (("axis=", "dim="), ("keepdims=", "keepdim=")):
        new = new if ours in text else new.replace(ours, theirs)
    return new


def difference(before: str, after: str) -> PatchReport:
    """The lines that differ between two texts, and the line before new ones that replace none."""
    old, new = before.splitlines(), after.splitlines()
    line, first = 0, ""
    diff: list[tuple[int, str]] = []
    changed = False
    for tag, i, k, j, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if not changed:
            line, first, changed = i + 1, new[j] if j < m else "", True
        if tag == "insert" and i:
            diff.append((i, f"  {old[i - 1]}"))
        diff += [(number + 1, f"- {old[number]}") for number in range(i, k)]
        diff += [(number + 1, f"+ {new[number]}") for number in range(j, m)]
    return PatchReport(line, first, [text for _, text in diff], [number for number, _ in diff])


def _after(text: str, change: Change) -> str | None:
    if isinstance(change.old, ast.expr):
        return _spliced(text, change.old, change.new[0])
    if len(change.edits) == 2 and isinstance(change.new[0], ast.For | ast.While):
        return _indented(text, change.old, change.new[0].body[0])
    if len(change.edits) == 2:
        return _moved(text, change.old, change.edits[1].old, change.edits[1].new[0] is change.old)
    if change.kind is Kind.INSERTED:
        return _inserted(text, change.old, change.new[0])
    if not change.new:
        return _without(text, change.old)
    if isinstance(change.old, ast.Assign) and isinstance(change.new[0], ast.AugAssign):
        return _added(text, change.old, change.new[0])
    return _spliced(text, change.old, change.new[0])


def _spliced(text: str, old: ast.expr | ast.stmt, new: ast.AST) -> str | None:
    """Something else in the place of an expression or a statement, in brackets where it needs them."""
    lines = Lines(text)
    start, end = (
        _offset(text, lines, old.lineno, old.col_offset),
        _offset(text, lines, old.end_lineno, old.end_col_offset),
    )
    plain = _quoted(ast.unparse(ast.fix_missing_locations(new)), text)
    wanted = ast.dump(_parsed(plain, isinstance(new, ast.stmt)))
    sign = _SIGN.search(text[:start])
    if sign and isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.USub) and _is_added(text, old):
        other = {"+": "-", "-": "+"}[sign[1]]
        return text[: sign.start(1)] + other + text[sign.end(1) : start] + plain[1:] + text[end:]
    bare = [("", plain[1:-1])] if isinstance(new, ast.Tuple) and text[start - 1] + text[end : end + 1] == "[]" else []
    for before, written in (*bare, ("", plain), ("(", f"({plain})")):
        after = text[:start] + written + text[end:]
        try:
            tree = ast.parse(after)
        except SyntaxError:
            continue
        place = old.lineno, old.col_offset + len(before)
        there = (
            node for node in ast.walk(tree) if (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) == place
        )
        if any(ast.dump(node) == wanted for node in there):
            return after
    return None


def _is_added(text: str, old: ast.expr | ast.stmt) -> bool:
    """Whether a term of a sum begins with it: ``x + -a * b`` is then written ``x - a * b``."""
    sums = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub))
    return any(_extent(part) == _extent(old) for node in sums for part in _beginnings(node.right))


def _beginnings(term: ast.expr) -> Iterator[ast.expr]:
    """A term, and what it begins with: of ``a * b / c`` also ``a * b`` and ``a``."""
    yield term
    while isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult | ast.Div | ast.MatMult):
        term = term.left
        yield term


def _extent(node: ast.expr | ast.stmt) -> tuple[int, int, int | None, int | None]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _quoted(written: str, text: str) -> str:
    """In the learner's quotes, where he has one kind alone most of the time."""
    if '"' in written or text.count('"') <= text.count("'"):
        return written
    return written.replace("'", '"')


def _added(text: str, old: ast.Assign, new: ast.AugAssign) -> str | None:
    """``+=`` in the place of ``=``; target and value stay as they are written, if they are the same."""
    if ast.dump(old.value) != ast.dump(new.value):
        return _spliced(text, old, new)
    lines = Lines(text)
    start = _offset(text, lines, old.targets[0].end_lineno, old.targets[0].end_col_offset)
    sign = text.index("=", start)
    operator = ast.unparse(ast.AugAssign(ast.Name("a"), new.op, ast.Name("b")))[2:-2]
    return text[:sign] + operator + text[sign + 1 :]


def _parsed(text: str, is_statement: bool) -> ast.AST:
    if is_statement:
        return ast.parse(text).body[0]
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:  # a part of an index
        return ast.parse(f"x[{text}]", mode="eval").body.slice  # type: ignore[attr-defined]


def _offset(text: str, lines: Lines, line: int | None, column: int | None) -> int:
    before = text.split("\n")[: (line or 1) - 1]
    return sum(len(one) + 1 for one in before) + lines.column(line or 1, column or 0)


def _without(text: str, statement: ast.expr | ast.stmt) -> str | None:
    """Without the lines of a statement that has them to itself."""
    lines = text.split("\n")
    first, last = statement.lineno - 1, (statement.end_lineno or statement.lineno)
    after = "\n".join([*lines[:first], *lines[last:]])
    try:
        ast.parse(after)
    except SyntaxError:
        return None
    return after


def _inserted(text: str, after: ast.expr | ast.stmt, new: ast.AST) -> str:
    """One line more, after a statement and as far to the right."""
    lines = text.split("\n")
    first = lines[after.lineno - 1]
    indent = first[: len(first) - len(first.lstrip())]
    place = after.end_lineno or after.lineno
    return "\n".join(
        [*lines[:place], indent + _quoted(ast.unparse(ast.fix_missing_locations(new)), text), *lines[place:]]
    )


def _indented(text: str, statement: ast.expr | ast.stmt, like: ast.stmt) -> str:
    """The lines of a statement as far to the right as those of another."""
    lines = text.split("\n")
    further = " " * (like.col_offset - statement.col_offset)
    for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
        lines[number] = further + lines[number]
    return "\n".join(lines)


def _moved(text: str, statement: ast.expr | ast.stmt, beside: ast.expr | ast.stmt, before: bool) -> str | None:
    """The lines of a statement before or after another."""
    lines = text.split("\n")
    block = slice(statement.lineno - 1, statement.end_lineno or statement.lineno)
    moved = lines[block]
    place = beside.lineno - 1 if before else (beside.end_lineno or beside.lineno)
    kept = [*enumerate(lines)]
    out = []
    for number, line in kept:
        if number == place:
            out += moved
        if not block.start <= number < block.stop:
            out.append(line)
    if place >= len(lines):
        out += moved
    after = "\n".join(out)
    try:
        ast.parse(after)
    except SyntaxError:
        return None
    return after
