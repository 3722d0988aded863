"""A recurrence of single numbers, in Python's own floats and ``math``."""

import math

OPERATIONS = 14  # of ``backprop``, a step


def example(steps):
    return {"w": 0.9, "b": 0.1}, 0.3, steps


def loss(parameters, x, steps):
    a = x
    for _ in range(steps):
        a = 1.0 / (1.0 + math.exp(-(parameters["w"] * a + parameters["b"])))
    return a


def backprop(parameters, x, steps):
    w, b = parameters["w"], parameters["b"]
    a, dw, db = x, 0.0, 0.0
    for _ in range(steps):
        z = w * a + b
        new = 1.0 / (1.0 + math.exp(-z))
        slope = new * (1.0 - new)
        dw = slope * (a + w * dw)
        db = slope * (1.0 + w * db)
        a = new
    return a, {"w": dw, "b": db}
