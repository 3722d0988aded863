"""What the errors of all rooms say to a user who can mend them."""

from __future__ import annotations


def for_the_user(error: Exception) -> str | None:
    """The sentence of an error; None for a mistake of ours."""
    from concurrent.futures import BrokenExecutor

    from backproof.arithmetic import ProofError
    from backproof.diagnosis.apart import LimitError
    from comparison.atlas.adapters import NotThere
    from comparison.atlas.run import NothingToAsk
    from data import DataError
    from engines import EngineError
    from proof.certificate import CertifyError
    from report.schema import ResultsError

    if isinstance(error, BrokenExecutor):
        return "a process of ours was killed: perhaps there is not enough memory"
    known = (LimitError, DataError, EngineError, ProofError, CertifyError, ResultsError, NotThere, NothingToAsk)
    return str(error) if isinstance(error, known) else None
