"""The chain rule in plain numbers gives what the tape's own sweep gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backproof.diagnosis.calls.case import Case, ExactCall, Player, exact_call
from backproof.replay.chain import Chain
from backproof.replay.loading import Program
from backproof.replay.records import Elementwise, One, Product, Sum

PROGRAMS = Path(__file__).parent / "programs" / "correct"


def call_of(name: str) -> ExactCall:
    case = Case(Program(PROGRAMS / name))
    return exact_call(case, Player(case).call().arguments, parts=True)


@pytest.mark.parametrize("name", ["lstm.py", "conv_loops.py", "skipgram_negative.py", "transformer_block.py"])
def test_it_is_the_sweep_of_the_tape(name: str) -> None:
    tape = call_of(name).tape
    assert {type(record) for record in tape.records} <= {Elementwise, One, Product, Sum}
    last = np.array([np.max(record.made) for record in tape.records[-9:]])
    weights = np.linspace(0.5, 2.0, len(last))
    free = ~tape.fixed[: tape.size]
    expected = tape.swept(last, weights).hi[free]
    assert np.abs(expected).max() > 0.1
    assert np.allclose(Chain(tape).swept(last, weights)[free], expected, rtol=1e-9, atol=1e-12)


def test_what_is_cut_goes_no_further_back() -> None:
    tape = call_of("lstm.py").tape
    reading = next(
        record for record in reversed(tape.records) if isinstance(record, Sum) and record.terms.shape[1] == 1
    )
    ids, weights, chain = reading.made, np.ones(len(reading.made)), Chain(tape)
    assert np.allclose(chain.swept(ids, weights)[reading.terms[:, 0]], 1.0)
    cut = chain.swept(ids, weights, ids)
    assert np.allclose(cut[ids], 1.0)
    assert not cut[reading.terms].any()
