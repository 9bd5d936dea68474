"""Minibatches: each step looks at a few data points, drawn by chance, instead of all of them."""

import random

from micrograd_sq import MLP, Value, sgd, ssr

net = MLP(1, [2, 1], activation="softplus")
net.load({"w1": 3.34, "w2": -3.53, "w3": -1.22, "w4": -2.30, "b1": -1.43, "b2": 0.57, "b3": 2.61})
draw = random.Random(1)
dosages = [draw.random() for _ in range(300)]  # where the lesson has three
data = [(dosage, net(dosage).data + draw.gauss(0, 0.1)) for dosage in dosages]
net.load({"w3": 0.36, "w4": 0.63, "b3": 0})
unknown = [net["w3"], net["w4"], net["b3"]]


def mean_square(points: list[tuple[float, float]]) -> Value:
    """The SSR by data point, so that a batch can be compared with all data."""
    return ssr([effect for _, effect in points], [net(dosage) for dosage, _ in points]) / len(points)


print(f"{len(data)} data points. The noise in them, 0.1 x 0.1 = 0.01, is all that a fit can leave.")
print(f"At the start all data says {mean_square(data).data:.4f}.")
# A batch's slope is the slope of all data plus chance. The smaller the step, the less chance counts.
for learning_rate in (0.3, 0.1, 0.03):
    batches = sgd(
        lambda: mean_square(draw.sample(data, 10)),
        unknown,
        learning_rate,
        tolerance=1e-9,  # chance seldom lets every step size be this close to zero
        max_steps=500,
    )
    losses = [step.loss for step in batches]
    last = ", ".join(f"{loss:.3f}" for loss in losses[-4:])
    print(f"Learning rate {learning_rate:4}: the last batches say {last}", end="; ")
    print(f"all data says {mean_square(data).data:.4f}")
print("  ".join(f"{parameter.label} = {parameter.data:.2f}" for parameter in unknown))
