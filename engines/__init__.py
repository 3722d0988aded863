"""The engines by name. A framework is imported only when its engine is asked for.

Every engine computes on one thread, so that times compare and the same run gives the same bits: the numerical
libraries read these variables when they are first imported.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NPROC"):
    os.environ[_variable] = "1"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()

from engines.initial_weights import initial_weights  # noqa: E402  (NumPy comes after the variables above)
from engines.interface import BinaryClassifier, EngineError, Lines, Parameters, PromiseBroken  # noqa: E402
from engines.loading import ENGINES, NotInstalled, load_engine  # noqa: E402

__all__ = [
    "ENGINES",
    "BinaryClassifier",
    "EngineError",
    "Lines",
    "NotInstalled",
    "Parameters",
    "PromiseBroken",
    "initial_weights",
    "load_engine",
]
