"""Programs: files, notebooks and the modules beside them, loaded into worlds of their own, and patched."""

from __future__ import annotations

import ast
import json
import math
import pickle
import sys
import textwrap
import threading
import traceback
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from backproof.replay.instrument import STORE, VALUE, WROTE
from backproof.replay.loading import Loaded, Program
from backproof.replay.patches import Edit
from backproof.replay.places import Expression
from backproof.replay.sources import ProgramError


class Plain:
    """A world that changes nothing and remembers which places were passed."""

    exact = False

    def __init__(self, modules: Mapping[str, types.ModuleType] | None = None, **builtins: Any) -> None:
        self.modules: Mapping[str, types.ModuleType] = modules or {}
        self.builtins: Mapping[str, Any] = builtins
        self.seen: list[tuple[int, Any]] = []
        self.hooks: Mapping[str, Callable[..., Any]] = {
            VALUE: self.value,
            STORE: self.value,
            WROTE: lambda key, base, _: self.seen.append((key, base)),
        }

    def value(self, key: int, value: Any) -> Any:
        self.seen.append((key, value))
        return value


def write(folder: Path, **files: str) -> Path:
    """Files by their names, `layers__dense` for layers/dense.py; the path of the first."""
    paths = []
    for name, text in files.items():
        path = folder.joinpath(*name.replace("INIT", "__init__").split("_in_")[::-1]).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        paths.append(path)
    return paths[0]


def load(path: Path, world: Plain | None = None) -> Loaded:
    return Program(path).load(world or Plain())


def place(program: Program, text: str, kind: str = "value") -> Expression:
    (found,) = (p for p in program.expressions if (p.text, p.kind) == (text, kind))
    return found


# What a file says, and where.


def test_columns_count_characters(tmp_path: Path) -> None:
    path = write(tmp_path, main='def f(β):\n    return "äöü", β * 2\n')
    found = place(Program(path), "β * 2")
    assert found[2:] == (2, 18, 2, 23, "value", "f", "β * 2")
    assert found.file == str(path)


@pytest.mark.parametrize(
    "data",
    [
        b"def f(x):\r\n    y = x * 2\r\n    return (y +\r\n        1)\r\n",
        b"\xef\xbb\xbfdef f(x):\n    y = x * 2\n    return (y +\n        1)\n",
        b"# -*- coding: latin-1 -*-\ndef f(x):\n    y = x * 2 # \xe9\n    return (y +\n        1)\n",
    ],
)
def test_line_ends_marks_and_encodings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "main.py"
    path.write_bytes(data)
    program = Program(path)
    assert place(program, "x * 2").line == data.count(b"\n", 0, data.index(b"x * 2")) + 1
    assert place(program, "y +\n        1").end_column == 9
    assert program.load(Plain()).namespace["f"](3) == 7


def test_expressions_in_strings_have_their_text(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main='def f(x):\n    return f"""\n  {x * 2:.{x + 1}f}"""\n'))
    assert {p.text for p in program.expressions} == {"x * 2", "x + 1", "x"}


def test_a_notebook_is_its_code_cells(tmp_path: Path) -> None:
    cells = [
        ("markdown", ["# Title\n", "x = 1/0"]),
        ("code", ["%matplotlib inline\n", "!pip list\n", "import numpy as np\n", "if True:\n", "    %time 3\n", "np?"]),
        ("code", ["%%bash\n", "ls -l"]),
        ("code", "%%time\nk = (7\n  % 4)"),
        ("code", ["def f(x):\n", "    y = x * k\n", "    return y / 0"]),
    ]
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": kind, "source": source} for kind, source in cells]}))
    program = Program(path)
    loaded = program.load(Plain())
    assert loaded.namespace["k"] == 3
    assert program.cell(place(program, "x * k").key) == (4, 2)
    with pytest.raises(ZeroDivisionError) as caught:
        loaded.namespace["f"](1)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.line) == (str(path), "return y / 0")


@pytest.mark.parametrize(
    ("name", "data", "said", "line"),
    [
        ("a.py", b"x = 1\ny = (\n", "not Python", 2),
        ("a.py", b"x = '\xff'\n", "not a Python file", None),
        ("a.py", b"x = 1\x00", "not Python", None),
        ("a.ipynb", b"{]", "not a Python file or a notebook", None),
        ("a.ipynb", b"[1]", "not a Python file or a notebook", None),
    ],
)
def test_what_is_no_program_is_said(tmp_path: Path, name: str, data: bytes, said: str, line: int | None) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ProgramError, match=said) as caught:
        Program(path)
    assert caught.value.line == line or line is None
    with pytest.raises(ProgramError, match="there is no file"):
        Program(tmp_path / "none.py")


def test_what_is_for_main_is_not_run(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="""
            "Words."
            from __future__ import annotations
            if __name__ == "__main__":
                raise SystemExit
            def f(x: y): pass
            """,
    )
    namespace = load(path).namespace
    assert namespace["__doc__"] == "Words."
    assert namespace["f"].__annotations__ == {"x": "y"}


# Modules.


def test_modules_beside_and_below_are_loaded_with_hooks(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="""
            import layers.dense, layers.dense as d, helper
            from layers import dense, relu as r
            from layers.dense import *
            from helper import double as twice
            def f(x):
                import importlib
                from .helper import double
                assert importlib.import_module("layers.dense") is d is layers.dense is dense
                return twice(x), Dense(3).go(), r.relu(-1), double is twice, layers.NAME
            """,
        helper="def double(x): return x * 2\n",
        INIT_in_layers="from .dense import Dense\nfrom . import relu\nNAME = __name__.split('.')[-1]\n",
        dense_in_layers="from .relu import relu\nfrom .. import helper\nclass Dense:\n"
        "    def __init__(self, n): self.n = n\n    def go(self): return relu(helper.double(self.n))\n",
        relu_in_layers="def relu(x): return x if x > 0 else 0\n",
    )
    world = Plain()
    program = Program(path)
    assert program.load(world).namespace["f"](4) == (8, 6, 0, True, "layers")
    doubled = place(program, "x * 2")
    assert Path(doubled.file).name == "helper.py"
    assert [value for key, value in world.seen if key == doubled.key] == [8, 6]
    assert len({p.key for p in program.expressions}) == len(program.expressions)


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="import one\ndef f(): return one.g(3)\n",
        one="import two\ndef g(x): return two.h(x)\ndef k(x): return x + 1\n",
        two="import one\ndef h(x): return one.k(x) * 2\n",
    )
    assert load(path).namespace["f"]() == 8


def test_a_library_is_never_hidden_by_a_file_beside(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="import numpy, random, pytest\ndef f(): return numpy.__file__, random.random(), pytest.__file__\n",
        numpy="raise ValueError\n",
        random="raise ValueError\n",
        pytest="raise ValueError\n",
    )
    found = load(path).namespace["f"]()
    assert Path(found[0]).parent.name == "numpy"
    assert found[2] == pytest.__file__


def test_stand_ins_are_found_wherever_they_are_imported(tmp_path: Path) -> None:
    maths, inner = types.ModuleType("math"), types.ModuleType("scipy.special")
    maths.pi = 3  # type: ignore[attr-defined]
    scipy = types.ModuleType("scipy")
    scipy.special = inner  # type: ignore[attr-defined]
    world = Plain({"math": maths, "scipy": scipy, "scipy.special": inner}, abs=lambda _: "abs")
    path = write(
        tmp_path,
        main="""
            import math as m, scipy.special, scipy.special as s
            from math import *
            from math import pi as p
            from scipy import special
            import helper
            def f():
                import math, importlib
                inside = importlib.import_module("math")
                return m.pi, pi, p, math.pi, inside.pi, helper.pi, special is s is scipy.special, abs(1)
            """,
        helper="from math import pi\n",
    )
    assert load(path, world).namespace["f"]() == (3, 3, 3, 3, 3, 3, True, "abs")
    assert sys.modules["math"] is math
    assert abs(-1) == 1


def test_a_missing_module_is_said_at_the_line_of_the_import(tmp_path: Path) -> None:
    for statement in (
        "import no_such_thing",
        "from no_such_thing.x import y",
        "from . import nothing_here",
        "from .nothing_here import y",
    ):
        path = write(tmp_path, main=f"x = 1\n{statement}\n")
        with pytest.raises(ImportError) as caught:
            load(path)
        lines = [
            frame.lineno for frame in traceback.extract_tb(caught.value.__traceback__) if frame.filename == str(path)
        ]
        assert lines == [2]


def test_nothing_stays_behind(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="import helper\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n",
        helper="",
    )
    before = set(sys.modules)
    with load(path) as loaded:
        assert pickle.loads(pickle.dumps(loaded.namespace["A"](3))).x == 3
    assert set(sys.modules) == before
    write(tmp_path, helper="raise ValueError('no')\n")
    with pytest.raises(ValueError, match="no"):
        load(path)
    assert set(sys.modules) == before
    program = Program(write(tmp_path, broken="import helper\n"))
    write(tmp_path, helper="y = (\n")
    for _ in range(2):
        with pytest.raises(ProgramError, match="helper"):
            program.load(Plain())


def test_a_module_that_failed_can_be_imported_again(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="""
            try:
                import helper
            except ValueError:
                import other
                other.ready = True
                import helper
            """,
        helper="import other\nif not other.ready: raise ValueError\nx = 1\n",
        other="ready = False\n",
    )
    assert load(path).namespace["helper"].x == 1


def test_two_threads_load_one_program_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="""
            import helper
            state = []
            def f(k):
                for i in range(200):
                    state.append(helper.g(k))
                return sum(state)
            """,
        helper="def g(x): return x * 1\n",
    )
    program, results = Program(path), [0] * 4

    def run(k: int) -> None:
        with program.load(Plain()) as loaded:
            results[k] = loaded.namespace["f"](k)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0, 200, 400, 600]
    assert len({p[1:6] for p in program.expressions if p.kind == "load"}) == sum(
        p.kind == "load" for p in program.expressions
    )


def test_only_some_hooks(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main="def f(x):\n    a = [x * 2]\n    a[x * 0] = x + 1\n    return a\n"))
    key = place(program, "x * 0").key
    world = Plain()
    assert program.load(world, frozenset({key})).namespace["f"](3) == [4]
    assert world.seen == [(key, 0)]


# Patches.

PATCHED = """
    import numpy as np
    def other(x):
        return x - 1
    def f(x):
        y = x * 2
        z = y + other(x)
        return z
    """


def run(program: Program) -> Any:
    return program.load(Plain()).namespace["f"](5)


def statement(program: Program, text: str) -> ast.stmt:
    return program.node(place(program, text).key).statement


def test_where_a_place_stands(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main=PATCHED))
    node, inside, function, tree = program.node(place(program, "y + other(x)").key)
    assert ast.unparse(node) == "y + other(x)"
    assert ast.unparse(inside) == "z = y + other(x)"
    assert function is not None
    assert function.name == "f"
    assert tree is program.main.tree


def test_an_expression_is_replaced(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main=PATCHED))
    spot = program.node(place(program, "x * 2").key)
    new = program.patched(Edit(spot.node, (ast.parse("x * 10", mode="eval").body,)))
    assert run(new) == 54
    assert run(program) == 14
    with pytest.raises(KeyError):
        new.node(place(program, "x * 2").key)
    kept = place(program, "y + other(x)").key
    assert ast.unparse(new.node(kept).node) == "y + other(x)"
    assert new.node(kept).statement.lineno == 7


def test_places_that_stay_keep_their_keys(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main=PATCHED))
    node = program.node(place(program, "y + other(x)").key).node
    assert isinstance(node, ast.BinOp)
    new = program.patched(Edit(node, (ast.BinOp(node.right, ast.Sub(), node.right),)))
    world, before = Plain(), Plain()
    assert new.load(world).namespace["f"](5) == 0
    program.load(before).namespace["f"](5)
    call, root = place(program, "other(x)").key, place(program, "y + other(x)").key
    assert [value for key, value in world.seen if key == call] == [4]
    assert root not in dict(world.seen)
    kept = [pair for pair in before.seen if pair[0] in dict(world.seen)]
    assert [pair for pair in world.seen if pair[0] in dict(kept)][: len(kept) - 2] == kept[: len(kept) - 2]


def test_statements_are_removed_inserted_and_moved(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main=PATCHED))
    first, second = statement(program, "x * 2"), statement(program, "y + other(x)")
    (more,) = ast.parse("y += 100").body
    assert run(program.patched(Edit(first, (first, more)))) == 114
    assert run(program.patched(Edit(second, (more, second)))) == 114
    with pytest.raises(UnboundLocalError):
        run(program.patched(Edit(first, (second,)), Edit(second, (first,))))
    assert run(program.patched(Edit(first, (first, more))).patched(Edit(first, (first, first)))) == 114
    new = program.patched(Edit(statement(program, "x - 1"), ()))
    assert new.load(Plain()).namespace["other"](3) is None


def test_an_edit_of_another_tree_is_refused(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main=PATCHED))
    stranger = ast.parse("x * 2", mode="eval").body
    with pytest.raises(ValueError, match="not in the file"):
        program.patched(Edit(stranger, (stranger,)))


def test_a_patch_compiles_one_statement(tmp_path: Path) -> None:
    program = Program(write(tmp_path, main=PATCHED))
    before = program.codes(program.path, False)
    spot = program.node(place(program, "x * 2").key)
    after = program.patched(Edit(spot.node, (ast.Constant(1),))).codes(program.path, False)
    assert [a is b for a, b in zip(before, after, strict=True)] == [True, True, False]


def test_a_module_beside_is_patched(tmp_path: Path) -> None:
    path = write(tmp_path, main="import helper\ndef f(x): return helper.g(x)\n", helper="def g(x): return x * 2\n")
    program = Program(path)
    assert run(program) == 10
    found = place(program, "x * 2")
    edit = Edit(program.node(found.key).node, (ast.parse("x * 3", mode="eval").body,))
    assert run(program.patched(edit, path=Path(found.file))) == 15
