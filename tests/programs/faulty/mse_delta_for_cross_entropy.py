import numpy as np


def sigmoid(x): return 1.0 / (1 + np.exp(-x))


def sigmoid_derivative(x): return x * (1.0 - x)


class NeuralNetwork:
    def __init__(self, x, y, weights1, weights2):
        self.input = x
        self.weights1 = weights1
        self.weights2 = weights2
        self.y = y
        self.output = np.zeros(y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def loss(self):
        return -np.mean(self.y * np.log(self.output) + (1 - self.y) * np.log(1 - self.output))

    def backprop(self):
        delta = 2 * (self.output - self.y) * sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, delta)
        d_weights1 = np.dot(self.input.T, np.dot(delta, self.weights2.T) * sigmoid_derivative(self.layer1))
        return {"weights1": d_weights1, "weights2": d_weights2}


def example():
    X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = np.array([[0], [1], [1], [0]])
    rng = np.random.RandomState(1)
    return {"x": X, "y": y, "weights1": rng.rand(3, 4) - 0.4, "weights2": rng.rand(4, 1) - 0.4}


def backprop(x, y, weights1, weights2):
    nn = NeuralNetwork(x, y, weights1, weights2)
    nn.feedforward()
    return nn.loss(), nn.backprop()
