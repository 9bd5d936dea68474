"""Softmax and cross entropy: a network learns to tell three kinds of flowers apart."""

from micrograd_sq import MLP, Value, sgd, value_and_grad

KINDS = ["setosa", "versicolor", "virginica"]
# How wide petals and sepals are, from 0, narrow, to 1, wide; and the kind.
FLOWERS = [
    ((0.04, 0.42), 0), ((0.10, 0.60), 0), ((0.06, 0.51), 0),
    ((0.50, 0.37), 1), ((0.58, 0.25), 1), ((0.46, 0.44), 1),
    ((1.00, 0.54), 2), ((0.85, 0.45), 2), ((0.92, 0.33), 2),
]  # fmt: skip


def softmax(scores: list[Value]) -> list[Value]:
    """Probabilities from scores: e^score by the sum of them all.

    The largest score is taken off first, so that no e^score is too large for a float; it changes nothing
    else. It is a plain number: `max` looks at the data as they are when the graph is made.
    """
    largest = max(score.data for score in scores)
    powers = [(score - largest).exp() for score in scores]
    total = sum(powers, Value(0.0))
    return [power / total for power in powers]


def cross_entropy(probability: Value) -> Value:
    """-ln of the probability of what was observed: 0 where it is 1, and large where it is close to 0."""
    return -probability.log()


net = MLP(2, [4, 3], seed=1)


def loss() -> Value:
    terms = [cross_entropy(softmax(net.outputs(widths))[kind]) for widths, kind in FLOWERS]
    return sum(terms, Value(0.0)) / len(FLOWERS)


# The derivative of cross entropy in a score is softmax's probability, less 1 for what was observed.
scores = [Value(score, kind) for score, kind in zip((1.43, -0.4, 0.23), KINDS, strict=True)]
probabilities = softmax(scores)
cross_entropy(probabilities[0]).backward()
for score, probability in zip(scores, probabilities, strict=True):
    print(f"{score.label:10} probability {probability.data:.2f}, derivative {score.grad:5.2f}")

print(f"cross entropy {loss().data:.2f}", end=", ")
for step in sgd(loss, net.parameters(), learning_rate=0.5, max_steps=500):
    last = step
print(f"after {last.index + 1} steps {last.loss:.2f}")
for widths, kind in FLOWERS[::3]:
    probabilities = softmax(net.outputs(widths))
    told = ", ".join(f"{k} {p.data:.2f}" for k, p in zip(KINDS, probabilities, strict=True))
    print(f"{KINDS[kind]:10} {told}")

# The same as straight-line code. The largest scores stay as they were recorded: any others are as right.
f = value_and_grad(loss(), net.parameters())
value, _ = f(*(parameter.data + 0.1 for parameter in net.parameters()))
for parameter in net.parameters():
    parameter.data += 0.1
print(f"elsewhere: straight line {value:.6f}, graph {loss().data:.6f}")
