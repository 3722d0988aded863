"""Every form, computed as it is written, stays inside its bound; and the libraries' exponentials inside k u."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from flint import arb, ctx

from backproof.arithmetic import EXP_ERROR, FLOAT32, FLOAT64, Arithmetic
from backproof.balls import Balls
from engines import Lines
from proof.enclosure import Problem
from proof.forms import CLIPS, LINES, Logit, widening

BOTH = pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32], ids=lambda a: a.name)


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def tail(z):
    return np.exp(z) / (1 + np.exp(z))


def softplus(z):
    return np.log1p(np.exp(z)) if z.dtype == object else np.logaddexp(0 * z, z)


# Programs by the name of the form that must explain them: functions of z and y in the arrays' own type.
Program = Callable[[np.ndarray, np.ndarray], np.ndarray]
PROGRAMS: dict[str, list[tuple[str, Program]]] = {
    "A1": [
        ("1/(1 + exp(-z))", lambda z, _: sigmoid(z)),
        ("1/(1 + exp(-z))", lambda z, _: np.where(z < 0, tail(np.minimum(z, 0 * z)), sigmoid(z))),
        ("exp(-softplus(-z))", lambda z, _: np.exp(-softplus(-z))),
        ("exp(-softplus(-z))", lambda z, _: np.exp(z - softplus(z))),
        ("1 - 1/(1 + exp(z))", lambda z, _: 1 - sigmoid(-z)),
        ("1 - 1/(1 + exp(z))", lambda z, _: (1 + np.tanh(z / 2)) / 2),
    ],
    "loss": [
        ("logaddexp(0, (1 - 2y) z)", lambda z, y: softplus((1 - 2 * y) * z)),
        (
            "logaddexp(0, (1 - 2y) z)",
            lambda z, y: np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))),
        ),
        ("softplus(z) - y z", lambda z, y: softplus(z) - y * z),
        ("softplus(z) - y z", lambda z, y: (1 - y) * z + softplus(-z)),
        ("-log(A2) or -log(1 - A2)", lambda z, y: -np.log(np.where(y == 1, sigmoid(z), 1 - sigmoid(z)))),
        ("softplus cut off at 20", lambda z, y: np.where((1 - 2 * y) * z > 20, (1 - 2 * y) * z, np.nan)),
    ],
    "dZ2": [
        ("(1 - 2y) sigmoid((1 - 2y) z)", lambda z, y: (1 - 2 * y) * sigmoid((1 - 2 * y) * z)),
        (
            "(1 - 2y) exp((1 - 2y) z - loss)",
            lambda z, y: (1 - 2 * y) * np.exp((1 - 2 * y) * z - softplus((1 - 2 * y) * z)),
        ),
        ("A2 - y", lambda z, y: sigmoid(z) - y),
        ("(1 - y) - sigmoid(-z)", lambda z, y: (1 - y) - sigmoid(-z)),
        ("exp(z - softplus(z)) - y", lambda z, y: np.exp(z - softplus(z)) - y),
        (
            "A2 - y",
            lambda z, y: ((1 - y) / (1 - sigmoid(z)) - y / sigmoid(z)) * sigmoid(z) * (1 - sigmoid(z)),
        ),
    ],
    "dZ1": [
        ("sigmoid(z) sigmoid(-z)", lambda z, _: sigmoid(z) * sigmoid(-z)),
        ("exp(-z)/(1 + exp(-z))^2", lambda z, _: np.exp(-z) / (1 + np.exp(-z)) ** 2),
        ("exp(-z)/(1 + exp(-z))^2", lambda z, _: sigmoid(z) ** 2 * np.exp(-z)),
        ("exp(-softplus(-z) - softplus(z))", lambda z, _: np.exp(-softplus(-z) - softplus(z))),
        ("exp(-softplus(-z) - softplus(z))", lambda z, _: np.exp(-softplus(-z)) * np.exp(-z - softplus(-z))),
        ("A1 (1 - A1)", lambda z, _: sigmoid(z) * (1 - sigmoid(z))),
        ("A1 (1 - A1)", lambda z, _: sigmoid(z) - sigmoid(z) ** 2),
    ],
}
PROGRAMS["A2"] = PROGRAMS["A1"]


def grid(arithmetic: Arithmetic) -> tuple[np.ndarray, np.ndarray]:
    """Logits of every size and both signs, where underflow begins among them, with both labels: (n, 1) and (n,)."""
    rng = np.random.default_rng(1)
    sizes = np.concatenate([rng.uniform(0, 4, 60), rng.uniform(4, 40, 80), 10.0 ** rng.uniform(-20, 0, 20)])
    sizes = np.concatenate([sizes, [80, 87.4, 88, 89, 95, 104, 120, 700, 708, 709.5, 720, 746, 800]])
    z = np.concatenate([sizes, -sizes, [0.0]]).astype(arithmetic.name).astype(np.float64)
    return np.repeat(z, 2)[:, None], np.tile([0.0, 1.0], len(z))


def exact_and_bounds(line: str, z: np.ndarray, y: np.ndarray, arithmetic: Arithmetic) -> tuple[Balls, dict]:
    at = Logit(Balls.of(z, arithmetic), y)
    exact = Problem.exact_at(None, line, at)  # type: ignore[arg-type]
    return exact, {f.name: f.radius(at, exact, arithmetic) for f in LINES[line].forms if f.radius}


CASES = [(line, form, program) for line, some in PROGRAMS.items() for form, program in some]


@BOTH
@pytest.mark.parametrize(("line", "form", "program"), CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_a_program_written_by_a_form_stays_inside_its_bound(arithmetic, line, form, program):
    z, y = grid(arithmetic)
    exact, bounds = exact_and_bounds(line, z, y, arithmetic)
    with np.errstate(all="ignore"):
        computed = program(z.astype(arithmetic.name), y[:, None].astype(arithmetic.name))
        assert computed.dtype == arithmetic.name
        finite = np.isfinite(computed) & np.isfinite(bounds[form])
        inside = exact.widened(np.where(finite, widening(bounds[form], arithmetic), 0)).inside(computed)
    assert np.mean(finite) > (0.01 if "20" in form else 0.7)
    assert inside[finite].all(), z[finite & ~inside]


@pytest.mark.parametrize(
    ("line", "program"),
    [pytest.param(line, program, id=f"{line}-{form}") for line, form, program in CASES if "20" not in form],
)
def test_every_form_is_the_line_in_exact_arithmetic(line, program):
    # But for the one that is cut off at 20.
    # The same formulas in 300 bits: equal, so what separates them in a float is rounding alone.
    logits, labels = np.repeat([-31.5, -3.25, -0.125, 0.0, 0.75, 6.5, 29.0], 2), np.tile([0.0, 1.0], 7)
    exact, _ = exact_and_bounds(line, logits[:, None], labels, FLOAT64)
    with ctx.workprec(300):  # NumPy calls the methods of Arb's numbers
        z, y = (np.array([arb(x) for x in column], object) for column in (logits, labels))
        for value, hi, lo in zip(program(z, y), exact.hi[:, 0], exact.lo[:, 0], strict=True):
            assert abs(value - float(hi) - float(lo)) < 1e-26 * abs(float(hi))


@BOTH
@pytest.mark.parametrize("line", ["A1", "A2", "loss", "dZ2", "dZ1"])
def test_what_is_outside_every_sound_form_is_seen(arithmetic, line):
    z, y = grid(arithmetic)
    moderate = (np.abs(z[:, 0]) > 0.5) & (np.abs(z[:, 0]) < 16)
    z, y = z[moderate], y[moderate]
    exact, bounds = exact_and_bounds(line, z, y, arithmetic)
    sound = np.max([bounds[form.name] for form in LINES[line].forms if form.sound], axis=0)
    assert (sound <= 2000 * arithmetic.unit_roundoff * exact.size).all()
    inside = exact.widened(widening(sound, arithmetic)).inside(exact.hi * (1 + 4000 * arithmetic.unit_roundoff))
    assert not inside.any()


@BOTH
def test_only_unsound_forms_lose_digits_and_they_do_so_somewhere(arithmetic):
    z, y = grid(arithmetic)
    keep = np.abs(z[:, 0]) < 16
    for line in ("A1", "loss", "dZ2", "dZ1"):
        exact, bounds = exact_and_bounds(line, z[keep], y[keep], arithmetic)
        for form in LINES[line].forms:
            if form.radius and "20" not in form.name:
                worst = float((bounds[form.name] / exact.size).max()) / arithmetic.unit_roundoff
                assert (worst < 1000) == (form.sound or "^2" in form.name), (line, form.name, worst)
    # A square overflows far beyond what other forms need to lose their digits.
    exact, bounds = exact_and_bounds("dZ1", np.array([[-46.0]]), np.zeros(1), FLOAT32)
    assert bounds["exp(-z)/(1 + exp(-z))^2"] > 0.5 * exact.hi


def test_every_line_says_how_it_is_judged():
    assert tuple(LINES) == Lines._fields
    for line in LINES.values():
        names = [form.name for form in line.forms]
        assert line.formula
        assert line.shape
        assert len(set(names)) == len(names) > 0
        assert line.forms[0].sound
        for form in line.forms:
            assert form.bound
            assert form.source
            assert bool(form.loses) != form.sound


CHANGED = {
    "clip(p, {}, 1 - {})": lambda p, clip: np.clip(p, clip, 1 - clip),
    "max(p, {})": np.maximum,
    "p + {}": np.add,
}


@BOTH
@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("changed", list(CHANGED))
def test_a_loss_of_a_changed_probability_is_its_own_form(changed, clip, arithmetic):
    z, y = np.array([[-60.0], [-3.0], [60.0], [3.0]], arithmetic.name), np.array([[1.0], [1.0], [1.0], [0.0]])
    A2, constant = sigmoid(z), np.asarray(clip, arithmetic.name)
    loss = -np.log(CHANGED[changed](np.where(y == 1, A2, 1 - A2), constant))
    name = changed.replace("{}", f"{clip:.3g}")
    explained = {
        form.name: form.given(Balls.of(A2, arithmetic), y == 1).inside(loss).all()
        for form in LINES["loss"].forms
        if form.given
    }
    assert explained[f"-log({name}) of the right label's probability"]
    if arithmetic is FLOAT64:
        assert sum(explained.values()) == 1


# The measurement of k.


def numpy_functions() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    return {"exp": np.exp, "log1p": np.log1p, "sigmoid": sigmoid, "softplus": softplus, "tanh": np.tanh}


def torch_functions() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    def of(function: Callable) -> Callable[[np.ndarray], np.ndarray]:
        return lambda z: function(torch.tensor(z)).numpy()

    def softplus(z):
        return torch.logaddexp(torch.zeros_like(z), z)

    return {
        "exp": of(torch.exp),
        "log1p": of(torch.log1p),
        "sigmoid": of(torch.sigmoid),
        "softplus": of(softplus),
        "tanh": of(torch.tanh),
    }


def jax_functions() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def of(function: Callable) -> Callable[[np.ndarray], np.ndarray]:
        compiled = jax.jit(function)
        return lambda z: np.array(compiled(jnp.array(z)))

    def softplus(z):
        return jnp.logaddexp(0, z)

    return {
        "exp": of(jnp.exp),
        "log1p": of(jnp.log1p),
        "sigmoid": of(jax.nn.sigmoid),
        "softplus": of(softplus),
        "tanh": of(jnp.tanh),
    }


LIBRARIES = {"numpy": numpy_functions, "torch": torch_functions, "jax": jax_functions}
EXACT_FUNCTIONS = {
    "exp": lambda z: z.exp(),
    "log1p": lambda z: z.log1p(),
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "softplus": lambda z: z.exp().log1p() if z < 0 else z + (-z).exp().log1p(),
    "tanh": lambda z: z.tanh(),
}


def largest_error(function: Callable, name: str, arithmetic: Arithmetic) -> float:
    """The largest relative error of a library's function, in units of u, where the result is a normal number."""
    rng = np.random.default_rng(2)
    reach = 80.0 if arithmetic is FLOAT32 else 650.0
    z = np.concatenate([rng.uniform(-reach, reach, 1500), rng.uniform(-20, 20, 3000), rng.uniform(-1, 1, 1500)])
    z = np.abs(z) if name == "log1p" else z
    z = z.astype(arithmetic.name)
    with np.errstate(all="ignore"):
        computed = function(z)
        assert computed.dtype == z.dtype
        exact = Balls.of(z.astype(np.float64), FLOAT64).map(EXACT_FUNCTIONS[name])
        normal = np.abs(exact.hi) > 2 * arithmetic.tiny
        return float(np.abs(exact.error(computed)[normal] / exact.hi[normal]).max() / arithmetic.unit_roundoff)


@BOTH
@pytest.mark.parametrize("name", list(EXACT_FUNCTIONS))
@pytest.mark.parametrize("library", list(LIBRARIES))
def test_k_covers_every_library_twice(library, name, arithmetic, record_property):
    error = largest_error(LIBRARIES[library]()[name], name, arithmetic)
    record_property("units_of_u", error)
    assert 2 * error <= EXP_ERROR


def test_the_measurement_sees_a_poor_exponential():
    poor = largest_error(lambda z: np.exp(z.astype(np.float32)).astype(np.float64), "exp", FLOAT64)
    assert poor > EXP_ERROR


@BOTH
@pytest.mark.parametrize("library", list(LIBRARIES))
def test_a_library_sigmoid_lies_inside_the_first_form(library, arithmetic):
    # Near 1 the bound is four roundings, not k of them: a sigmoid is a quotient there, not an exponential.
    z, y = grid(arithmetic)
    exact, bounds = exact_and_bounds("A1", z, y, arithmetic)
    computed = LIBRARIES[library]()["sigmoid"](z.astype(arithmetic.name))
    assert exact.widened(widening(bounds["1/(1 + exp(-z))"], arithmetic)).inside(computed).all()
