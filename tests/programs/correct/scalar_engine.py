import math


class Value:
    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        out = Value(t, (self,))

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                order.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(order):
            v._backward()


def example():
    return {"x": [2.0, -1.0], "w": [0.5, 0.7], "v": [-0.3, 0.9], "b": 0.2}


def backprop(x, w, v, b):
    ws, vs, bias = [Value(a) for a in w], [Value(a) for a in v], Value(b)
    h = (ws[0] * x[0] + ws[1] * x[1] + bias).tanh()
    k = (vs[0] * x[0] + vs[1] * x[1] + bias).tanh()
    out = h * k + h
    loss = out * out
    loss.backward()
    return loss.data, {"w": [a.grad for a in ws], "v": [a.grad for a in vs], "b": bias.grad}
