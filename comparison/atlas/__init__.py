"""The atlas: on which formulas, at which arguments and in which type an engine's gradient loses its digits.

Each formula is written once in array language (``families``), handed to every engine (``adapters``), and what comes
back is held against the truth (``truth``).
"""
