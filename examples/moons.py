"""Two moons: micrograd's demo. A network of 337 parameters learns to tell them apart."""

import math
import random
import timeit
from typing import Any

from micrograd_sq import MLP, Value, over_data, sgd

SCHEDULE = ((0.5, 100), (0.2, 50), (0.1, 50))  # learning rates, and how many steps with each
draw = random.Random(3)
data = []  # two half circles that reach into each other: y = 1 above, y = -1 below
for angle in (math.pi * place / 49 for place in range(50)):
    for x1, x2, y in ((math.cos(angle), math.sin(angle), 1), (1 - math.cos(angle), 0.5 - math.sin(angle), -1)):
        data.append((x1 + draw.gauss(0, 0.1), x2 + draw.gauss(0, 0.1), y))
net = MLP(2, [16, 16, 1], activation="relu", seed=1)


def hinge(x1: Any, x2: Any, y: Any) -> Value:
    """Return the per-example loss, (1 - y x score) where that is above 0."""
    return Value.relu(1 - y * net([x1, x2]))


def l2() -> Value:
    """What keeps the parameters small."""
    return 1e-4 * sum((parameter**2 for parameter in net.parameters()), Value(0))


def by_graph() -> None:
    mean = sum((hinge(*each) for each in data), Value(0)) / len(data) + l2()
    mean.backward()


# The loss of one point, with the point left open, is written down once and then runs on the columns of the data.
point = [Value(0, "x1"), Value(0, "x2"), Value(1, "y")]
columns = dict(zip(point, zip(*data, strict=True), strict=True))
loss = over_data(hinge(*point) + l2(), net.parameters(), columns)
start = [parameter.data for parameter in net.parameters()]

graph = min(timeit.repeat(by_graph, number=1, repeat=7))
line = min(timeit.repeat(lambda: loss(*start), number=10, repeat=7)) / 10
print(f"{len(data)} points by a graph: {graph * 1000:.0f} ms, over columns: {line * 1000:.1f} ms,", end=" ")
print(f"{graph / line:.0f} times as fast")


def accuracy() -> float:
    return sum(1 for x1, x2, y in data if float(net([x1, x2])) * y > 0) / len(data)


batches = loss.batches(20, seed=1)
for learning_rate, steps in SCHEDULE:
    *_, last = sgd(batches, net.parameters(), learning_rate, tolerance=1e-9, max_steps=steps)
    print(f"learning rate {learning_rate}: loss {last.loss:.3f}, accuracy {accuracy():.0%}")

moons = {(round(8 * x1), round(8 * x2)): "o" if y > 0 else "x" for x1, x2, y in data}
for row in range(10, -7, -1):  # the decision boundary runs between the dots and the blanks
    cells = (moons.get((column, row)) for column in range(-10, 20))
    shade = [". "[net((column / 8, row / 8)) < 0] for column in range(-10, 20)]
    print(" ".join(moon or dot for moon, dot in zip(cells, shade, strict=True)).rstrip())
