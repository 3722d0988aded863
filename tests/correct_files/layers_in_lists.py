import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    weights, biases = [W1, W2], [b1, b2]
    activation, activations, zs = X, [X], []
    for w, b in zip(weights, biases):
        z = np.dot(activation, w.T) + b
        zs.append(z)
        activation = 1.0 / (1.0 + np.exp(-z))
        activations.append(activation)
    nabla_w = [np.zeros(w.shape) for w in weights]
    nabla_b = [np.zeros(b.shape) for b in biases]
    delta = (activations[-1] - y[:, None]) / len(y)
    nabla_b[-1] = delta.sum(0)
    nabla_w[-1] = delta.T @ activations[-2]
    a = activations[-2]
    delta = np.dot(delta, weights[-1]) * a * (1 - a)
    nabla_b[-2] = delta.sum(0)
    nabla_w[-2] = delta.T @ activations[-3]
    return nabla_w[0], nabla_b[0], nabla_w[1], nabla_b[1]
