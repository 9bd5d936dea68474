"""Adam next to plain gradient descent on two moons: how many steps does each need to classify every point?"""

import math
import random
from functools import partial

from micrograd_sq import MLP, Value, adam, binary_cross_entropy, over_data, sgd

draw = random.Random(3)
data = []  # two half circles: y = 1 above, y = 0 below
for angle in (math.pi * place / 49 for place in range(50)):
    upper, lower = ((math.cos(angle), math.sin(angle), 1), (1 - math.cos(angle), 0.5 - math.sin(angle), 0))
    for across, up, kind in (upper, lower):
        data.append((across + draw.gauss(0, 0.1), up + draw.gauss(0, 0.1), kind))

net = MLP(2, [8, 8, 1], activation="tanh", seed=1)
x1, x2, y = point = [Value(0, "x1"), Value(0, "x2"), Value(0, "y")]
arrays = dict(zip(point, zip(*data, strict=True), strict=True))
loss = over_data(binary_cross_entropy(net([x1, x2]), y), net.parameters(), arrays)
start = {parameter.label: parameter.data for parameter in net.parameters()}


def accuracy() -> float:
    return sum((float(net([a, b])) > 0) == (label == 1) for a, b, label in data) / len(data)


for name, optimiser, rate in (
    ("sgd, learning rate 0.1", sgd, 0.1),
    ("sgd, momentum 0.9", partial(sgd, momentum=0.9), 0.1),
    ("adam, learning rate 0.01", adam, 0.01),
):
    net.load(start)
    for step in optimiser(loss, net.parameters(), rate, tolerance=1e-9, max_steps=3000):
        if step.index % 10 == 0 and accuracy() == 1.0:
            break
    print(f"{name:25} accuracy {accuracy():.0%} at step {step.index:4}, loss {step.loss:.3f}")
