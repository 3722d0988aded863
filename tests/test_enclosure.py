"""The truth against two oracles that share no formula with it, and what rounding can do against what it does."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import ctx

from backproof.arithmetic import EXACT, FLOAT32, FLOAT64, ProofError
from backproof.balls import Balls
from engines.interface import Lines, Parameters
from proof.enclosure import enclose
from proof.probes import Probe, probe, saturated, with_logits

GRADIENTS = {"dW1": "W1", "db1": "b1", "dW2": "W2", "db2": "b2"}
ADDED = {"dA1": "A1", "dZ1": "Z1", "dZ2": "Z2"}  # found by adding something to a forward line


def random_probe(n: int = 4, d: int = 5, h: int = 3, seed: int = 0, scale: float = 1.0) -> Probe:
    rng = np.random.default_rng(seed)
    parameters = Parameters(*(scale * rng.normal(size=shape) for shape in ((h, d), (h,), (1, h), (1,))))
    X = rng.random((n, d)) * (rng.random((n, d)) < 0.7)
    return probe("random", parameters, X, np.arange(n) % 2)


def weights_in_float64(some: Probe) -> Probe:
    """The same probe with all 53 bits of the weights in use, as after training in float64."""
    rng = np.random.default_rng(9)
    return some._replace(parameters=Parameters(*(p * (1 + rng.uniform(0, 1e-9, p.shape)) for p in some.parameters)))


SMALL = {
    "random": weights_in_float64(random_probe()),
    "large": random_probe(scale=4.0, seed=3),
    "one sample": random_probe(n=1, seed=1),
    "saturated": saturated(random_probe(seed=2).X, np.array([0, 1, 1, 0]), 3),
    "extreme": with_logits("extreme", random_probe(seed=2).X, np.array([0, 1, 1, 0]), 3, (45.0, 60.0), seed=0),
}


# The first oracle: the loss by its definition in high precision, differentiated numerically.


def exact_loss(some: Probe, moved: tuple[str, tuple[int, ...]] | None, step: mpmath.mpf) -> mpmath.mpf:
    """The mean cross-entropy -y log(A2) - (1 - y) log(1 - A2), one number having been moved by ``step``."""
    n, d = some.X.shape
    h = len(some.parameters.b1)

    def at(name: str, value: float | mpmath.mpf, *index: int) -> mpmath.mpf:
        return mpmath.mpf(value) + (step if moved == (name, index) else 0)

    W1, b1, W2, b2 = some.parameters
    total = mpmath.mpf(0)
    for i in range(n):
        Z2 = at("b2", float(b2[0]), 0)
        for j in range(h):
            Z1 = at("b1", float(b1[j]), j)
            for c in range(d):
                Z1 += at("W1", float(W1[j, c]), j, c) * mpmath.mpf(float(some.X[i, c]))
            A1 = 1 / (1 + mpmath.exp(-at("Z1", Z1, i, j)))
            Z2 += at("A1", A1, i, j) * at("W2", float(W2[0, j]), 0, j)
        A2 = 1 / (1 + mpmath.exp(-at("Z2", Z2, i, 0)))
        total -= mpmath.log(A2) if some.y[i] == 1 else mpmath.log(1 - A2)
    return total / n


@pytest.mark.parametrize("name", SMALL)
def test_the_truth_is_what_sixty_digits_of_differencing_say(name):
    some = SMALL[name]
    truth = enclose(some.parameters, some.X, some.y, EXACT)
    with mpmath.workdps(150):
        step = mpmath.mpf(10) ** -45  # central differences are then good to about 60 digits
        for line, variable in (GRADIENTS | ADDED).items():
            balls = getattr(truth, line)
            for index in np.ndindex(balls.shape):
                up, down = (exact_loss(some, (variable, index), s) for s in (step, -step))
                slope = (up - down) / (2 * step)
                middle = mpmath.mpf(float(balls.hi[index])) + mpmath.mpf(float(balls.lo[index]))
                assert abs(slope - middle) <= mpmath.mpf(float(balls.radius[index])) + mpmath.mpf(10) ** -60, line
                assert balls.radius[index] <= 1e-24 * abs(balls.hi[index]) + 1e-200, line
        loss = exact_loss(some, None, mpmath.mpf(0))
        mean = sum(mpmath.mpf(float(v)) for v in (*truth.loss.hi, *truth.loss.lo)) / len(some.y)
        assert abs(mean - loss) <= 1e-26 * abs(loss)


# The second oracle: complex step (Squire and Trapp, SIAM Review 40, 1998), in float64.


def test_the_truth_is_what_complex_step_says():
    some = random_probe(n=3, d=40, h=7, seed=5)
    truth = enclose(some.parameters, some.X, some.y, EXACT)
    for line, variable in GRADIENTS.items():
        balls = getattr(truth, line)
        for index in np.ndindex(balls.shape):
            parameters = {k: p.astype(complex) for k, p in some.parameters._asdict().items()}
            parameters[variable][index] += 1e-100j
            A1 = 1 / (1 + np.exp(-(some.X @ parameters["W1"].T + parameters["b1"])))
            A2 = 1 / (1 + np.exp(-(A1 @ parameters["W2"].T + parameters["b2"])[:, 0]))
            loss = -np.where(some.y == 1, np.log(A2), np.log(1 - A2)).mean()
            assert abs(loss.imag / 1e-100 - balls.hi[index]) <= 1e-13 * np.abs(balls.hi).max()


def test_the_first_oracle_would_see_an_error_in_the_25th_digit():
    some = SMALL["random"]
    truth = enclose(some.parameters, some.X, some.y, EXACT)
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -20
        slope = (exact_loss(some, ("b2", (0,)), step) - exact_loss(some, ("b2", (0,)), -step)) / (2 * step)
        middle = mpmath.mpf(float(truth.db2.hi[0])) + mpmath.mpf(float(truth.db2.lo[0]))
        assert abs(slope - middle) <= float(truth.db2.radius[0])
        assert abs(slope * (1 + mpmath.mpf(10) ** -25) - middle) > float(truth.db2.radius[0])


# What rounding can do.


@pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32], ids=lambda a: a.name)
@pytest.mark.parametrize("name", SMALL)
def test_the_sets_are_centred_on_the_truth_and_grow_with_the_forms(name, arithmetic):
    some = random_probe() if name == "random" else SMALL[name]
    truth = enclose(some.parameters, some.X, some.y, EXACT)
    sound = enclose(some.parameters, some.X, some.y, arithmetic, sound_only=True)
    every = enclose(some.parameters, some.X, some.y, arithmetic)
    for line in Lines._fields:
        exact, small, large = (getattr(steps, line) for steps in (truth, sound, every))
        if small.bounded:
            assert small.inside(exact.hi).all(), line
        if large.bounded:
            assert (small.radius <= large.radius * (1 + 1e-12)).all(), line


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale", [0.3, 3.0, 12.0])
@pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32], ids=lambda a: a.name)
def test_any_correct_program_lies_inside(seed, scale, arithmetic):
    # Sums in random order, in either half of the forms, the mean taken in two ways, in the type itself.
    some = random_probe(n=5, d=60, h=6, seed=seed, scale=scale)
    sets = enclose(some.parameters, some.X, some.y, arithmetic)
    rng = np.random.default_rng(seed)
    for form in range(4):
        steps = program(some, arithmetic.name, rng, form)
        for line in Lines._fields:
            if line != "loss":
                assert getattr(sets, line).inside(getattr(steps, line)).all(), (line, form)


def program(some: Probe, dtype: str, rng: np.random.Generator, form: int) -> Lines:
    """Algorithm 1 in this type, every sum one product at a time in a random order."""

    def dot(a: np.ndarray, b: np.ndarray, first: np.ndarray | float = 0.0) -> np.ndarray:
        total = np.zeros((a.shape[0], b.shape[1]), dtype) + np.asarray(first, dtype)
        for k in rng.permutation(a.shape[1]):
            total = total + a[:, k : k + 1] * b[k : k + 1]
        return total

    def sigmoid(z: np.ndarray) -> np.ndarray:
        return np.exp(-np.logaddexp(0 * z, -z)) if form == 3 else 1 / (1 + np.exp(-z))

    W1, b1, W2, b2 = (p.astype(dtype) for p in some.parameters)
    X, y, n = some.X.astype(dtype), some.y.astype(dtype)[:, None], len(some.y)
    one, signs = np.ones((), dtype), 1 - 2 * y
    with np.errstate(all="ignore"):
        Z1 = dot(X, W1.T, b1)
        A1 = sigmoid(Z1)
        Z2 = dot(A1, W2.T, b2)
        A2 = sigmoid(Z2)
        loss = np.logaddexp(0 * Z2, signs * Z2)[:, 0]
        if form == 0:
            dZ2 = (A2 - y) / np.asarray(n, dtype)
        elif form == 1:
            dZ2 = ((one - y) - 1 / (1 + np.exp(Z2))) * (one / np.asarray(n, dtype))
        else:
            dZ2 = (one / np.asarray(n, dtype)) * (signs * (sigmoid(signs * Z2)))
        dA1 = dZ2 * W2
        dZ1 = (dA1 * A1 * (1 - A1), dA1 * (A1 * (1 - A1)), dA1 * (A1 / (1 + np.exp(Z1))), dA1 * (A1 - A1 * A1))[form]
        ones = np.ones((n, 1), dtype)
        lines = (dot(dZ2.T, A1), dot(dZ2.T, ones)[0], dA1, dZ1, dot(dZ1.T, X), dot(dZ1.T, ones)[:, 0])
    return Lines(Z1, A1, Z2, A2, loss, dZ2, *lines)


@pytest.mark.parametrize("arithmetic", [FLOAT64, FLOAT32], ids=lambda a: a.name)
def test_dividing_at_the_end_is_its_own_enclosure(arithmetic):
    some = random_probe(n=3, d=7, h=4)
    first = enclose(some.parameters, some.X, some.y, arithmetic)
    last = enclose(some.parameters, some.X, some.y, arithmetic, mean_last=True)
    for line in ("dZ2", "dA1", "dZ1"):
        assert np.allclose(getattr(last, line).hi, 3 * getattr(first, line).hi, rtol=1e-12)
    for line in GRADIENTS:
        assert getattr(first, line).inside(getattr(last, line).hi).all()


def test_where_a_pixel_is_zero_the_gradient_is_exactly_zero():
    some = random_probe(n=1, d=30, h=3)
    for arithmetic in (EXACT, FLOAT32):
        dW1 = enclose(some.parameters, some.X, some.y, arithmetic).dW1
        assert (dW1.nonzero == np.broadcast_to(some.X != 0, dW1.shape)).all()


def test_a_batch_is_the_mean_of_its_samples():
    some = random_probe(n=6, d=8, h=3)
    whole = enclose(some.parameters, some.X, some.y, EXACT)
    parts = [enclose(some.parameters, some.X[i : i + 1], some.y[i : i + 1], EXACT) for i in range(6)]
    for line in GRADIENTS:
        mean = sum((getattr(part, line) for part in parts[1:]), getattr(parts[0], line)) / 6
        difference = mean - getattr(whole, line)
        assert (np.abs(difference.hi) <= difference.radius).all()
        assert (difference.radius < 1e-27).all()


def test_parameters_may_be_balls():
    some = random_probe()
    balls = Parameters(*(Balls.of(p, FLOAT64) for p in some.parameters))
    moved = balls._replace(W1=balls.W1 - 0.01 * balls.W1)
    sets = enclose(moved, some.X, some.y, FLOAT64)
    exact = some.parameters._replace(W1=some.parameters.W1 - 0.01 * some.parameters.W1)
    truth = enclose(exact, some.X, some.y, EXACT)
    for line in Lines._fields:
        assert getattr(sets, line).inside(getattr(truth, line).hi).all()


def test_the_numbers_around_are_left_as_they_were():
    some = random_probe()
    before, copies = ctx.prec, [np.array(p) for p in (*some.parameters, some.X, some.y)]
    enclose(some.parameters, some.X, some.y, FLOAT64)
    with pytest.raises(ProofError):
        enclose(some.parameters, some.X, some.y + 0.5, FLOAT64)
    assert ctx.prec == before
    assert all(np.array_equal(a, b) for a, b in zip(copies, (*some.parameters, some.X, some.y), strict=True))


def test_labels_and_shapes_that_do_not_fit_are_refused():
    some = random_probe()
    with pytest.raises(ProofError, match="exactly 0 or 1"):
        enclose(some.parameters, some.X, some.y + 0.5, EXACT)
    with pytest.raises(ProofError, match="exactly 0 or 1"):
        enclose(some.parameters, some.X, some.y[:, None], EXACT)
    with pytest.raises(ProofError, match="X has shape"):
        enclose(some.parameters, some.X[:, :-1], some.y, EXACT)
    with pytest.raises(ProofError, match="at least one sample"):
        enclose(some.parameters, some.X[:0], some.y[:0], EXACT)
    with pytest.raises(ProofError, match="b2 has shape"):
        enclose(some.parameters._replace(b2=np.zeros((1, 1))), some.X, some.y, EXACT)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2", "X"])
def test_a_number_that_is_not_finite_is_a_sentence(name, bad):
    some = random_probe()
    arrays = {**some.parameters._asdict(), "X": some.X}
    spoilt = np.array(arrays[name])
    spoilt.flat[0] = bad
    arrays[name] = spoilt
    X = arrays.pop("X")
    for arithmetic in (EXACT, FLOAT64):
        with pytest.raises(ProofError, match=f"{name} holds a number that is not finite"):
            enclose(Parameters(**arrays), X, some.y, arithmetic)


@pytest.mark.parametrize(("size", "arithmetic"), [(1e300, EXACT), (1e300, FLOAT64), (1e30, FLOAT64), (1e9, FLOAT32)])
def test_weights_without_bound_are_a_sentence(size, arithmetic):
    some = random_probe()
    some = some._replace(parameters=Parameters(*(p * size for p in some.parameters)))
    if arithmetic is EXACT:
        some = some._replace(X=some.X * 1e300)
    with pytest.raises(ProofError, match=r"so large that [ZA]1 "):
        enclose(some.parameters, some.X, some.y, arithmetic)
