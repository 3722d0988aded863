"""What a line may be, from the lines that are shown, and from those that are not."""

from __future__ import annotations

import numpy as np

from backproof.arithmetic import FLOAT64
from engines import load_engine
from engines.interface import Lines, Parameters
from proof.enclosure import Problem, enclosure
from proof.local import LocalSets

RNG = np.random.default_rng(4)
PARAMETERS = Parameters(*(RNG.normal(size=shape) for shape in ((4, 9), (4,), (1, 4), (1,))))
X, Y = RNG.random((3, 9)), np.array([1.0, 0.0, 1.0])
STEPS = load_engine("numpy")(PARAMETERS).lines(X, Y)


def local_sets(*hidden: str, **changed: np.ndarray) -> LocalSets:
    problem = Problem(PARAMETERS, X, Y, FLOAT64)
    shown = {line: a for line, a in (STEPS._asdict() | changed).items() if line not in hidden}
    return LocalSets(problem, shown, lambda sound: enclosure(problem, sound_only=sound))


def test_every_line_is_in_a_sound_set_of_what_is_shown():
    sets = local_sets()
    for line in Lines._fields:
        assert any(c.balls.inside(getattr(STEPS, line)).all() for c in sets.candidates(line, True)), line
        assert all(c.sound for c in sets.candidates(line, True))
        assert not any(c.sound for c in sets.candidates(line, False))


def test_a_line_is_taken_at_its_word_by_the_next():
    doubled = local_sets(dZ1=2 * STEPS.dZ1)
    first = next(doubled.candidates("dW1", True)).balls
    assert first.inside(2 * STEPS.dW1).all()
    assert not first.inside(STEPS.dW1).any()


def test_a_line_computed_twice_counts_by_what_its_own_operands_make_of_it():
    # A compiled program may show one A1 and use another that differs in its last bit.
    nudged = np.nextafter(STEPS.A1, 2)
    sets = local_sets(A1=nudged)
    assert not next(sets.candidates("dW2", True)).balls.inside(STEPS.dZ2.T @ STEPS.A1 * (1 + 1e-14)).any()
    assert any(c.balls.inside(STEPS.dW2).all() for c in sets.candidates("dW2", True))


def test_the_logits_are_taken_at_their_word_alone():
    sets = local_sets(Z1=STEPS.Z1 + 1e-9)
    assert not any(c.balls.inside(STEPS.A1).any() for sound in (True, False) for c in sets.candidates("A1", sound))


def test_what_rests_on_nothing_shown_has_its_global_sets_alone():
    sets = local_sets(*(line for line in Lines._fields if line != "dW1"))
    assert len(list(sets.candidates("dW1", True))) == 1
    assert len(list(sets.candidates("dW1", False))) == 1


def test_a_hidden_line_is_narrower_from_what_is_shown_than_globally():
    sets = local_sets("dZ2", "dA1", "dZ1")
    candidates = [c.balls.radius.max() for c in sets.candidates("dW1", True)]
    overall = sets.overall(True).dW1.radius.max()
    assert candidates[0] < overall / 1.5
    assert max(candidates) < 2 * overall


def test_the_number_of_sets_stays_small_whatever_is_hidden():
    for hidden in (("Z1",), ("Z1", "A1"), ("A1", "A2", "dZ2", "dA1", "dZ1"), Lines._fields[:10], Lines._fields[1:10]):
        sets = local_sets(*hidden)
        for line in ("dW1", "db1"):
            assert sum(1 for sound in (True, False) for _ in sets.candidates(line, sound)) <= 40, hidden
