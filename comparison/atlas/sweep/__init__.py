"""Sweeps: the derivative of one elementary function at very many arguments, in units in the last place."""
