"""The loss of one data point, differentiated for a whole data set at once."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np

from micrograd_sq.checks import as_list, checked_seed, real_number, short_repr
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.straightline import value_and_grad
from micrograd_sq.straightline.backends import array_of, checked


def over_data(
    loss: Value,
    parameters: Sequence[Value],
    data: Mapping[Value, Iterable[float]],
    reduction: Literal["mean", "sum"] = "mean",
) -> OverData:
    """A loss and its gradients over a data set: what `value_and_grad` makes, for all its points in one call.

    Args:
        loss: the loss of one data point, with the graph that it was made by.
        parameters: the Values to differentiate by.
        data: for each Value that differs from point to point its column, a number for each point. A leaf without
            one, if it is no parameter, keeps the number that it has.
        reduction: the "mean" over the points, or their "sum".

    Returns:
        f(*parameters) -> (value, (gradient, ...)), all floats: `sgd` takes it as it is. `f.batches(20)` looks at 20
        points, drawn anew for each call. The text of the function of one point is `f.source`.

    Raises:
        ValueError: columns of different lengths, or without a number; another reduction; a column for what the
            loss was not made from; what `value_and_grad` refuses.
        TypeError: a column that is not numbers in a row.

    >>> w, x, observed = Value(2.0, "w"), Value(0.0, "x"), Value(0.0, "observed")
    >>> f = over_data((observed - w * x) ** 2, [w], {x: [1, 2, 3], observed: [3, 6, 9]})
    >>> value, (slope,) = f(2.0)
    >>> round(value, 3), round(slope, 3)
    (4.667, -9.333)
    """
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction {short_repr(reduction)} is not "mean" or "sum"')
    if not isinstance(data, Mapping):
        raise TypeError(
            f"data must be a dict by Values, {{x: [0, 0.5, 1]}}, not {short_repr(data)}"
        )
    for value in (loss, *data):
        if not isinstance(value, Value):
            raise TypeError(
                f"the loss and the keys of data are Values, {{x: [0, 0.5, 1]}} with x itself, not {short_repr(value)}"
            )
    columns = [_column(value, column) for value, column in data.items()]
    lengths = sorted({len(column) for column in columns})
    if len(lengths) != 1 or not lengths[0]:
        raise ValueError(
            f"the columns of data must be of one length, from 1, not of {lengths or 'none'}"
        )
    f: Any = value_and_grad(loss, parameters, list(data), backend="numpy")
    unread = set(data).difference(topological_order(loss))
    if unread:
        raise ValueError(
            f"there is a column for {unread.pop()!r}, but the loss was not made from it; give that Value to what "
            "makes the loss"
        )
    return OverData(f, np.array(columns), reduction)


class OverData:
    """A loss that is differentiated over a data set: f(*parameters) -> (value, (gradient, ...)).

    Args:
        of_one: the function of one point, or of arrays.
        columns: a row for each of its inputs, with a number for each point.
        reduction: "mean" or "sum".
        size: how many points to look at, drawn anew for each call; without it, all.
        seed: makes the draws repeatable.
    """

    def __init__(
        self,
        of_one: Any,
        columns: Any,
        reduction: str,
        size: int | None = None,
        seed: int | None = None,
    ) -> None:
        self.source: str = of_one.source
        self.labels: Sequence[str] = of_one.labels
        self._of_one = of_one
        self._columns = columns
        self._reduction = reduction
        self._size = size
        self._rng = np.random.default_rng(seed)
        arguments = list(inspect.signature(of_one).parameters.values())
        self.__signature__: inspect.Signature = inspect.Signature(
            arguments[: len(arguments) - len(columns)]
        )

    def __call__(self, *parameters: float) -> tuple[float, tuple[float, ...]]:
        """The loss over the data, and its gradient in each parameter."""
        f, names = self._of_one.unchecked, self.__signature__.parameters
        if len(parameters) != len(names):
            raise TypeError(
                f"the loss is a function of {', '.join(names)}, but got {len(parameters)} number(s)"
            )
        numbers = checked(f, parameters, real_number, "a float")
        columns = self._columns
        if self._size is not None:
            columns = columns[:, self._rng.choice(columns.shape[1], self._size, replace=False)]
        points, mean = columns.shape[1], self._reduction == "mean"
        ones = np.ones(points)

        def reduced(each: Any) -> float:
            # What no column has a part in is one number, the same for each point.
            if not getattr(each, "ndim", 0):
                return float(each if mean else points * each)
            total = ones.dot(each)  # the quickest of NumPy's sums
            return float(total / points if mean else total)

        with np.errstate(all="ignore"):
            try:
                value, gradients = f(*numbers, *columns)
            except ArithmeticError:  # Python's floats are quicker, but NumPy's can be infinite
                value, gradients = f(*np.array(numbers), *columns)
            return reduced(value), tuple(map(reduced, gradients))

    def __repr__(self) -> str:
        points = f"{self._size or self._columns.shape[1]:,} points"
        names = list(inspect.signature(self._of_one).parameters)
        opened = len(self.__signature__.parameters)
        return f"<the {self._reduction} over {points} of {', '.join(names[opened:])}: f({', '.join(names[:opened])})>"

    def batches(self, size: int, seed: int | None = None) -> OverData:
        """The same over some of the points, which are drawn for each call, none of them twice.

        A batch's steps may be small by chance: give `sgd` a tolerance far below them, 1e-9, and a number of steps.

        Args:
            size: how many, from 1 to all.
            seed: makes the draws repeatable.

        Raises:
            ValueError: there are fewer points, or none is asked for.
        """
        points = self._columns.shape[1]
        if not isinstance(size, Integral) or not 1 <= size <= points:
            raise ValueError(
                f"a batch has from 1 to all {points:,} points of the data, not {short_repr(size)}"
            )
        return OverData(self._of_one, self._columns, self._reduction, int(size), checked_seed(seed))


def _column(value: Value, column: Iterable[float]) -> Any:
    try:
        numbers = array_of(column if hasattr(column, "__array__") else as_list(column, "a column"))
    except TypeError:
        numbers = np.array(0.0)
    if numbers.ndim != 1:
        raise TypeError(
            f"the column of {value!r} must be numbers in a list, [...], not {short_repr(column)}"
        )
    return numbers
