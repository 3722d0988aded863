import math
import random


class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self._backward = lambda: None

    def __add__(self, other):
        other = as_value(other)
        out = Value(self.data + other.data, (self, other))

        def pull():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = pull
        return out

    def __mul__(self, other):
        other = as_value(other)
        out = Value(self.data * other.data, (self, other))

        def pull():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = pull
        return out

    def __pow__(self, power):
        out = Value(self.data**power, (self,))

        def pull():
            self.grad += power * self.data ** (power - 1) * out.grad

        out._backward = pull
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def pull():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = pull
        return out

    def __sub__(self, other):
        return self + as_value(other) * -1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in order[::-1]:
            value._backward()


def as_value(number):
    return number if isinstance(number, Value) else Value(number)


class Neuron:
    def __init__(self, n_inputs):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(n_inputs)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((w * v for w, v in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class MLP:
    def __init__(self, *sizes):
        self.layers = [[Neuron(n) for _ in range(m)] for n, m in zip(sizes, sizes[1:])]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0] if len(x) == 1 else x

    def parameters(self):
        return [p for layer in self.layers for neuron in layer for p in neuron.parameters()]


def squared_loss(net, xs, ys):
    return sum((net(x) - y) ** 2 for x, y in zip(xs, ys))


if __name__ == "__main__":
    net = MLP(2, 4, 1)
    xs, ys = [[1.0, 2.0], [-1.0, 0.5], [0.3, -1.5]], [1.0, -1.0, 0.5]
    for step in range(50):
        loss = squared_loss(net, xs, ys)
        for p in net.parameters():
            p.grad = 0.0
        loss.backward()
        for p in net.parameters():
            p.data -= 0.05 * p.grad
    print(loss.data)


# The lines for the check.


def example():
    return {
        "xs": [[0.5, -1.0], [1.5, 0.3]],
        "ys": [1.0, -1.0],
        "numbers": [p.data + random.random() for p in MLP(2, 3, 1).parameters()],
    }


def backprop(xs, ys, numbers):
    net = MLP(2, 3, 1)
    for p, number in zip(net.parameters(), numbers):
        p.data = number
    loss = squared_loss(net, xs, ys)
    loss.backward()
    return loss.data, [p.grad for p in net.parameters()]
