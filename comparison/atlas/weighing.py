"""The loss that is replayed, in a file of its own: replay reads the whole file that a function stands in."""

import numpy as np


def weighted_sum(function):  # type: ignore[no-untyped-def]
    """A function of calls, each its arguments and weights: the sum of weights times what the function returns."""

    def loss(calls):  # type: ignore[no-untyped-def]
        return sum([np.sum(weights * function(*arguments)) for *arguments, weights in calls])

    return loss
