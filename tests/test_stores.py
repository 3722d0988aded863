"""The statements that assign a line of Algorithm 1 are found, whatever their form, and others are not."""

import ast

import pytest

from check.stores import Slot, lines_in, parts, read_source, unpacked


def stored(source: str) -> list[tuple[str, str, int]]:
    stores = {store for stores in read_source(ast.parse(source)).stores.values() for store in stores}
    return sorted((store.slot.name, store.how, store.line) for store in stores)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dW1 = a", [("dW1", "bind", 1)]),
        ("dW1: object = a", [("dW1", "bind", 1)]),
        ("(dW1 := a)", [("dW1", "bind", 1)]),
        ("dW1, (db1, *rest) = a", [("dW1", "bind", 1), ("db1", "bind", 1)]),
        ("dW1 = dZ1 = a", [("dW1", "bind", 1), ("dZ1", "bind", 1)]),
        ("dW1 += a", [("dW1", "augment", 1)]),
        ("dW1 = dW1 + a", [("dW1", "augment", 1)]),
        ("dA1 *= a", []),
        ("dA1 += a", [("dA1", "augment", 1)]),
        ("np.multiply(dA1, a, out=dA1)", []),
        ("dW1[:] = a", [("dW1", "change", 1)]),
        ("dW1[i][j] += a", [("dW1", "change", 1)]),
        ("np.matmul(a, b, out=dZ1)", [("dZ1", "change", 1)]),
        ("np.multiply(a, b, dZ1)", [("dZ1", "change", 1)]),
        ("np.dot(a, b, dZ1)", [("dZ1", "change", 1)]),
        ("np.add.at(dW1, i, a)", [("dW1", "change", 1)]),
        ("dW1.fill(0)", [("dW1", "change", 1)]),
        ("np.multiply(dW1, dZ1)", []),
        ("self.dW1 = a", [("dW1", "bind", 1)]),
        ("g['dW1'] = a", [("dW1", "bind", 1)]),
        ("g['dW1'][i] = a", [("dW1", "change", 1)]),
        ("foo = a", []),
        ("def f():\n    foo = a\n    return foo", [("foo", "bind", 2)]),
    ],
)
def test_assignments_in_every_form(source: str, expected: list[tuple[str, str, int]]) -> None:
    assert stored(source) == expected


def test_every_line_of_a_long_statement_leads_to_it() -> None:
    source = read_source(ast.parse("\ndW1 = f(\n    a,\n    b,\n)\n"))
    assert set(source.stores) == {2, 3, 4, 5}
    assert {store.line for stores in source.stores.values() for store in stores} == {2}


def test_repacking_is_seen_through_and_computing_is_not() -> None:
    for text in ("x.T", "x.copy()", "np.asarray(x)", "x.reshape(3, -1)", "float(x)", "x[:, :-1]", "np.squeeze(x.T)"):
        assert ast.unparse(unpacked(ast.parse(text, mode="eval").body)) == "x"
    for text in ("x / n", "x.sum(0)", "np.sum(x)", "x.T @ y", "f(x)"):
        assert ast.unparse(unpacked(ast.parse(text, mode="eval").body)) == text


def test_parts_of_literals() -> None:
    for text, keys in (("(a, b)", [0, 1]), ("{'p': a, 'q': b}", ["p", "q"]), ("dict(p=a)", ["p"]), ("a + b", [])):
        assert list(parts(ast.parse(text, mode="eval").body)) == keys
    found = lines_in(ast.parse("loss, Parameters(a, b, W2=c, b2=d)", mode="eval").body)
    assert {line: ast.unparse(part) for line, part in found.items()} == {"dW1": "a", "db1": "b", "dW2": "c", "db2": "d"}


def test_a_slot_finds_its_value() -> None:
    class Holder:
        def __init__(self) -> None:
            self.dW1 = 3

    variables = {"a": 1, "b": {"k": 2}, "self": Holder()}
    assert [Slot("a").value(variables), Slot("b", "k", item=True).value(variables)] == [1, 2]
    assert Slot("self", "dW1").value(variables) == 3
    assert [Slot("c").value(variables), Slot("a", "k").value(variables), Slot("a", "k", True).value(variables)] == [
        None,
        None,
        None,
    ]
