"""Losses and softmax. A loss is one Value to minimise: how far predictions are from observations."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any, SupportsFloat

from micrograd_sq.engine import Value
from micrograd_sq.number import as_list, positive_int, short_repr


def ssr(observed: Iterable[Any], predicted: Iterable[Any]) -> Value:
    """Return a Value labelled "SSR": the sum of the squared residuals, (observed - predicted)^2, over all data points.

    Both lists have a number for each data point, or a row of numbers for a network with several outputs. Raise a
    ValueError if a list is empty or the lengths differ, and a TypeError for anything but such lists.

    >>> ssr([0, 1], [Value(0.5), Value(0.5)])
    Value(data=0.5, grad=0.0, label='SSR', operation='+')
    """
    squares = []
    for one, other in _pairs(observed, predicted):
        residual = _value(one, "observed") - _value(other, "predicted")
        residual.label = "residual"
        squares.append(residual**2.0)
    # Add pairs, then pairs of pairs: the rounding errors are smaller than in one long sum.
    while len(squares) > 1:
        pairs = list(map(operator.add, squares[::2], squares[1::2]))
        squares = pairs + squares[2 * len(pairs) :]
    squares[0].label = "SSR"
    return squares[0]


def _pairs(observed: Iterable[Any], predicted: Iterable[Any], row: str = "") -> list[tuple[Any, Any]]:
    """Return flat (observed, predicted) pairs of numbers. Raise a ValueError for an empty list or different lengths."""
    observed, predicted = as_list(observed, f"{row}observed"), as_list(predicted, f"{row}predicted")
    if not observed or len(observed) != len(predicted):
        given = f"ssr got {len(observed)} observed and {len(predicted)} predicted{row and ' in a row'}"
        raise ValueError(f"{given}: give at least one observation, and one prediction for each observation")
    pairs = list(zip(observed, predicted, strict=True))
    if isinstance(predicted[0], list | tuple) or isinstance(observed[0], list | tuple):
        return [pair for rows in pairs for pair in _pairs(*rows, "each row of ")]
    return pairs


def cross_entropy(logits: Iterable[SupportsFloat], target: int) -> Value:
    """Return -ln of the probability that softmax gives to the correct class, without overflow for large logits.

    The result is ln(sum of e^(logit - correct logit)). Classes are added by ln(e^a + e^b) = a + softplus(b - a).

    Args:
        logits: a number for each class, for example `net.outputs(x)`.
        target: the index of the correct class, from 0. Raise a ValueError for any other target, or for no logits.

    >>> round(cross_entropy([1000, -3, 998], 2).data, 4)
    2.1269
    """
    values = _values(logits)
    index = positive_int(target, "target", 0)
    if index >= len(values):
        raise ValueError(f"target is {short_repr(target)}, but it must be below {len(values)}, the number of logits")
    right = values.pop(index)
    total = Value(0.0)  # the right class: ln(e^0)
    for value in values:
        total = total + (value - right - total).softplus()
    total.label = "cross entropy"
    return total


def binary_cross_entropy(logit: SupportsFloat, observed: SupportsFloat) -> Value:
    """Return -ln of the probability of `observed`, which is 0 or 1. The probability of 1 is sigmoid(logit).

    The formula is observed x softplus(-logit) + (1 - observed) x softplus(logit), without overflow for a large logit.
    `observed` may also be a number between 0 and 1. Raise a ValueError for any other number.

    >>> round(binary_cross_entropy(-800, 1).data, 4)
    800.0
    """
    value, seen = _value(logit, "logit"), _value(observed, "observed")
    if not 0.0 <= seen.data <= 1.0:
        raise ValueError(f"observed is {seen.data}, but it must be from 0 to 1: use 0 and 1 for two classes")
    return seen * (-value).softplus() + (1.0 - seen) * value.softplus()


def softmax(logits: Iterable[SupportsFloat]) -> list[Value]:
    """Return a list with the probability of each class: e^logit / (sum of e^logit). Raise a ValueError for no logits.

    >>> [round(probability.data, 4) for probability in softmax([1000, -3, 998])]
    [0.8808, 0.0, 0.1192]
    """
    values = _values(logits)
    total = reduce(lambda total, value: total + (value - total).softplus(), values)
    return [(value - total).exp() for value in values]


def _values(logits: Iterable[SupportsFloat]) -> list[Value]:
    values = [_value(logit, "") for logit in as_list(logits, "logits")]
    if not values:
        raise ValueError(f"logits is {short_repr(logits)}, but it must have a number for each class, such as [2, -1]")
    return values


def _value(number: SupportsFloat, label: str) -> Value:
    """Return a Value unchanged, and a plain number as a leaf with a label."""
    return number if isinstance(number, Value) else Value(number, label)
