"""Algorithm 1 of the original student report, one sample at a time, read in two places so that it runs.

The report prints ``A1 <- Sigmoid(Z1)``, which is (h, 1), but ``W2 x A1.T`` and ``A1[0, i]`` need (1, h): here it is
transposed. And it prints ``dZ1 <- (((A1)[0,i]) * (1 - (A1)[0,i]) x W2.T) x dZ2``, with an index i without a loop and
all of ``W2.T``: here it is a loop over the hidden units. All else is kept, slow and with its shapes: a sample is a
column ``X[:, j]``, and ``np.asmatrix`` makes ``*`` a matrix product. The tests compare its gradients with ours, the
lessons judge it line by line, and the benchmark asks how long its twenty epochs take.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def log_loss(a, y):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def backprop(x, y, W1, b1, W2, b2):
    """The lines of Algorithm 1 for one sample: x is (d,), y 0 or 1, b1 (h, 1), b2 (1, 1). Returns its local names."""
    # Forward propagation
    Z1 = W1 * np.asmatrix(x).T + b1  # (h, 1)
    A1 = sigmoid(Z1).T  # (1, h)
    Z2 = W2 * A1.T + b2  # (1, 1)
    A2 = sigmoid(Z2)
    # Compute loss
    loss = log_loss(A2, y)
    # Back propagation
    dZ2 = A2 - y
    dW2 = dZ2 * A1
    db2 = dZ2
    dA1 = dZ2 * W2
    dZ1 = np.asmatrix(np.zeros_like(b1))
    for i in range(len(b1)):
        dZ1[i] = A1[0, i] * (1 - A1[0, i]) * W2[0, i] * dZ2
    dW1 = dZ1 * np.asmatrix(x)
    db1 = dZ1
    return locals()


def train(X, y, W1, b1, W2, b2, epochs, learning_rate):
    """Algorithm 1: X is (d, n), a column a sample. Returns the weights and the average loss of every epoch."""
    W1, b1, W2, b2 = (np.asmatrix(weights) for weights in (W1, b1, W2, b2))
    epoch_losses = []
    for _ in range(epochs):
        average_loss = 0.0
        for j in range(X.shape[1]):
            steps = backprop(X[:, j], y[j], W1, b1, W2, b2)
            average_loss += float(steps["loss"][0, 0]) / X.shape[1]
            # Update weights
            W2 = W2 - learning_rate * steps["dW2"]
            b2 = b2 - learning_rate * steps["db2"]
            W1 = W1 - learning_rate * steps["dW1"]
            b1 = b1 - learning_rate * steps["db1"]
        epoch_losses.append(average_loss)
    return W1, b1, W2, b2, epoch_losses
