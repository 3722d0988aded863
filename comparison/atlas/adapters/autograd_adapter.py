"""HIPS autograd: NumPy, traced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import make_vjp
from autograd.scipy import special

from comparison.atlas.adapters import Numbers
from comparison.atlas.language import NUMPY, Namespace

NAMESPACE: Namespace = {name: getattr(anp, name) for name in NUMPY if name not in ("cumprod", "erf")} | {
    "arcsinh": anp.arcsinh,
    "arccos": anp.arccos,
    "arccosh": anp.arccosh,
    "arcsin": anp.arcsin,
    "arctanh": anp.arctanh,
    "erfc": special.erfc,
    "erfinv": special.erfinv,
    "exp2": anp.exp2,
    "gammaln": special.gammaln,
    "log10": anp.log10,
    "log2": anp.log2,
    "det": anp.linalg.det,
    "erf": special.erf,
    "expit": special.expit,
    "logit": special.logit,
    "logsumexp": special.logsumexp,
    "norm": anp.linalg.norm,
    "std": anp.std,
    "var": anp.var,
}


class Autograd:
    """HIPS autograd."""

    name = "autograd"
    version = metadata.version("autograd")
    modes = ("eager",)
    dtypes = ("float64", "float32")
    namespace = NAMESPACE

    def gradient(
        self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, mode: str
    ) -> Callable[[], object]:
        """As ``Adapter`` says."""
        leaves = tuple(np.asarray(a, dtype) for a in arguments)

        def run() -> Any:
            with np.errstate(all="ignore"):
                pull, value = make_vjp(lambda given: function(*given))(leaves)
                return value, pull(np.ones_like(value))

        return run

    def plain(self, found: Any) -> Numbers:
        """As ``Adapter`` says."""
        value, gradients = found
        return np.asarray(value, np.float64), tuple(np.asarray(g, np.float64) for g in gradients)
