"""PyTorch: eager autograd, and ``torch.compile``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from comparison.atlas.adapters import Numbers
from comparison.atlas.adapters.lifting import lifted
from comparison.atlas.language import Namespace

torch.set_num_threads(1)
warnings.filterwarnings("ignore", module="torch")


_two = partial(lifted, is_array=torch.is_tensor, filled=torch.full_like)


def _maximum(x: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
    return torch.amax(x, () if axis is None else axis, keepdims)


_SAME = (
    "abs arctan cos cosh einsum erf exp expm1 log log1p mean prod sign sin sinh sqrt square stack sum tan tanh where"
)
NAMESPACE: Namespace = {name: getattr(torch, name) for name in _SAME.split()} | {
    "arctan2": _two(torch.arctan2),
    "cumprod": lambda x: torch.cumprod(x, 0),
    "cumsum": lambda x: torch.cumsum(x, 0),
    "hypot": _two(torch.hypot),
    "logaddexp": _two(torch.logaddexp),
    "max": _maximum,
    "maximum": _two(torch.maximum),
    "minimum": _two(torch.minimum),
    "arcsinh": torch.arcsinh,
    "arccos": torch.arccos,
    "arccosh": torch.arccosh,
    "arcsin": torch.arcsin,
    "arctanh": torch.arctanh,
    "erfc": torch.erfc,
    "erfinv": torch.erfinv,
    "exp2": torch.exp2,
    "gammaln": torch.lgamma,
    "hard_swish": F.hardswish,
    "log10": torch.log10,
    "log2": torch.log2,
    "attention": F.scaled_dot_product_attention,
    "batch_norm": lambda x: F.batch_norm(x, None, None, training=True),
    "bce": lambda p, y: F.binary_cross_entropy(p, y, reduction="none"),
    "bce_logits": lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
    "celu": F.celu,
    "cosine_similarity": lambda x, y: F.cosine_similarity(x, y, dim=0),
    "cross_entropy": lambda z, y: F.cross_entropy(z, y, reduction="sum"),
    "det": torch.linalg.det,
    "elu": F.elu,
    "expit": torch.special.expit,
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "huber": lambda x: F.huber_loss(x, torch.zeros_like(x), reduction="none"),
    "layer_norm": lambda x: F.layer_norm(x, x.shape),
    "log_sigmoid": F.logsigmoid,
    "log_softmax": lambda x: F.log_softmax(x, -1),
    "logit": torch.logit,
    "logsumexp": lambda x: torch.logsumexp(x, -1),
    "mish": F.mish,
    "norm": torch.linalg.vector_norm,
    "relu": F.relu,
    "rms_norm": lambda x: F.rms_norm(x, x.shape, eps=1e-5),
    "rsqrt": torch.rsqrt,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "softmax": lambda x: F.softmax(x, -1),
    "softplus": F.softplus,
    "softsign": F.softsign,
    "std": lambda x: torch.std(x, correction=0),
    "tanhshrink": F.tanhshrink,
    "var": lambda x: torch.var(x, correction=0),
    "xlogy": torch.xlogy,
}


@cache
def _compiled(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    if _compiled.cache_info().currsize % 24 == 0:  # what is compiled fills the memory
        torch._dynamo.reset()
    return torch.compile(function, dynamic=False)  # each size compiled for itself


class Torch:
    """PyTorch."""

    name = "torch"
    version = str(torch.__version__)
    modes = ("eager", "compiled")
    dtypes = ("float64", "float32", "float16", "bfloat16")
    namespace = NAMESPACE

    def gradient(
        self, function: Callable, arguments: Sequence[np.ndarray], dtype: str, mode: str
    ) -> Callable[[], tuple[Tensor, tuple[Tensor, ...]]]:
        """As ``Adapter`` says."""
        leaves = [torch.tensor(a, dtype=getattr(torch, dtype), requires_grad=True) for a in arguments]
        called = _compiled(function) if mode == "compiled" else function

        def run() -> tuple[Tensor, tuple[Tensor, ...]]:
            value = called(*leaves)
            found = torch.autograd.grad(value.sum(), leaves, allow_unused=True)
            return value, tuple(torch.zeros_like(a) if g is None else g for a, g in zip(leaves, found, strict=True))

        return run

    def plain(self, found: tuple[Tensor, tuple[Tensor, ...]]) -> Numbers:
        """As ``Adapter`` says."""
        value, gradients = found
        return value.detach().double().numpy(), tuple(g.double().numpy() for g in gradients)
