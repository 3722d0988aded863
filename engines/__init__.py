"""The engines by name. A framework is imported only when its engine is asked for.

Every engine computes on one thread, so that times compare and the same run gives the same bits: the numerical
libraries read these variables when they are first imported.
"""

import os

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NPROC")
for _variable in (*_THREADS, "NUM_CPU_THREADS"):  # the last is tinygrad's
    os.environ[_variable] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow says which graphics card it has not found
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()

from engines.initial_weights import initial_weights  # noqa: E402  (NumPy comes after the variables above)
from engines.interface import BinaryClassifier, EngineError, Lines, Parameters, PromiseBroken  # noqa: E402
from engines.loading import COMPARED, ENGINES, NotInstalled, load_engine, package  # noqa: E402

__all__ = [
    "COMPARED",
    "ENGINES",
    "BinaryClassifier",
    "EngineError",
    "Lines",
    "NotInstalled",
    "Parameters",
    "PromiseBroken",
    "initial_weights",
    "load_engine",
    "package",
]
