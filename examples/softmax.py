"""Softmax and cross entropy: a network learns to recognise three kinds of flowers."""

from micrograd_sq import MLP, Value, cross_entropy, sgd, softmax

KINDS = ["setosa", "versicolor", "virginica"]
# The widths of petals and sepals, from 0 (narrow) to 1 (wide), and the index of the kind.
FLOWERS = [
    ((0.04, 0.42), 0), ((0.10, 0.60), 0), ((0.06, 0.51), 0),
    ((0.50, 0.37), 1), ((0.58, 0.25), 1), ((0.46, 0.44), 1),
    ((1.00, 0.54), 2), ((0.85, 0.45), 2), ((0.92, 0.33), 2),
]  # fmt: skip

# The network returns logits, one number for each kind. Softmax turns logits into probabilities. Cross entropy is -ln of the
# probability of the right kind. Its derivative is the probability, minus 1 for the right kind.
logits = [Value(logit, kind) for logit, kind in zip((1.43, -0.4, 0.23), KINDS, strict=True)]
cross_entropy(logits, 0).backward()
for logit, probability in zip(logits, softmax(logits), strict=True):
    print(f"{logit.label:10} probability {probability.data:.2f}, derivative {logit.grad:5.2f}")

net = MLP(2, [4, 3], seed=1)


def loss() -> Value:
    terms = [cross_entropy(net.outputs(widths), kind) for widths, kind in FLOWERS]
    return sum(terms, Value(0.0)) / len(FLOWERS)


print(f"cross entropy {loss().data:.2f}", end=", ")
*_, last = sgd(loss, net.parameters(), learning_rate=0.5, max_steps=500)
print(f"after {last.index + 1} steps {last.loss:.2f}")
for widths, kind in FLOWERS[::3]:
    probabilities = zip(KINDS, softmax(net.outputs(widths)), strict=True)
    shown = ", ".join(f"{name} {probability.data:.2f}" for name, probability in probabilities)
    print(f"{KINDS[kind]:10} {shown}")
