from .activations import Softsign
from .dense import Dense
from .losses import cross_entropy

__all__ = ["Softsign", "Dense", "cross_entropy"]
