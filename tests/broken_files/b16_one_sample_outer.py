# One sample at a time: the hidden activation is replaced by the input of its layer.
import numpy as np
SAMPLE = True

def backprop(x, y, W1, b1, W2, b2):
    z_1 = W1.dot(x) + b1
    a_1 = 1 / (1 + np.exp(-z_1))
    z_2 = W2.dot(a_1) + b2
    a_2 = 1 / (1 + np.exp(-z_2))
    delta_2 = a_2 - y
    grad_W2 = np.outer(delta_2, z_1)  # here
    grad_b2 = delta_2
    delta_1 = W2[0] * delta_2 * a_1 * (1 - a_1)
    grad_W1 = np.outer(delta_1, x)
    return grad_W1, delta_1, grad_W2, grad_b2
