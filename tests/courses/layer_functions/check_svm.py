from layers import *


# The lines for the check.


def example():
    return {"y": np.array([0, 2, 1, 1, 0]), "x": np.random.randn(5, 3)}


def backprop(x, y):
    return svm_loss(x, y)
