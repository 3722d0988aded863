"""The hyperparameters of a training."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines import EngineError
from engines.interface import DTYPES


@dataclass(frozen=True)
class Settings:
    """The hyperparameters of a training.

    Raises:
        EngineError: a count below its smallest sensible value, or a learning rate that is negative or not finite.
    """

    epochs: int = 20
    hidden: int = 12
    learning_rate: float = 0.01
    batch_size: int = 1
    dtype: str = "float64"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("epochs", 0), ("hidden", 1), ("batch_size", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise EngineError(f"{name.replace('_', ' ')} is {getattr(self, name)}, but must be at least {least}")
        if self.dtype not in DTYPES:
            raise EngineError(f"the dtype is {self.dtype!r}, but only {' and '.join(DTYPES)} are known")
        # Rounded to float32 once, so that the same real number reaches every engine in either dtype.
        with np.errstate(over="ignore"):
            rounded = float(np.float32(self.learning_rate))
        if not (rounded >= 0 and math.isfinite(rounded)):
            raise EngineError(f"the learning rate is {self.learning_rate}, but it must be finite and not negative")
        object.__setattr__(self, "learning_rate", rounded)
