"""Reverse mode on a flat tape of single numbers."""
import math


class Tape(list):
    def push(self, *parents):
        self.append(parents)
        return len(self) - 1


class Var:
    __slots__ = ("tape", "index", "value")

    def __init__(self, tape, value, *parents):
        self.tape, self.value = tape, value
        self.index = tape.push(*parents)

    def _lift(self, other):
        return other if isinstance(other, Var) else Var(self.tape, other)

    def __add__(self, other):
        other = self._lift(other)
        return Var(self.tape, self.value + other.value, (self.index, 1.0), (other.index, 1.0))

    __radd__ = __add__

    def __mul__(self, other):
        other = self._lift(other)
        return Var(self.tape, self.value * other.value, (self.index, other.value), (other.index, self.value))

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self._lift(other)

    def __truediv__(self, other):
        other = self._lift(other)
        q = self.value / other.value
        return Var(self.tape, q, (self.index, 1 / other.value), (other.index, -q / other.value))

    def exp(self):
        e = math.exp(self.value)
        return Var(self.tape, e, (self.index, e))

    def log(self):
        return Var(self.tape, math.log(self.value), (self.index, 1 / self.value))

    def relu(self):
        return Var(self.tape, max(0.0, self.value), (self.index, 1.0 if self.value > 0 else 0.0))


def gradients_of(output):
    slopes = [0.0] * len(output.tape)
    slopes[output.index] = 1.0
    for i in range(output.index, -1, -1):
        for parent, weight in output.tape[i]:
            slopes[parent] += weight * slopes[i]
    return slopes


def example():
    return dict(
        points=[([1.0, -0.5], 0), ([0.3, 0.8], 2), ([-1.1, 0.4], 1)],
        hidden=[[0.2, -0.7, 0.1], [0.9, 0.4, -0.2], [-0.6, 0.5, 0.3]],
        output=[[0.5, -0.3, 0.8, 0.0], [-0.4, 0.6, 0.2, 0.1], [0.7, 0.1, -0.5, -0.1]],
    )


def backprop(points, hidden, output):
    tape = Tape()
    H = [[Var(tape, w) for w in row] for row in hidden]
    O = [[Var(tape, w) for w in row] for row in output]
    loss = Var(tape, 0.0)
    for x, label in points:
        h = [(row[0] * x[0] + row[1] * x[1] + row[2]).relu() for row in H]
        s = [sum((w * v for w, v in zip(row, h)), row[-1]) for row in O]
        e = [k.exp() for k in s]
        loss = loss - (e[label] / sum(e)).log()
    loss = loss / len(points)
    slopes = gradients_of(loss)
    read = lambda rows: [[slopes[w.index] for w in row] for row in rows]
    return loss.value, {"hidden": read(H), "output": read(O)}
