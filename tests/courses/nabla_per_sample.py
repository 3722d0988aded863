import random

import numpy as np


class Network(object):
    """A net of any number of layers; one sample is one column."""

    def __init__(self, sizes):
        self.sizes = sizes
        self.num_layers = len(sizes)
        self.weights, self.biases = [], []
        for before, after in zip(sizes, sizes[1:]):
            self.weights.append(np.random.randn(after, before) / np.sqrt(before))
            self.biases.append(np.random.randn(after, 1))

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def cost(self, x, y):
        return 0.5 * np.sum((self.feedforward(x) - y) ** 2)

    def SGD(self, training_data, epochs, mini_batch_size, eta):
        for epoch in range(epochs):
            random.shuffle(training_data)
            for start in range(0, len(training_data), mini_batch_size):
                self.update_mini_batch(training_data[start : start + mini_batch_size], eta)
            print("epoch", epoch, "cost", sum(self.cost(x, y) for x, y in training_data) / len(training_data))

    def update_mini_batch(self, mini_batch, eta):
        sum_b = [np.zeros(b.shape) for b in self.biases]
        sum_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            nabla_b, nabla_w = self.backprop(x, y)
            for k in range(self.num_layers - 1):
                sum_b[k] += nabla_b[k]
                sum_w[k] += nabla_w[k]
        rate = eta / len(mini_batch)
        self.weights = [w - rate * step for w, step in zip(self.weights, sum_w)]
        self.biases = [b - rate * step for b, step in zip(self.biases, sum_b)]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]

        activations, zs = [x], []
        for w, b in zip(self.weights, self.biases):
            zs.append(w @ activations[-1] + b)
            activations.append(sigmoid(zs[-1]))

        delta = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = delta @ activations[-2].T
        for l in range(2, self.num_layers):
            delta = (self.weights[-l + 1].T @ delta) * sigmoid_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = delta @ activations[-l - 1].T
        return nabla_b, nabla_w

    def cost_derivative(self, output, y):
        return output - y


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    s = sigmoid(z)
    return s * (1 - s)


if __name__ == "__main__":
    samples = [np.random.rand(3, 1) for k in range(200)]
    Network([3, 8, 1]).SGD([(x, (x.sum() > 1.5) * np.ones((1, 1))) for x in samples], 20, 10, 3.0)


# The lines for the check.


def example():
    return {"net": Network([3, 4, 5, 2]), "x": np.random.rand(3, 1), "y": np.array([[0.0], [1.0]])}


def backprop(net, x, y):
    nabla_b, nabla_w = net.backprop(x, y)
    return net.cost(x, y), {"biases": nabla_b, "weights": nabla_w}
