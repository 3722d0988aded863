from math import exp
from random import uniform


def initialize_network(n_inputs, n_hidden, n_outputs):
    """Two layers; a layer is a list of neurons, a neuron a dict. The last of its weights is the bias."""
    hidden = [{"weights": [uniform(-1, 1) for _ in range(n_inputs + 1)]} for _ in range(n_hidden)]
    output = [{"weights": [uniform(-1, 1) for _ in range(n_hidden + 1)]} for _ in range(n_outputs)]
    return [hidden, output]


def activate(weights, inputs):
    total = weights[-1]
    for weight, value in zip(weights, inputs):
        total += weight * value
    return total


def transfer(activation):
    return 1 / (1 + exp(-activation))


def transfer_derivative(output):
    return output * (1 - output)


def forward_propagate(network, row):
    values = row[:-1]
    for layer in network:
        for neuron in layer:
            neuron["output"] = transfer(activate(neuron["weights"], values))
        values = [neuron["output"] for neuron in layer]
    return values


def backward_propagate_error(network, expected):
    for number in range(len(network) - 1, -1, -1):
        layer = network[number]
        for j, neuron in enumerate(layer):
            if number == len(network) - 1:
                error = neuron["output"] - expected[j]
            else:
                error = 0
                for above in network[number + 1]:
                    error += above["weights"][j] * above["delta"]
            neuron["delta"] = error * transfer_derivative(neuron["output"])


def update_weights(network, row, l_rate):
    for number, layer in enumerate(network):
        inputs = row[:-1]
        if number > 0:
            inputs = [neuron["output"] for neuron in network[number - 1]]
        for neuron in layer:
            for j in range(len(inputs)):
                neuron["weights"][j] -= l_rate * neuron["delta"] * inputs[j]
            neuron["weights"][-1] -= l_rate * neuron["delta"]


def squared_error(network, row):
    outputs = forward_propagate(network, row)
    return sum((output - (k == row[-1])) ** 2 for k, output in enumerate(outputs)) / 2


def train_network(network, rows, l_rate, n_epoch, n_outputs):
    for epoch in range(n_epoch):
        for row in rows:
            forward_propagate(network, row)
            backward_propagate_error(network, [float(k == row[-1]) for k in range(n_outputs)])
            update_weights(network, row, l_rate)
        print("epoch", epoch, "error", sum(squared_error(network, row) for row in rows))


if __name__ == "__main__":
    rows = [[x, y, int(x + y > 0)] for x in (-1.2, -0.4, 0.3, 1.1) for y in (-0.8, 0.2, 0.9)]
    train_network(initialize_network(2, 3, 2), rows, 0.5, 20, 2)


# The lines for the check.


def example():
    return {"row": [0.7, -1.2, 1], "network": initialize_network(2, 3, 2)}


def backprop(row, network):
    before = [[neuron["weights"][:] for neuron in layer] for layer in network]
    loss = squared_error(network, row)
    train_network(network, [row], l_rate=1, n_epoch=1, n_outputs=2)
    return loss, [
        [[v - w for v, w in zip(b, n["weights"])] for b, n in zip(*layers)] for layers in zip(before, network)
    ]
