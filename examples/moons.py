"""Two moons: micrograd's demo. A network of 337 parameters learns to tell them apart."""

import math
import random

from micrograd_sq import MLP, Value, sgd

draw = random.Random(3)
data = []  # two half circles that reach into each other: y = 1 above, y = -1 below
for angle in (math.pi * place / 49 for place in range(50)):
    for x1, x2, y in (
        (math.cos(angle), math.sin(angle), 1),
        (1 - math.cos(angle), 0.5 - math.sin(angle), -1),
    ):
        data.append(((x1 + draw.gauss(0, 0.1), x2 + draw.gauss(0, 0.1)), y))
net = MLP(2, [16, 16, 1], activation="relu", seed=1)


def loss() -> Value:
    """The hinge loss of a minibatch, (1 - y x score) where that is above 0, plus L2."""
    batch = draw.sample(data, 20)
    hinge = sum(((1 - y * net(x)).relu() for x, y in batch), Value(0)) / len(batch)
    return hinge + 1e-4 * sum((weight**2 for weight in net.parameters()), Value(0))


def accuracy() -> float:
    return sum(1 for x, y in data if float(net(x)) * y > 0) / len(data)


for learning_rate in (0.2, 0.1, 0.05):
    steps = list(sgd(loss, net.parameters(), learning_rate, tolerance=1e-9, max_steps=50))
    print(f"learning rate {learning_rate}: loss {steps[-1].loss:.3f}, accuracy {accuracy():.0%}")

moons = {(round(8 * x1), round(8 * x2)): "o" if y > 0 else "x" for (x1, x2), y in data}
for row in range(10, -7, -1):  # the decision boundary runs between the dots and the blanks
    cells = (moons.get((column, row)) for column in range(-10, 20))
    shade = [". "[net((column / 8, row / 8)).data < 0] for column in range(-10, 20)]
    print(" ".join(moon or dot for moon, dot in zip(cells, shade, strict=True)).rstrip())
