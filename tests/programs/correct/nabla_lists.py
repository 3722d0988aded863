import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class Network(object):
    def __init__(self, sizes):
        rng = np.random.RandomState(8)
        self.num_layers = len(sizes)
        self.biases = [rng.randn(y, 1) for y in sizes[1:]]
        self.weights = [rng.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        loss = 0.5 * np.sum((activations[-1] - y) ** 2)
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return loss, nabla_b, nabla_w


def example():
    net = Network([3, 4, 4, 2])
    return dict(weights=net.weights, biases=net.biases, x=np.array([[0.2], [0.9], [-0.4]]), y=np.array([[0.0], [1.0]]))


def backprop(weights, biases, x, y):
    net = Network([3, 4, 4, 2])
    net.weights, net.biases = weights, biases
    loss, nabla_b, nabla_w = net.backprop(x, y)
    return loss, {"weights": nabla_w, "biases": nabla_b}
