"""Train all seven parameters: random weights become a squiggle through every data point."""

from micrograd_sq import MLP, Value, sgd, ssr

dosages = [0, 0.5, 1]
observed = [0, 1, 0]

net = MLP(1, [2, 1], activation="softplus")
# The next lesson's initial values: the weights are random, the biases of a new MLP are 0.
net.load({"w1": 2.74, "w2": -1.13, "w3": 0.36, "w4": 0.63})


def loss() -> Value:
    return ssr(observed, [net(dosage) for dosage in dosages])


print("step       SSR    w1    w2    w3    w4    b1    b2    b3")
for step in sgd(loss, net.parameters(), learning_rate=0.1, tolerance=1e-6):
    if step.index in (0, 1, 2, 3, 4) or step.index % 150 == 0:
        values = " ".join(f"{value:5.2f}" for value in step.values.values())
        print(f"{step.index:4} {step.loss:9.2g} {values}")

print(f"After {step.index + 1} steps the SSR is {loss().data:.0e}.")
print("Many values fit the data perfectly. These values differ from the lesson's values:")
for parameter in net.parameters():
    print(f"  {parameter.label} = {parameter.data:5.2f}")
for dosage, effect in zip(dosages, observed, strict=True):
    print(f"  dosage {dosage:<3}  observed {effect}  predicted {net(dosage).data:.4f}")
