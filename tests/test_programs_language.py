"""What Python offers a learner works in the exact world as it does in the float world, or is refused by name."""

from __future__ import annotations

import struct
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.replay.loading import Program
from backproof.replay.operands import floats, is_traced
from backproof.replay.refusal import NotFollowed
from backproof.replay.run import play, replay
from backproof.replay.sources import ProgramError

X = np.array([[0.3, -1.2], [0.7, 2.1], [1.4, 0.45]])

WORKS = {
    "decorator": """
        import functools
        def twice(f):
            @functools.wraps(f)
            def inner(*a, **k):
                return 2 * f(*a, **k)
            return inner
        @twice
        def f(x):
            return np.tanh(x).sum()
        """,
    "dataclass": """
        from __future__ import annotations
        from dataclasses import dataclass, field
        @dataclass
        class Layer:
            W: np.ndarray
            scale: float = 0.5
            seen: list = field(default_factory=list)
            def __call__(self, x):
                self.seen.append(x.shape)
                return x @ self.W * self.scale
        def f(x):
            return Layer(np.ones((2, 3)) / 3)(x).sum()
        """,
    "super and properties": """
        class Base:
            def __init__(self, x): self.__x = x
            @property
            def size(self): return self.__x.shape[0]
            def value(self): return (self.__x ** 2).sum()
        class Derived(Base):
            def value(self): return super().value() / self.size
            @staticmethod
            def double(q): return q * 2
            @classmethod
            def make(cls, x): return cls(x)
        def f(x):
            return Derived.double(Derived.make(x).value())
        """,
    "generators and comprehensions": """
        def rows(x):
            for row in x:
                yield row * row.sum()
        def f(x):
            tops = np.array([r.max() for r in x if r[0] > 0.5])
            return sum(sum(float(q) for q in row) for row in rows(x)) + tops.sum()
        """,
    "closures and nonlocal": """
        def f(x):
            total = 0.0
            def add(q):
                nonlocal total
                total += q
            for q in x.ravel():
                add(q * q)
            return total
        """,
    "globals and state": """
        CACHE = {}
        COUNT = 0
        def forward(x):
            global COUNT
            COUNT += 1
            CACHE["h"] = np.tanh(x)
            return CACHE["h"]
        def f(x):
            return forward(x).sum() * COUNT + CACHE["h"].mean()
        """,
    "walrus, ternary, unpacking": """
        def f(x):
            a, (b, *c) = x[0], x
            if (s := a.sum()) > -10:
                b = b + s
            return (b if b[0] > 0 else -b).sum() + sum(q.sum() for q in c)
        """,
    "match and try": """
        def f(x):
            try:
                raise KeyError("k")
            except KeyError:
                y = x * 2
            finally:
                y = y + 1
            match y.ndim:
                case 2:
                    return (y ** 2).sum()
                case _:
                    return 0.0
        """,
    "with and errstate": """
        def f(x):
            with np.errstate(all="ignore"):
                y = np.exp(x)
            return y.sum()
        """,
    "namedtuple and enum": """
        from collections import namedtuple, OrderedDict, defaultdict
        from enum import Enum
        P = namedtuple("P", "w b")
        class Kind(Enum):
            RELU = "relu"
        def f(x):
            p = P(w=x, b=2.0)
            grads = defaultdict(float)
            for name, value in OrderedDict(a=p.w.sum(), c=p.b).items():
                grads[name] += value * 3 if Kind("relu") is Kind.RELU else 0
            return grads["a"] * grads["c"]
        """,
    "in-place through aliases": """
        def f(x):
            h = x.copy()
            views = [h[:, 0], h[:, 1]]
            views[0] *= 2
            h += 1
            h[h > 2] = 2.5
            h.T[1] -= x[:, 0]
            return (h * h).sum()
        """,
    "imports inside and from": """
        def f(x):
            from math import exp, tanh as th
            import numpy.linalg as la
            from numpy import sum as total
            return total([exp(th(q)) for q in x[0]]) + la.norm(x)
        """,
    "prints and formats": """
        def f(x):
            loss = (x * x).mean()
            print("loss", loss, f"{loss:.3f}", "%.2e %d" % (loss, 3), "{:.4f}".format(loss), x)
            return loss
        """,
    "functools and itertools": """
        from functools import partial, reduce
        from itertools import product
        import operator
        def f(x):
            act = partial(np.power, x)
            return reduce(operator.add, [act(2)[i, j] for i, j in product(range(3), range(2))]) + max(x[0, 0], 0.1)
        """,
    "types asked": """
        import numbers
        def f(x):
            s = x.sum()
            assert isinstance(x, np.ndarray) and isinstance(s, (float, np.floating)) and isinstance(s, numbers.Number)
            assert not isinstance(x, (list, float)) and x.dtype == np.float64 and np.issubdtype(x.dtype, np.floating)
            assert np.isscalar(float(s)) or True
            return np.float64(s) * 2 + float(x[0, 0]) + np.array(3, dtype=float) * s
        """,
    "one over m": """
        def f(x):
            m = x.shape[0]
            scale = 1 / m
            lr = 0.1 / m * 3
            return (scale * x).sum() * lr - x.mean(axis=0).sum() / m
        """,
    "seeded random numbers": """
        def f(x):
            rng = np.random.default_rng(4)
            np.random.seed(2)
            import random
            random.seed(5)
            keep = (rng.random(x.shape) < 0.7) / 0.7
            return (x * keep * np.random.randn(*x.shape)).sum() * random.gauss(0, 1) + rng.choice([0.5, 2.0]) * x[0, 0]
        """,
    "integers stay plain": """
        def f(x):
            k = x.argmax(axis=1)
            onehot = np.eye(2)[k]
            counts = np.bincount(k, minlength=2)
            return (x * onehot).sum() + counts[0] * x[np.arange(3), k].sum() + int(x[0, 1] * 7) * x.sum()
        """,
    "lambda defaults and star arguments": """
        def f(x, *more, power=2, **named):
            g = lambda q, p=power: q ** p
            return sum(map(g, x.ravel().tolist())) + len(more) + len(named)
        """,
}


def written(tmp_path: Path, source: str, name: str = "learner.py") -> Program:
    text = textwrap.dedent(source).lstrip()
    future = "from __future__ import annotations\n" if text.startswith("from __future__") else ""
    path = tmp_path / name
    path.write_text(future + "import numpy as np\n" + text.removeprefix(future))
    return Program(path)


@pytest.mark.parametrize("name", WORKS)
def test_it_works_in_both_worlds(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    program = written(tmp_path, WORKS[name])
    value = play(program, lambda space, inputs: space["f"](inputs.array(X))).result
    printed = capsys.readouterr().out
    run = replay(program, lambda space, inputs: space["f"](inputs.array(X)))
    assert is_traced(run.result)
    assert abs(float(floats(run.tape, run.result)) - float(value)) <= 1e-12 * max(1, abs(value))
    assert run.tape.radius[run.result.id] < 1e-24
    lines = capsys.readouterr().out.split()
    assert len(lines) == len(printed.split())
    assert not any(character.isalpha() for character in "".join(lines).replace("loss", "").replace("e", ""))
    h = 1e-6
    slopes = run.tape.adjoints(run.result.id).hi[1:7].reshape(X.shape)
    for index in np.ndindex(X.shape):
        moved = [X.copy(), X.copy()]
        moved[0][index] += h
        moved[1][index] -= h
        high, low = (play(program, lambda space, _, at=at: space["f"](at.copy())).result for at in moved)
        assert abs((high - low) / (2 * h) - slopes[index]) <= 1e-5 * max(1, abs(slopes[index]))


REFUSED = {
    "np.fft.fft(x)": "np.fft.fft",
    "np.linalg.svd(x)": "np.linalg.svd",
    "np.interp(x, [0.0, 1.0], [0.0, 1.0])": "np.interp",
    "np.array(x, dtype=complex)": "complex",
    "np.linalg.norm(x, 'nuc')": "nuc",
    "np.gradient(x)": "np.gradient",
    "np.matrix(x)": "np.matrix",
    "np.convolve(x[0], x[1])": "np.convolve",
    "x.view(np.int64)": "view",
    "x.tofile('f')": "tofile",
    "math.gcd(x[0, 0], 2)": "math.gcd",
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_in_no_table_is_refused_by_name_and_line(tmp_path: Path, expression: str) -> None:
    program = written(tmp_path, f"import math\ndef f(x):\n    y = x * 2\n    return {expression}\n")
    with pytest.raises(NotFollowed) as caught:
        replay(program, lambda space, inputs: space["f"](inputs.array(X)))
    assert REFUSED[expression] in str(caught.value)
    lines = [entry.lineno for entry in caught.traceback if str(entry.path) == str(program.path)]
    assert [line + 1 for line in lines] == [5]


LEAKS = [
    "np.array(x, dtype=float).__array__()",
    "np.frombuffer(memoryview(x))",
    "np.random.default_rng(0).normal(size=2) + np.asarray(list(x)).tobytes()[0] * np.empty(3).data[0]",
    "float.fromhex(x)",
    "(3).__add__(x.ids) if False else __import__('array').array('d', [x[0, 0]])",
    "__import__('struct').pack('d', x[0, 0])",
    "__import__('numpy').core.multiarray.array(x)" if False else "memoryview(x)",
    "__import__('ctypes').c_double(x[0, 0]).value",
    "__import__('statistics').mean([__import__('ctypes').c_double(x[0, 0]).value])",
    "__import__('json').dumps(x.tolist())",
    "__import__('pickle').dumps(x)",
    "complex(x[0, 0])",
    "range(x[0, 0])",
    "[1, 2, 3][x[0, 0]]",
    "np.arange(6)[x]",
]


@pytest.mark.parametrize("expression", LEAKS)
def test_no_entry_number_and_no_float_comes_out(tmp_path: Path, expression: str) -> None:
    """Whatever wants the numbers themselves gets an exception, never an id or a rounded number."""
    program = written(tmp_path, f"def f(x):\n    return {expression}\n")
    with pytest.raises((TypeError, IndexError, AttributeError, ValueError, struct.error)):
        replay(program, lambda space, inputs: space["f"](inputs.array(X)))


def test_a_buffer_of_plain_floats_takes_no_exact_number(tmp_path: Path) -> None:
    program = written(tmp_path, "def f(x):\n    return x\n")
    for part in (lambda x: x, lambda x: x[0, 0], lambda x: x[0]):
        with pytest.raises((TypeError, ValueError)):
            replay(
                program,
                lambda space, inputs, part=part: X.copy().__setitem__((0, 0), part(space["f"](inputs.array(X)))),
            )


def test_modules_beside_the_program_are_replayed(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "__init__.py").write_text("from .dense import dense\nSCALE = 2.0\n")
    (tmp_path / "layers" / "dense.py").write_text(
        "import numpy as np\nfrom . import helpers\n\ndef dense(x, w):\n    return helpers.act(x @ w)\n"
    )
    (tmp_path / "layers" / "helpers.py").write_text("import numpy as np\n\ndef act(z):\n    return np.tanh(z)\n")
    (tmp_path / "numpy.py").write_text("raise SystemError('never')\n")
    program = written(
        tmp_path,
        "from layers import dense\nimport layers\n"
        "def f(x):\n    return dense(x, np.ones((2, 1))).sum() * layers.SCALE\n",
    )
    run = replay(program, lambda space, inputs: space["f"](inputs.array(X)))
    assert abs(float(floats(run.tape, run.result)) - 2 * np.tanh(X.sum(1)).sum()) < 1e-12
    assert {Path(e.file).name for e in program.expressions} >= {"learner.py", "helpers.py", "dense.py"}


def test_a_notebook_is_its_code_cells(tmp_path: Path) -> None:
    import json

    cells = [
        {"cell_type": "markdown", "source": ["# words"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np\n"]},
        {"cell_type": "code", "source": ["def f(x):\n", "    return np.exp(x).sum()\n", "!ls"]},
    ]
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    run = replay(Program(path), lambda space, inputs: space["f"](inputs.array(X)))
    assert abs(float(floats(run.tape, run.result)) - np.exp(X).sum()) < 1e-12


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("missing.py", None, "there is no file"), ("bad.py", b"def f(:\n", "is not Python"),
    ("book.ipynb", b"{}", "notebook"), ("latin.py", b"x = '\xff'\n", "is not"),
])  # fmt: skip
def test_a_file_that_is_no_program_is_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProgramError, match=sentence):
        Program(path)


def test_exceptions_keep_their_line(tmp_path: Path) -> None:
    program = written(tmp_path, "def f(x):\n    y = x * 2\n    return y @ np.ones((5, 1))\n")
    for run in (play, replay):
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            run(program, lambda space, inputs: space["f"](inputs.array(X)))
        lines: list[Any] = [e.lineno + 1 for e in caught.traceback if str(e.path) == str(program.path)]
        assert lines == [4]
