import copy
import math
import random


class Neuron:
    def __init__(self, n_inputs):
        self.weights = [random.uniform(-1, 1) for _ in range(n_inputs)]
        self.bias = random.uniform(-1, 1)

    def forward(self, inputs):
        self.inputs = inputs
        net = self.bias
        for weight, value in zip(self.weights, inputs):
            net += weight * value
        self.output = 1 / (1 + math.exp(-net))
        return self.output

    def slope(self):
        return self.output * (1 - self.output)

    def update(self, rate):
        for i, value in enumerate(self.inputs):
            self.weights[i] -= rate * self.delta * value
        self.bias -= rate * self.delta


class Layer:
    def __init__(self, n_inputs, n_neurons):
        self.neurons = [Neuron(n_inputs) for _ in range(n_neurons)]

    def forward(self, inputs):
        return [neuron.forward(inputs) for neuron in self.neurons]


class NeuralNetwork:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.hidden = Layer(n_inputs, n_hidden)
        self.output = Layer(n_hidden, n_outputs)

    def predict(self, inputs):
        return self.output.forward(self.hidden.forward(inputs))

    def total_error(self, inputs, targets):
        return sum(0.5 * (target - out) ** 2 for target, out in zip(targets, self.predict(inputs)))

    def train(self, inputs, targets, rate=0.5):
        self.predict(inputs)
        for neuron, target in zip(self.output.neurons, targets):
            neuron.delta = -(target - neuron.output) * neuron.slope()
        for i, neuron in enumerate(self.hidden.neurons):
            error = 0
            for above in self.output.neurons:
                error += above.delta * above.weights[i]
            neuron.delta = error * neuron.slope()
        for layer in (self.hidden, self.output):
            for neuron in layer.neurons:
                neuron.update(rate)


if __name__ == "__main__":
    network = NeuralNetwork(2, 3, 2)
    for step in range(2000):
        network.train([0.2, 0.7], [0.1, 0.9])
    print(network.total_error([0.2, 0.7], [0.1, 0.9]))


# The lines for the check.


def example():
    return {"inputs": [0.3, -0.8, 1.1], "targets": [0.2, 0.9], "net": NeuralNetwork(3, 4, 2)}


def backprop(inputs, targets, net):
    before, loss = copy.deepcopy(net), net.total_error(inputs, targets)
    net.train(inputs, targets, rate=1)
    pairs = [zip(old.neurons, new.neurons) for old, new in ((before.hidden, net.hidden), (before.output, net.output))]
    return loss, [
        [[v - w for v, w in zip(b.weights, n.weights)] + [b.bias - n.bias] for b, n in pair] for pair in pairs
    ]
