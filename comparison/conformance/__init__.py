"""Whether an engine keeps what ``engines.BinaryClassifier`` promises: one list of checks, for a command and pytest."""

from comparison.conformance.checks import CHECKS, Check
from comparison.conformance.kit import complaint

__all__ = ["CHECKS", "Check", "complaint"]
