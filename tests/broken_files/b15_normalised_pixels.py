# The pixels are divided by 255 a second time.
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    images = X / 255  # here
    Z1 = images @ W1.T + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2.T + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = (A2 - y[:, None]) / len(y)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1.T @ images
    return dict(dW1=dW1, db1=dZ1.sum(0), dW2=dZ2.T @ A1, db2=dZ2.sum(0))
