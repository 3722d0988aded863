"""A NumPy program on exact numbers, with a tape: its true derivatives."""
