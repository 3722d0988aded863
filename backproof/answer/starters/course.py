"""Functions with caches and a dict of parameters, samples as columns: the shape that many courses ask for."""

_COURSE = '''"""{title}

Try it with:  backproof check {name}
"""

import numpy as np


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def forward_propagation(X, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = sigmoid(Z2)
    return A2, {{"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}}


def compute_cost(A2, Y):
    m = Y.shape[1]
    return -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)).sum() / m


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
{backward}
    return {{"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}}


# What the check needs: one small call, and what it returns.


def example():
    rng = np.random.default_rng(0)
    parameters = {{
        "W1": rng.normal(size=(4, 3)),
        "b1": 0.1 * rng.normal(size=(4, 1)),
        "W2": rng.normal(size=(1, 4)),
        "b2": 0.1 * rng.normal(size=(1, 1)),
    }}
    return {{"parameters": parameters, "X": rng.normal(size=(3, 7)), "Y": np.array([[1, 0, 0, 1, 1, 0, 1]])}}


def backprop(parameters, X, Y):
    A2, cache = forward_propagation(X, parameters)
    return compute_cost(A2, Y), backward_propagation(parameters, cache, X, Y)
'''

TO_FILL = _COURSE.format(
    title="Your own backward pass: replace each zero by the derivative.",
    name="my_course.py",
    backward="""    dW2 = np.zeros_like(parameters["W2"])
    db2 = np.zeros_like(parameters["b2"])
    dW1 = np.zeros_like(parameters["W1"])
    db1 = np.zeros_like(parameters["b1"])""",
)

BROKEN = _COURSE.format(
    title="A backward pass with one mistake.",
    name="broken_course.py",
    backward="""    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["A1"].T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dZ1 = parameters["W2"].T @ dZ2 * (1 - cache["A1"] ** 2)
    dW1 = dZ1 @ X.T
    db1 = dZ1.sum(axis=1, keepdims=True) / m""",
)
