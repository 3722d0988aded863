"""No honest program is called wrong, and no planted mistake is called rounding."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from backproof.arithmetic import ProofError
from engines import load_engine
from engines.interface import BinaryClassifier, Lines, Parameters
from proof.judgement import Judgement, Power
from proof.probes import Probe, probe, saturated, with_logits
from proof.ruling import who_is_right
from proof.verdict import judge, judge_engine

DTYPES = ("float64", "float32")
INNER = ("dZ2", "dA1", "dZ1")
GRADIENTS = ("dW2", "db2", "dW1", "db1")
HONEST = {"rounding", "cancels", "not observable", "not shown"}


def clothes(n: int, d: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two classes that a network can tell apart, many pixels being 0."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    middles = rng.random((2, d)) * (rng.random((2, d)) < 0.6)
    return np.clip(middles[y] + rng.normal(0, 0.15, (n, d)) * (middles[y] > 0), 0, 1), y.astype(np.float64)


def initial(d: int, h: int, seed: int) -> Parameters:
    rng = np.random.default_rng(seed)
    shapes = ((h, d), d), ((h,), d), ((1, h), h), ((1,), h)
    return Parameters(*(rng.uniform(-(fan**-0.5), fan**-0.5, shape) for shape, fan in shapes))


def trained(parameters: Parameters, X: np.ndarray, y: np.ndarray, steps: int = 600) -> Parameters:
    engine = load_engine("numpy")(parameters)
    engine.fit(X, y, epochs=-(-steps // len(y)), learning_rate=0.3)
    return engine.parameters


def probes_of(d: int, h: int, seed: int = 0) -> list[Probe]:
    X, y = clothes(40, d, seed)
    start = initial(d, h, seed)
    end = trained(start, X, y)
    larger = Parameters(*(2.0 * p for p in end))
    parts = (slice(0, 1), slice(1, 2), slice(2, 7))
    probes = [probe(name, w, X[part], y[part]) for name, w in (("initial", start), ("trained", end)) for part in parts]
    probes.append(probe("doubled", larger, X[:5], y[:5]))
    few = slice(0, min(4, h))
    return [*probes, saturated(X[few], y[few], h, seed), with_logits("extreme", X[few], y[few], h, (45.0, 60.0), seed)]


PROBES = {"20-5-1": probes_of(20, 5), "784-12-1": probes_of(784, 12)}


def accused(judgements: list[Judgement]) -> list[tuple]:
    return [
        (j.probe, v.line, v.word, v.note, v.largest_ulps) for j in judgements for v in j.lines if v.word not in HONEST
    ]


# Honest programs.


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", PROBES)
@pytest.mark.parametrize("name", ["numpy", "torch", "jax"])
def test_no_engine_is_accused_at_any_weights(name, size, dtype):
    pytest.importorskip(name, reason=f"{name} is not installed")
    judgements = judge_engine(load_engine(name)(PROBES[size][0].parameters, dtype), PROBES[size])
    assert accused(judgements) == []
    for judgement in judgements[:6]:  # initial and trained: everything is shown, and nothing is out of sight
        assert {v.word for v in judgement.lines} <= {"rounding", "cancels"}
        assert judgement.culprit is None


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["numpy", "torch", "jax"])
def test_an_engine_that_hides_its_inner_lines_is_not_accused(name, dtype):
    pytest.importorskip(name, reason=f"{name} is not installed")
    engine = load_engine(name)(PROBES["20-5-1"][0].parameters, dtype)
    engine.native_lines = lambda *arguments: BinaryClassifier.native_lines(engine, *arguments)  # type: ignore[method-assign]
    judgements = judge_engine(engine, PROBES["20-5-1"])
    assert accused(judgements) == []
    assert all(judgement[line].word == "not shown" for judgement in judgements for line in INNER)


Differentiator = Callable[[Probe, str], Lines]


def torch_differentiator(loss_name: str, functional: bool, compiled: bool) -> Differentiator:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from torch.nn import functional as F

    def losses(Z2, y):
        if loss_name == "signed":
            signed = (1 - 2 * y) * Z2
            return torch.logaddexp(torch.zeros_like(signed), signed)
        return F.binary_cross_entropy_with_logits(Z2, y, reduction="none")

    def forward(parameters, X):
        W1, b1, W2, b2 = parameters
        Z1 = X @ W1.T + b1
        A1 = torch.sigmoid(Z1)
        Z2 = A1 @ W2.T + b2
        return Z1, A1, Z2, torch.sigmoid(Z2)

    def mean(parameters, X, y):
        return losses(forward(parameters, X)[2][:, 0], y).mean()

    def by_autograd(parameters, X, y):
        parameters = [p.clone().requires_grad_() for p in parameters]
        return torch.autograd.grad(mean(parameters, X, y), parameters)

    gradient = torch.func.grad(mean) if functional else by_autograd
    gradient = torch.compile(gradient) if compiled else gradient

    def differentiate(some: Probe, dtype: str) -> Lines:
        parameters = tuple(torch.tensor(p.astype(dtype)) for p in some.parameters)
        X, y = torch.tensor(some.X.astype(dtype)), torch.tensor(some.y.astype(dtype))
        Z1, A1, Z2, A2 = (a.numpy() for a in forward(parameters, X))
        dW1, db1, dW2, db2 = (g.numpy() for g in gradient(parameters, X, y))
        loss = losses(torch.tensor(Z2[:, 0]), y).numpy()
        return Lines(Z1, A1, Z2, A2, loss, None, dW2, db2, None, None, dW1, db1)

    return differentiate


def jax_differentiator(loss_name: str, compiled: bool) -> Differentiator:
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def losses(Z2, y):
        if loss_name == "signed":
            return jnp.logaddexp(0, (1 - 2 * y) * Z2)
        return -y * jax.nn.log_sigmoid(Z2) - (1 - y) * jax.nn.log_sigmoid(-Z2)

    def forward(parameters, X):
        W1, b1, W2, b2 = parameters
        Z1 = X @ W1.T + b1
        A1 = jax.nn.sigmoid(Z1)
        Z2 = A1 @ W2.T + b2
        return Z1, A1, Z2, jax.nn.sigmoid(Z2)

    def mean(parameters, X, y):
        return losses(forward(parameters, X)[2][:, 0], y).mean()

    gradient = jax.jit(jax.grad(mean)) if compiled else jax.grad(mean)

    def differentiate(some: Probe, dtype: str) -> Lines:
        parameters = tuple(jnp.array(p.astype(dtype)) for p in some.parameters)
        X, y = jnp.array(some.X.astype(dtype)), jnp.array(some.y.astype(dtype))
        Z1, A1, Z2, A2 = (np.array(a) for a in forward(parameters, X))
        dW1, db1, dW2, db2 = (np.array(g) for g in gradient(parameters, X, y))
        loss = np.array(losses(jnp.array(Z2[:, 0]), y))
        return Lines(Z1, A1, Z2, A2, loss, None, dW2, db2, None, None, dW1, db1)

    return differentiate


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", PROBES)
@pytest.mark.parametrize("functional", [True, False], ids=["torch.func", "torch.autograd"])
@pytest.mark.parametrize("loss", ["signed", "with_logits"])
def test_torch_is_not_accused(loss, functional, size, dtype):
    differentiate = torch_differentiator(loss, functional, compiled=False)
    assert accused(judge(PROBES[size], [differentiate(p, dtype) for p in PROBES[size]], dtype)) == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("functional", [True, False], ids=["torch.func", "torch.autograd"])
def test_compiled_torch_is_not_accused(functional, dtype):
    differentiate = torch_differentiator("signed" if functional else "with_logits", functional, compiled=True)
    chosen = [PROBES["784-12-1"][i] for i in (0, 3, 4, 7, 8)]
    try:
        shown = [differentiate(p, dtype) for p in chosen]
    except Exception as error:
        if "ompiler" in str(error) or "Inductor" in type(error).__name__:
            pytest.skip("torch.compile finds no C++ compiler")
        raise
    assert accused(judge(chosen, shown, dtype)) == []


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("compiled", [True, False], ids=["jit", "eager"])
@pytest.mark.parametrize("loss", ["signed", "with_logits"])
def test_jax_is_not_accused(loss, compiled, dtype):
    chosen = PROBES["20-5-1"] if not compiled else [PROBES["784-12-1"][i] for i in (0, 1, 3, 4, 5, 6, 7, 8)]
    differentiate = jax_differentiator(loss, compiled)
    assert accused(judge(chosen, [differentiate(p, dtype) for p in chosen], dtype)) == []


def by_hand(some: Probe, dtype: str = "float64", **changes: Callable) -> Lines:
    """Algorithm 1 by hand; each change replaces a line, and is given the lines before it as attributes."""

    class Computed:
        pass

    at = Computed()
    at.W1, at.b1, at.W2, at.b2 = (p.astype(dtype) for p in some.parameters)
    at.X, at.y, at.n = some.X.astype(dtype), some.y.astype(dtype)[:, None], len(some.y)
    formulas: dict[str, Callable] = {
        "Z1": lambda s: s.X @ s.W1.T + s.b1,
        "A1": lambda s: 1 / (1 + np.exp(-s.Z1)),
        "Z2": lambda s: s.A1 @ s.W2.T + s.b2,
        "A2": lambda s: 1 / (1 + np.exp(-s.Z2)),
        "loss": lambda s: np.logaddexp(0 * s.y, (1 - 2 * s.y) * s.Z2)[:, 0],
        "dZ2": lambda s: (s.A2 - s.y) / s.n,
        "dW2": lambda s: s.dZ2.T @ s.A1,
        "db2": lambda s: s.dZ2.sum(0),
        "dA1": lambda s: s.dZ2 @ s.W2,
        "dZ1": lambda s: s.dA1 * s.A1 * (1 - s.A1),
        "dW1": lambda s: s.dZ1.T @ s.X,
        "db1": lambda s: s.dZ1.sum(0),
    }
    with np.errstate(all="ignore"):
        for line in Lines._fields:
            setattr(at, line, (changes.get(line) or formulas[line])(at))
    return Lines(*(getattr(at, line) for line in Lines._fields))


PROGRAMS: dict[str, dict[str, Callable]] = {
    "as written": {},
    "slope first": {"dZ1": lambda s: s.dA1 * (s.A1 * (1 - s.A1))},
    "slope of two sigmoids": {"dZ1": lambda s: s.dA1 * (1 / (1 + np.exp(-s.Z1)) / (1 + np.exp(s.Z1)))},
    "slope by difference": {"dZ1": lambda s: s.dA1 * (s.A1 - s.A1**2)},
    "mean by a factor": {"dZ2": lambda s: (s.A2 - s.y) * (1 / s.y.dtype.type(s.n))},
    "signed": {"dZ2": lambda s: (1 - 2 * s.y) / (1 + np.exp(-(1 - 2 * s.y) * s.Z2)) / s.n},
    "sigmoid by tanh": {"A1": lambda s: (1 + np.tanh(s.Z1 / 2)) / 2, "A2": lambda s: (1 + np.tanh(s.Z2 / 2)) / 2},
    "sigmoid by softplus": {"A1": lambda s: np.exp(-np.logaddexp(0 * s.Z1, -s.Z1))},
    "sums by einsum": {
        "dW1": lambda s: np.einsum("nh,nd->hd", s.dZ1, s.X),
        "Z1": lambda s: np.einsum("nd,hd->nh", s.X, s.W1) + s.b1,
    },
    "exactly rounded sums": {
        "db1": lambda s: np.array([math.fsum(c) for c in s.dZ1.T], s.y.dtype),
        "Z2": lambda s: np.array([[math.fsum([*(a * s.W2[0]).astype(np.float64), s.b2[0]])] for a in s.A1], s.y.dtype),
    },
    "loss by softplus": {"loss": lambda s: (np.logaddexp(0 * s.Z2, s.Z2) - s.y * s.Z2)[:, 0]},
    "loss clipped": {
        "loss": lambda s: (
            -np.log(np.clip(np.where(s.y == 1, s.A2, 1 - s.A2), *(s.y.dtype.type(v) for v in (1e-7, 1 - 1e-7))))[:, 0]
        )
    },
    "divided last": {
        "dZ2": lambda s: s.A2 - s.y,
        "dW2": lambda s: s.dZ2.T @ s.A1 / s.n,
        "db2": lambda s: s.dZ2.sum(0) / s.n,
        "dW1": lambda s: s.dZ1.T @ s.X / s.n,
        "db1": lambda s: s.dZ1.mean(0),
    },
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_correct_program_written_differently_is_not_accused(name, dtype):
    for probes in PROBES.values():
        shown = [by_hand(some, dtype, **PROGRAMS[name]) for some in probes]
        judgements = judge(probes, shown, dtype)
        assert accused(judgements) == []
        assert all(j.mean_last == (name == "divided last") for j in judgements)


HIDDEN = {
    "only gradients": tuple(line for line in Lines._fields if line not in GRADIENTS),
    "only logits and gradients": ("A1", "A2", "loss", *INNER),
    "every other line": Lines._fields[1::2],
    "A1 and dZ1": ("A1", "dZ1"),
    "only the bias": tuple(line for line in Lines._fields if line != "db1"),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_correct_program_that_shows_little_is_not_accused(hidden, dtype):
    probes = PROBES["20-5-1"]
    for changes in PROGRAMS.values():
        shown = [by_hand(some, dtype, **changes)._replace(**dict.fromkeys(HIDDEN[hidden])) for some in probes]
        assert accused(judge(probes, shown, dtype)) == []


def test_a_gradient_is_seen_to_be_wrong_when_nothing_else_is_shown():
    for some in TRIED:
        wrong = by_hand(some, dW1=lambda s: -s.dZ1.T @ s.X)
        wrong = wrong._replace(**dict.fromkeys(HIDDEN["only gradients"]))
        (judgement,) = judge([some], [wrong], "float64")
        assert judgement.culprit == "dW1"


def test_global_and_local_agree_that_a_right_line_is_rounding():
    # A line that is locally rounding is called so globally without computing it; here it is computed.
    from backproof.arithmetic import FLOAT64
    from proof.enclosure import enclose

    for some in PROBES["20-5-1"]:
        sets = enclose(some.parameters, some.X, some.y, FLOAT64, sound_only=True)
        steps = by_hand(some)
        (judgement,) = judge([some], [steps], "float64")
        for verdict in judgement.lines:
            if verdict.overall == "rounding":
                assert getattr(sets, verdict.line).inside(getattr(steps, verdict.line)).all()


# Planted mistakes.

TRIED = PROBES["20-5-1"][:6] + PROBES["784-12-1"][:6]  # initial and trained, one sample and five


def planted(some: Probe, line: str, change: Callable[[np.ndarray], np.ndarray]) -> Lines:
    """Algorithm 1 by hand with one line changed, and the lines after it computed from that."""
    values = change(np.array(getattr(by_hand(some), line)))
    return by_hand(some, **{line: lambda _: values})


def one_entry(ulps: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(values: np.ndarray) -> np.ndarray:
        index = np.unravel_index(np.argmax(np.abs(values)), values.shape)
        values[index] += ulps * np.spacing(values[index])
        return values

    return change


def largest_logit(some: Probe, line: str) -> float:
    return float(np.abs(getattr(by_hand(some), line)).max())


@pytest.mark.parametrize("ulps", [1000, -1000])
@pytest.mark.parametrize("line", ["dW1", "dZ1", "dA1", "dW2"])
def test_one_entry_off_by_a_thousand_ulps_is_wrong(line, ulps):
    tried = 0
    for some in TRIED:
        if line == "dZ1" and largest_logit(some, "Z1") > 5:
            continue  # further out A1 (1 - A1) itself may be off by a thousand ulps
        tried += 1
        (judgement,) = judge([some], [planted(some, line, one_entry(ulps))], "float64")
        assert judgement[line].word == "wrong", some.name
        assert judgement.culprit == line
        assert judgement[line].local == "outside"
    assert tried >= 6


def test_one_slope_off_by_a_thousand_ulps_is_never_rounding():
    for some in TRIED:
        (judgement,) = judge([some], [planted(some, "dZ1", one_entry(1000))], "float64")
        assert judgement["dZ1"].word in ("wrong", "cancels")


@pytest.mark.parametrize("line", ["dZ2", *GRADIENTS])
def test_a_gradient_off_by_a_relative_1e_10_is_wrong(line):
    tried = 0
    for some in TRIED:
        if largest_logit(some, "Z2") < 8:
            tried += 1
            (judgement,) = judge([some], [planted(some, line, lambda g: g * (1 + 1e-10))], "float64")
            assert judgement.culprit == line
    assert tried >= 6


@pytest.mark.parametrize("line", [line for line in Lines._fields if line != "loss"])
def test_float32_inside_a_float64_run_is_wrong(line):
    tried = 0
    for some in TRIED:
        if largest_logit(some, "Z2") < 12 and not (line == "db2" and len(some.y) == 1):
            tried += 1
            single = getattr(by_hand(some, "float32"), line).astype(np.float64)
            (judgement,) = judge([some], [by_hand(some, **{line: lambda _, v=single: v})], "float64")
            assert judgement.culprit == line
    assert tried >= 4


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("Z1", lambda s: s.X @ s.W1.T),
        ("Z2", lambda s: s.A1 @ s.W2.T),
        ("A1", lambda s: np.tanh(s.Z1)),
        ("dZ2", lambda s: (s.y - s.A2) / s.n),
        ("dZ2", lambda s: (s.A2 - s.y) / s.n * s.A2 * (1 - s.A2)),
        ("dW2", lambda s: 0 * (s.dZ2.T @ s.A1)),
        ("db2", lambda s: -s.dZ2.sum(0)),
        ("dA1", lambda s: s.dZ2 @ s.W2 * 1.0001),
        ("dZ1", lambda s: s.dA1 * s.A1),
        ("dZ1", lambda s: s.dA1 * s.A1 * (1 - s.Z1)),
        ("dW1", lambda s: s.dA1.T @ s.X),
        ("db1", lambda s: s.dA1.sum(0)),
    ],
)
def test_the_line_of_a_mistake_is_the_culprit_and_what_is_right_after_it_follows(line, mistake, dtype):
    judgements = judge(TRIED, [by_hand(some, dtype, **{line: mistake}) for some in TRIED], dtype)
    for judgement in judgements:
        assert judgement.culprit == line
        words = {v.line: v.word for v in judgement.lines}
        assert words.pop(line) == "wrong"
        if line == "A1":
            words.pop("dZ1")  # its slope is that of another function: wrong as well
        assert set(words.values()) <= {"rounding", "cancels", "follows"}
    after = {"dZ2": {"dW2", "db2", "dA1", "dZ1", "dW1", "db1"}, "dZ1": {"dW1", "db1"}, "dW2": set()}
    if line in after:
        assert {v.line for v in judgements[0].lines if v.word == "follows"} == after[line]
        assert all(line in v.note for v in judgements[0].lines if v.word == "follows")


def test_one_over_n_left_out_altogether_is_a_mistake_of_one_line():
    some = TRIED[2]
    (judgement,) = judge([some], [by_hand(some, dZ2=lambda s: s.A2 - s.y)], "float64")
    assert judgement.culprit == "dZ2"
    assert judgement["dW1"].word == "follows"
    assert not judgement.mean_last


def test_the_loss_is_never_the_culprit_of_a_gradient():
    some = TRIED[2]
    (judgement,) = judge([some], [by_hand(some, loss=lambda s: s.Z2[:, 0] * 2)], "float64")
    assert judgement["loss"].word == "wrong"
    assert judgement.culprit == "loss"
    assert all(v.word == "rounding" for v in judgement.lines if v.line not in ("loss", "dZ2"))
    both = by_hand(some, loss=lambda s: s.Z2[:, 0] * 2, dW1=lambda s: s.dZ1.T @ s.X * 2)
    (judgement,) = judge([some], [both], "float64")
    assert judgement.culprit == "dW1"


def test_a_mistake_is_seen_behind_lines_that_are_not_shown():
    for some in TRIED:
        wrong = by_hand(some, dZ1=lambda s: s.dA1 * s.A1)._replace(dZ2=None, dA1=None, dZ1=None)
        (judgement,) = judge([some], [wrong], "float64")
        assert judgement.culprit == "dW1"
        assert judgement["dW2"].word in ("rounding", "cancels")


def test_a_hidden_line_may_follow_from_a_wrong_one():
    # A2 wrong and dZ2 hidden: the gradients are right for that A2.
    some = TRIED[2]
    steps = by_hand(some, A2=lambda s: 1 / (1 + np.exp(-2 * s.Z2)))._replace(dZ2=None, dA1=None, dZ1=None)
    (judgement,) = judge([some], [steps], "float64")
    assert judgement.culprit == "A2"
    assert {judgement[line].word for line in GRADIENTS} == {"follows"}


# The other words.


def test_words_for_what_cannot_be_compared():
    some = TRIED[2]
    right = by_hand(some)
    dW1 = right.dW1.copy()
    dW1[1, 2] = np.nan
    steps = right._replace(
        A2=None, dZ2=right.dZ2[:, 0], dW1=dW1, db1=np.full_like(right.db1, np.inf), db2=np.array([1])
    )
    (judgement,) = judge([some], [steps], "float64")
    words = {v.line: v.word for v in judgement.lines}
    assert words["A2"] == "not shown"
    assert words["dZ2"] == "shape"
    assert words["dW1"] == words["db1"] == "not finite"
    assert words["db2"] == "shape"
    assert judgement.culprit == "dZ2"
    assert judgement["dZ2"].note == "shape (5,), not (5, 1)"
    assert judgement["dW1"].note == "1 of 100 entries, the first nan at (1, 2)"
    # What comes after is judged from the last lines that can be used.
    assert {words[line] for line in ("dW2", "dA1", "dZ1")} <= {"rounding", "cancels"}


def test_another_dtype_is_wrong_even_with_the_right_numbers():
    some = TRIED[0]
    right = by_hand(some, "float32")
    (judgement,) = judge([some], [right._replace(dA1=right.dA1.astype(np.float64))], "float32")
    assert judgement.culprit == "dA1"
    assert judgement["dA1"].note == "dA1 is float64, not float32"


def test_a_zero_that_rounding_explains_is_not_observable():
    # At Z2 = -40, y = 0 the form (1 - y) - sigmoid(-Z2) is exactly 0: there a wrong 0 cannot be told from it.
    parameters = Parameters(np.ones((2, 3)), np.zeros(2), np.full((1, 2), -1.0), np.array([-40.0]))
    some = probe("far", parameters, np.array([[0.5, 0.0, 0.25]]), np.array([0.0]))
    zero = by_hand(some, dZ2=lambda s: (1 - s.y) - 1 / (1 + np.exp(s.Z2)))
    assert zero.dZ2[0, 0] == 0
    (judgement,) = judge([some], [zero], "float64")
    assert judgement["dZ2"].word == "not observable"
    assert judgement["dZ2"].form == "(1 - y) - sigmoid(-z)"
    assert judgement["dZ2"].power.blind == 1
    assert judgement["dW1"].word == "not observable"
    (judgement,) = judge([some], [by_hand(some)], "float64")  # A2 - y keeps every digit there
    assert judgement["dZ2"].word == "rounding"


def test_what_cancels_says_how_many_digits_through_which_form():
    some = PROBES["784-12-1"][7]
    (judgement,) = judge([some], [by_hand(some)], "float64")
    verdict = judgement["dZ2"]
    assert verdict.word == "cancels"
    assert verdict.form == "A2 - y"
    truth = judge([some], [by_hand(some, **PROGRAMS["signed"])], "float64")[0]["dZ2"]
    assert truth.word == "rounding"
    assert 3 < verdict.digits_lost < 8
    assert verdict.largest_ulps > 1000 * truth.largest_ulps
    assert judgement["dW1"].cause.startswith(("dZ2: A2 - y", "dZ1: A1"))


def test_errors_are_signed_ulps_of_the_truth():
    some = TRIED[0]
    (before,) = judge([some], [by_hand(some)], "float64")
    (after,) = judge([some], [planted(some, "dA1", lambda g: g + 7 * np.spacing(np.abs(g)))], "float64")
    assert np.allclose(after["dA1"].ulps - before["dA1"].ulps, 7)
    assert after["dA1"].median_ulps == np.median(np.abs(after["dA1"].ulps))
    dark = some.X[0] == 0
    assert before["dW1"].ulps.size == (~dark).sum() * 5
    (lit,) = judge([some], [planted(some, "dW1", lambda g: np.where(dark, 1e-9, g))], "float64")
    assert lit["dW1"].word == "wrong"


def test_power_is_the_bound_and_the_own_error_over_the_truth():
    some = TRIED[0]
    (judgement,) = judge([some], [by_hand(some)], "float64")
    for verdict in judgement.lines:
        assert 0 <= verdict.power.median <= verdict.power.worst
        assert verdict.power.worst < 1e-6
        assert verdict.power.blind == 0
    assert Power(np.array([0.1, 2.0, 1.0, 0.2])).blind == 0.5


# Several engines.


def test_who_is_right_and_which_form_costs_the_digits():
    probes = [PROBES["784-12-1"][7]]
    engines = {
        "plain": judge(probes, [by_hand(probes[0])], "float64"),
        "signed": judge(probes, [by_hand(probes[0], **PROGRAMS["signed"])], "float64"),
    }
    rulings = who_is_right(engines)
    assert rulings["dZ2"].closest == ("signed",)
    assert rulings["dZ2"].medians["plain"] > rulings["dZ2"].medians["signed"]
    assert set(rulings["Z1"].closest) == {"plain", "signed"}
    hidden = {name: judge(probes, [by_hand(probes[0])._replace(dZ1=None)], "float64") for name in "ab"}
    assert "dZ1" not in who_is_right(hidden)


def test_engines_tried_differently_are_not_compared():
    some = TRIED[0]
    with pytest.raises(ProofError, match="same probes"):
        who_is_right(
            {
                "a": judge([some], [by_hand(some)], "float64"),
                "b": judge([some], [by_hand(some, "float32")], "float32"),
            }
        )


# Bad input.


def test_what_cannot_be_proved_is_a_sentence():
    some = TRIED[0]
    with pytest.raises(ProofError, match="only float64 and float32"):
        judge([some], [by_hand(some)], "float16")
    broken = some._replace(X=np.where(some.X > 0, np.nan, 0))
    with pytest.raises(ProofError, match="X holds a number that is not finite"):
        judge([broken], [by_hand(some)], "float64")
    parameters = some.parameters._replace(W1=some.parameters.W1 * 1e30)
    with pytest.raises(ProofError, match="so large"):
        judge([some._replace(parameters=parameters)], [by_hand(some)], "float64")


def test_an_engine_keeps_its_parameters():
    engine = load_engine("numpy")(TRIED[0].parameters)
    judge_engine(engine, TRIED[1:4])
    assert all(np.array_equal(a, b) for a, b in zip(engine.parameters, TRIED[0].parameters, strict=True))
