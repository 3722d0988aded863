"""Hooks in programs: the same results, output, exceptions and lines as without them, and values in order."""

from __future__ import annotations

import contextlib
import io
import linecache
import operator
import sys
import textwrap
import traceback
import types
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from backproof.replay.instrument import BINARY, IN_PLACE, OPERATORS, STORE, VALUE, WROTE
from backproof.replay.loading import Program

IN_PLACE_NAMES = {"+": "iadd", "-": "isub", "*": "imul", "/": "itruediv", "//": "ifloordiv", "%": "imod", "**": "ipow",
                  "@": "imatmul"}  # fmt: skip
NAMES = {"/": "truediv", "//": "floordiv", "**": "pow", "%": "mod", "+": "add", "-": "sub", "*": "mul", "@": "matmul"}


class Watching:
    """A world that hands every value on, and remembers it; a value can be replaced."""

    modules: Mapping[str, types.ModuleType] = {}
    builtins: Mapping[str, Any] = {}

    def __init__(self, exact: bool, replaced: Mapping[tuple[int, int], Any] | None = None) -> None:
        self.exact = exact
        self.seen: list[tuple[int, Any]] = []
        self.replaced = replaced or {}
        self.hooks: Mapping[str, Callable[..., Any]] = {VALUE: self.value, STORE: self.value, WROTE: self.wrote}
        if exact:
            self.hooks = {**self.hooks, BINARY: self.binary, IN_PLACE: self.in_place}

    def value(self, key: int, value: Any) -> Any:
        occurrence = sum(k == key for k, _ in self.seen)
        value = self.replaced.get((key, occurrence), value)
        self.seen.append((key, list(value) if isinstance(value, list) else value))
        return value

    def wrote(self, key: int, base: Any, index: Any) -> None:
        self.seen.append((key, None if index is None else base[index]))

    def binary(self, sign: str, a: Any, b: Any) -> Any:
        return getattr(operator, NAMES[sign])(a, b)

    def in_place(self, sign: str, a: Any, b: Any) -> Any:
        return getattr(operator, IN_PLACE_NAMES[sign])(a, b)


Outcome = tuple[Any, str, list[tuple[str, str]]]


def outcome(run: Callable[[], Mapping[str, Any]], path: Path) -> Outcome:
    """What ``f()`` of a program returns or raises, what it prints, and what it warns of, with lines."""
    linecache.checkcache()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = run()["f"]()
        except Exception as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
            result = type(error).__name__, str(error), lines
    return result, printed.getvalue(), [(str(w.message), f"{w.filename}:{w.lineno}") for w in caught]


def plain(path: Path) -> Mapping[str, Any]:
    """The program as Python runs it."""
    sys.modules["plain"] = module = types.ModuleType("plain")
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


PROGRAMS = {
    "order": """
        def say(x):
            print(x)
            return x
        def f():
            a = [0] * 5
            a[say(1)] = say(2)
            a[say(1)] += say(3)
            a[say(0):say(2)] = [say(7), say(8)]
            say(4) + say(5) * -say(6)
            return a, say(0) and say(9), say(1) or say(9), say(1) < say(2) < say(0) < say(3)
        """,
    "the item is read before the value": """
        def f():
            a = [1, 2]
            def g():
                a[0] = 100
                return 5
            a[0] += g()
            a[0 * 1] += g()
            return a
        """,
    "targets": """
        class Thing:
            def __setattr__(self, name, value):
                print("set", name, value)
                object.__setattr__(self, name, value)
        def thing(t):
            print("thing")
            return t
        def f():
            t = Thing()
            t.x = t.y = [1]
            thing(t).x += [2]
            t.x, (t.z, *rest) = 1, (2, 3, 4)
            i, a = 0, [5, 6]
            i, a[i] = 1, 9
            a[0], a[1] = a[1], a[0]
            [b, c] = a
            (t.w) = 3
            for t.x, a[0] in [(1, 2)]:
                pass
            d = {}
            d["k"], d["l"] = a, b
            d["k"] += [1]
            return t.x, t.y, t.z, rest, a, i, b, c, sorted(locals()), d["k"] is a, t.w
        """,
    "a chain is one object": """
        def f():
            a = b = c = [0]
            a[0] = 1
            return a is b, b is c, b
        """,
    "unpacking too few": """
        def f():
            a, b = (
                1, 2, 3)
        """,
    "unpacking what is not a sequence": """
        def f():
            x = 1
            a, *b = x
        """,
    "slices and ellipsis": """
        import numpy as np
        def f():
            a = np.arange(24.0).reshape(2, 3, 4)
            n = 1
            a[n:, ..., n + 1] *= 2
            a[:, [0, n]][0] = 5
            a[a > 20] -= 1
            a[..., None][0] = 3
            a[(0, *(n, n))] += 1
            return a.tolist()
        """,
    "scopes": """
        total = 1
        def f():
            global total
            total += 1
            n = 0
            def inner():
                nonlocal n
                n += 2
                n = n * 3
                return n
            g = lambda x, k=n + 1: x * k + n
            return inner(), n, total, g(2), [n * i for i in range(3) if i % 2], {i: n for i in range(2)}, {n + 1}
        """,
    "generators": """
        def count(n):
            while n > 0:
                got = yield n * 2
                n -= 1 if got is None else got
            return n - 5
        def f():
            def outer():
                left = yield from count(3)
                yield left * 10
            g = count(9)
            return list(outer()), next(g), g.send(4), sum(i * i for i in range(4))
        """,
    "classes": """
        import dataclasses, functools, enum
        from dataclasses import dataclass, field
        def doubled(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                return 2 * function(*args, **kwargs)
            return call
        class Base:
            "Its words."
            __secret = 1 + 1
            def __init__(self, *args, **kw):
                self.__own = kw.get("own", 3)
                self.__own += len(args)
            @property
            def own(self):
                return self.__own
            @staticmethod
            def s(x): return x + 1
            @classmethod
            def c(cls, x=2 * 3): return cls.__name__, x
        class Child(Base):
            def __init__(self):
                super().__init__(*[1, 2], **{"own": 10})
            @doubled
            def g(self, x):
                "Doubled."
                return x + self.own + __class__.s(1)
        @dataclass
        class Data:
            x: int = 1 + 1
            y: "list[int]" = field(default_factory=lambda: [1] * 2)
            z: int | None = None
        class Colour(enum.Enum):
            RED = 1 + 1
            BLUE = RED * 2
        def f():
            c = Child()
            return (c.own, c.g(1), Child.g.__name__, Child.g.__doc__, Child.c(), Base.__doc__, Data(),
                    Data(5) == Data(5), Base._Base__secret, list(Colour), [x.name for x in dataclasses.fields(Data)])
        """,
    "match": """
        class P:
            __match_args__ = ("x", "y")
            def __init__(self, x, y): self.x, self.y = x, y
        class K:
            A = 3
        def kind(v):
            match v:
                case {"a": x, **rest} if x > 1 + 0: return "dict", x, rest
                case [1, *others]: return others
                case P(x, y=-1): return x * 2
                case K.A | -2.5: return "value"
                case str() as s: return s + "!"
                case _: return None
        def f():
            return [kind(v) for v in ({"a": 2, "b": 3}, [1, 2, 3], P(4, -1), 3, -2.5, "s", {"a": 0})]
        """,
    "strings": """
        def f():
            x, w = 3.14159, 8
            return f"{x * 2:{w + 1}.{w // 4}f}|{x!r}|{x=}|{'é' + 'a'}|{{}}", "%.2f %s" % (x, w), b"%d" % w, "a" "b" * 2
        """,
    "walrus and conditions": """
        def f():
            if (n := 4 * 2) > 5 and (m := n - 1):
                pass
            total = 0
            while (n := n - 3) > 0:
                total += n
            else:
                total *= 2
            return total, m, [y := 1, y ** 2], (1 if m else 2), [last := i for i in range(3)], last
        """,
    "cleaning up": """
        import contextlib
        @contextlib.contextmanager
        def told(x):
            print("in", x)
            try:
                yield x + 1
            finally:
                print("out")
        def f():
            out = []
            with told(1) as a, told(a * 2) as (b):
                out.append(a + b)
            try:
                out[10] = 1
            except (IndexError, KeyError) as error:
                out.append(str(error))
            else:
                out.append(0)
            finally:
                out += [1]
            a = [1, 2, 3]
            del a[0 + 1], out[0]
            assert a == [1, 3], "no"
            return out, a
        """,
    "line of an error in a long statement": """
        def g(x):
            return 1 / x
        def f():
            y = [
                1 + 1,
                g(
                    0),
            ]
            return y
        """,
    "line of an augmented assignment": """
        def f():
            d = {}

            d["x"] += (
                1)
        """,
    "a name without a value": """
        def f():
            if False:
                x = 1
            return (2 +
                    x)
        """,
    "warnings": """
        import warnings
        def old(x):
            warnings.warn("old", DeprecationWarning, stacklevel=2)
            return x
        def f():
            x = old(
                1) + 1
            x += old(2)
            return x
        """,
    "annotations": """
        def f(n: "an int" = 1 + 1) -> list[int]:
            x: int = n * 2
            y: "undefined + 1"
            class A: pass
            a = A()
            a.z: int = x + 1
            d: dict = {}
            d["q"]: int = 7
            return x, a.z, f.__annotations__, d
        """,
    "async is left alone": """
        import asyncio
        async def add(x):
            await asyncio.sleep(0)
            return x + 1
        def f():
            return asyncio.run(add(1)) * 2
        """,
    "looking at itself": """
        def f(a=1):
            b = a + 1
            [c][0:1] = [b] if (c := 3) else 0
            cache = dict(locals())
            return sorted(cache), eval("a + b"), sorted(vars()), callable(globals()["f"])
        """,
}


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("name", PROGRAMS)
def test_hooks_change_nothing(name: str, exact: bool, tmp_path: Path) -> None:
    path = tmp_path / "learner.py"
    path.write_text(textwrap.dedent(PROGRAMS[name]))
    expected = outcome(lambda: plain(path), path)
    for only in (None, frozenset[int]()):
        program = Program(path)
        found = outcome(lambda program=program, only=only: program.load(Watching(exact), only).namespace, path)  # type: ignore[misc]
        assert repr(found) == repr(expected)


def watch(
    tmp_path: Path, text: str, replaced: Mapping[tuple[str, int], Any] | None = None, exact: bool = False
) -> tuple[Any, list[tuple[str, Any]]]:
    """The result of ``f()``, and each value by its text, in order; what is replaced is given by its text too."""
    path = tmp_path / "learner.py"
    path.write_text(textwrap.dedent(text))
    program = Program(path)
    by_text = {(p.text, p.kind): p.key for p in program.expressions}

    def key(text: str) -> int:
        kind, _, name = text.partition(" ")
        return by_text[name, kind]

    world = Watching(exact, {(key(name), turn): value for (name, turn), value in (replaced or {}).items()})
    result = program.load(world).namespace["f"]()
    return result, [(f"{program.expressions[k].kind} {program.expressions[k].text}", v) for k, v in world.seen]


ONE = """
    def f():
        x = 2
        y = x * 3 + 1
        y -= x
        a = [0, 0]
        for i in range(2):
            a[i] = y * (i + 1)
        return a
    """


@pytest.mark.parametrize("exact", [False, True])
def test_values_come_in_the_order_of_evaluation(tmp_path: Path, exact: bool) -> None:
    result, seen = watch(tmp_path, ONE, exact=exact)
    assert result == [5, 10]
    assert seen[:8] == [
        ("store x", 2),
        ("load x", 2),
        ("value x * 3", 6),
        ("value x * 3 + 1", 7),
        ("store y", 7),
        ("load x", 2),
        ("store y", 5),
        ("store a", [0, 0]),
    ]
    assert seen[9:15] == [
        ("load y", 5),
        ("load i", 0),
        ("value i + 1", 1),
        ("value y * (i + 1)", 5),
        ("load i", 0),
        ("store a[i]", 5),
    ]


@pytest.mark.parametrize(
    ("replaced", "result"),
    [
        ({("value x * 3", 0): 10}, [9, 18]),
        ({("load y", 1): 100}, [5, 200]),
        ({("value y * (i + 1)", 0): -1}, [-1, 10]),
        ({("store x", 0): 3}, [7, 14]),
    ],
)
def test_replacing_one_value_changes_what_follows_from_it(
    tmp_path: Path, replaced: Mapping[tuple[str, int], Any], result: list[int]
) -> None:
    assert watch(tmp_path, ONE, replaced)[0] == result


def test_in_a_chain_one_name_is_replaced(tmp_path: Path) -> None:
    text = """
        def f():
            a = b = 1
            return a, b
        """
    assert watch(tmp_path, text, {("store a", 0): 5})[0] == (5, 1)
    assert watch(tmp_path, text, {("store b", 0): 5})[0] == (1, 5)


def test_modules_and_callees_are_no_values(tmp_path: Path) -> None:
    _, seen = watch(
        tmp_path,
        """
        import numpy as np
        import os.path
        def g(x): return x
        def f():
            return g(np.linalg.norm(np.ones(3)) + os.path.getsize.__name__.count("g"))
        """,
    )
    texts = {text for text, _ in seen}
    assert not texts & {"load np", "load g", "value np.linalg", "value np.linalg.norm", "load os", "value os.path"}
    assert "value np.linalg.norm(np.ones(3))" in texts


def test_the_exact_world_computes_every_operator_by_its_hook(tmp_path: Path) -> None:
    path = tmp_path / "learner.py"
    path.write_text("k = 6 / 4\ndef f(x, a):\n    x /= 4\n    a[0] -= 1\n    return x ** 2 % 3 // 1, '%d' % 3, 1 @ x\n")
    asked: list[str] = []

    class Asking(Watching):
        def binary(self, sign: str, *_: Any) -> Any:
            asked.append(sign)
            return 0

        def in_place(self, sign: str, *_: Any) -> Any:
            asked.append(f"{sign}=")
            return 0

    namespace = Program(path).load(Asking(True)).namespace
    items = [3]
    assert namespace["f"](1, items) == (0, 0, 0)
    assert items == [0]
    assert asked == ["/", "/=", "-=", "**", "%", "//", "%", "@"]
    assert set(OPERATORS.values()) == set(NAMES)
