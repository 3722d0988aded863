import numpy as np

SAMPLE, LAYOUT = True, "columns"

def backprop(x, t, W1, b1, W2, b2):
    net1 = W1.dot(x) + b1
    act1 = 1. / (1. + np.exp(-net1))
    net2 = W2.dot(act1) + b2
    act2 = 1. / (1. + np.exp(-net2))
    delta2 = act2 - t
    delta1 = W2.T.dot(delta2) * act1 * (1. - act1)
    return delta1.dot(x.T), delta1, delta2.dot(act1.T), delta2
