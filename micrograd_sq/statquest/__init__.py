"""The lesson, StatQuest's "Neural Networks Pt. 2" (youtu.be/IN2XmBhILt4): its data, its network and their loss."""

from __future__ import annotations

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP

DOSAGES = (0.0, 0.5, 1.0)  # 0 is low, 1 is high
OBSERVED = (0.0, 1.0, 0.0)  # effectiveness
OPTIMISED = {"w1": 3.34, "w2": -3.53, "w3": -1.22, "w4": -2.30, "b1": -1.43, "b2": 0.57}
B3 = 2.61  # the b3 that the lesson's descent finds
THREE = {"w3": 0.36, "w4": 0.63, "b3": 0.0}
SEVEN = {"w1": 2.74, "w2": -1.13, "w3": 0.36, "w4": 0.63, "b1": 0.0, "b2": 0.0, "b3": 0.0}


def network(b3: float = 0.0, **others: float) -> MLP:
    """Return the lesson's network. All parameters but b3 are optimised. `others`, such as w3=0.36, replace values."""
    net = MLP(1, [2, 1], activation="softplus")
    net.load({**OPTIMISED, "b3": b3, **others})
    return net


def predict(net: MLP, dosage: float) -> Value:
    """Return the prediction for a dosage, a point of the green squiggle. Give the lesson's Values their labels."""
    predicted: Value = net(Value(dosage, "dosage"))
    predicted.label = "predicted"
    curves = predicted.left
    for curve, colour, node in ((curves.left, "blue", "top"), (curves.right, "orange", "bottom")):
        curve.label = f"{colour} curve"
        curve.left.label, curve.left.left.label = f"{node} y", f"{node} x"
    return predicted


def labelled(root: Value) -> dict[str, Value]:
    """Return a dict from each label in the graph of root to the last Value with this label."""
    return {value.label: value for value in topological_order(root) if value.label}


def loss(net: MLP, *dosages: float) -> Value:
    """Return the SSR for these dosages, or, without dosages, for all three. Raise a ValueError for other dosages.

    >>> round(loss(network()).data, 1)
    20.4
    """
    if unknown := set(dosages).difference(DOSAGES):
        raise ValueError(f"dosage {unknown.pop()} has no observation: use one of {DOSAGES}")
    observed = [OBSERVED[DOSAGES.index(dosage)] for dosage in dosages] or OBSERVED
    return ssr(observed, [predict(net, dosage) for dosage in dosages or DOSAGES])
