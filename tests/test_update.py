"""A learner's training on trial: every catalogued update is named, and a right one is not accused."""

import numpy as np
import pytest

from backproof.arithmetic import FLOAT64
from check.catalogue.update import UPDATE
from check.learner_run import Block, LearnerRun
from check.own_step import OwnStep
from check.small_probes import small_probes
from check.update import Trained, describe, name_the_mistake, training_request
from engines.interface import Parameters

TRAINING = training_request(small_probes(0)[0])
STEPS = 6


def trained(step_of) -> Trained:
    """A training whose steps end where this function of an OwnStep ends."""
    points = [TRAINING.parameters]
    for _ in range(STEPS):
        own = OwnStep(TRAINING, points, FLOAT64)
        points.append(Parameters(*(balls.hi for balls in step_of(own))))
    return Trained(TRAINING, LearnerRun("x", blocks=[Block(p, np.empty(0)) for p in points[1:]]), "float64")


def right(own: OwnStep):
    return tuple(p - dp * own.rate for p, dp in zip(own.start, own.gradient(), strict=True))


def test_a_right_training_is_right() -> None:
    assert trained(right).wrong == []


@pytest.mark.parametrize("mistake", [m for m in UPDATE if m.step], ids=lambda mistake: mistake.id)
def test_every_wrong_update_gets_its_name(mistake) -> None:
    found = trained(mistake.step)
    assert found.wrong
    assert [each.id for each in name_the_mistake(found)] == [mistake.id]
    assert f"of {STEPS} steps" in describe(found)


def test_skipped_steps_and_what_is_kept_are_seen_by_their_course() -> None:
    still = trained(lambda own: own.start if len(own.starts) % 2 else right(own))
    assert [each.id for each in name_the_mistake(still)] == ["update-skipped"]

    def with_momentum(own: OwnStep):
        before = own.starts[-2] if len(own.starts) > 1 else own.starts[-1]
        return tuple(p + (q - r) * 0.5 for p, q, r in zip(right(own), own.start, before, strict=True))

    found = trained(with_momentum)
    assert found.wrong[0] == 1
    assert [each.id for each in name_the_mistake(found)] == ["update-kept"]
