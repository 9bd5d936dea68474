"""How far predictions are from what was observed, as one Value to make small."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import SupportsFloat

from micrograd_sq.checks import as_list
from micrograd_sq.engine import Value


def ssr(observed: Iterable[SupportsFloat], predicted: Iterable[Value]) -> Value:
    """The sum of the squared residuals, (observed - predicted)^2 over all data points.

    Args:
        observed: a number for each data point.
        predicted: what the network says for each of them, in the same order.

    Returns:
        The sum, labelled "SSR".

    Raises:
        ValueError: there are no data points, or the two differ in length.
        TypeError: one of the two is no list of numbers.

    >>> ssr([0, 1], [Value(0.5), Value(0.5)])
    Value(data=0.5, grad=0.0, label='SSR')
    """
    observed, predicted = as_list(observed, "observed"), as_list(predicted, "predicted")
    if not observed or len(observed) != len(predicted):
        raise ValueError(
            f"ssr needs as many predictions as observations, and one at least: "
            f"it got {len(observed)} observed and {len(predicted)} predicted"
        )
    squares = list(map(_squared_residual, observed, predicted))
    # As sum() does, but in pairs, then pairs of pairs: so rounding errors hardly add up.
    while len(squares) > 1:
        pairs = list(map(operator.add, squares[::2], squares[1::2]))
        squares = pairs + squares[2 * len(pairs) :]
    squares[0].label = "SSR"
    return squares[0]


def _squared_residual(observed: SupportsFloat, predicted: Value) -> Value:
    if not isinstance(observed, Value):
        observed = Value(observed, "observed")
    if not isinstance(predicted, Value):
        predicted = Value(predicted, "predicted")
    residual = observed - predicted
    residual.label = "residual"
    return residual**2.0
