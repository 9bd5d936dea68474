"""The loss of one data point, differentiated over a whole data set at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from numbers import Integral
from typing import Any, Literal

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.number import as_list, checked_seed, real_number, short_repr
from micrograd_sq.straightline import value_and_grad
from micrograd_sq.straightline.backends import array_of, as_vector, checked

with suppress(ImportError):  # Pyodide may lack NumPy, as the error of the backend then says.
    import numpy as np

    from micrograd_sq.straightline.blocks import Blocks


def over_data(
    loss: Value,
    parameters: Sequence[Value],
    data: Mapping[Value, Iterable[float]],
    reduction: Literal["mean", "sum"] = "mean",
) -> OverData:
    """Return a function of the parameters that computes the loss of a data set, and the gradient of this loss.

    Args:
        loss: the loss of one data point, with its graph.
        parameters: the Values to differentiate with respect to.
        data: a feature array for each Value that differs between data points. All other leaves are constants.
        reduction: the "mean" over the data points, or their "sum".

    Returns:
        f(*parameters) -> (value, (gradient, ...)), all floats. `sgd` takes f as a loss. `f.batches(20)` returns
        such a function, which draws 20 data points for each call. `f.source` is the code for one data point.

    Raise a ValueError for an unknown reduction, empty or unequal arrays, or a Value in data that the loss does not
    depend on. Raise a TypeError unless data is a dict from Values to lists of numbers. Raise `value_and_grad`'s errors.

    >>> w, x, observed = Value(2.0, "w"), Value(0.0, "x"), Value(0.0, "observed")
    >>> f = over_data((observed - w * x) ** 2, [w], {x: [1, 2, 3], observed: [3, 6, 9]})
    >>> value, (slope,) = f(2.0)
    >>> round(value, 3), round(slope, 3)
    (4.667, -9.333)
    """
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is {short_repr(reduction)}, but it must be "mean" or "sum"')
    if not isinstance(data, Mapping) or not all(isinstance(value, Value) for value in data):
        raise TypeError(f"data must be a dict with Values as keys, {{x: [0, 0.5, 1]}}, not {short_repr(data)}")
    f: Any = value_and_grad(loss, parameters, list(data), backend="numpy")
    arrays = [_feature(value, numbers) for value, numbers in data.items()]
    lengths = sorted({len(array) for array in arrays})
    if len(lengths) != 1 or not lengths[0]:
        wrong = f"the feature arrays have the lengths {lengths}" if lengths else "data is empty"
        raise ValueError(f"{wrong}: give each Value one number per data point, and at least one")
    if unused := set(data).difference(topological_order(loss)):
        raise ValueError(f"data has numbers for {unused.pop()!r}, but the loss does not use it: remove it from data")
    return OverData(f, np.array(arrays), reduction)


class OverData:
    """The loss of a data set, or of data points drawn for each call: f(*parameters) -> (value, (gradient, ...))."""

    def __init__(self, of_point: Any, arrays: Any, reduction: str, size: int | None = None, seed: Any = None) -> None:
        self.source: str = of_point.source
        self.labels: Sequence[str] = of_point.labels
        self._of_point = of_point
        self._arrays = arrays
        self._reduction = reduction
        self._size = size
        self._blocks = Blocks(of_point.source, [False] * len(self.labels) + [True] * len(arrays))
        self._rng = np.random.default_rng(checked_seed(seed))

    def __call__(self, *parameters: float) -> tuple[float, tuple[float, ...]]:
        """Return the loss and its gradient with respect to each parameter. Raise a TypeError for a wrong argument."""
        if vector := as_vector(len(self.labels), 0, parameters):
            value, gradients = self(*vector)
            return value, np.array(gradients)  # type: ignore[return-value]  # for SciPy
        if len(parameters) != len(self.labels):
            takes = f"f takes {len(self.labels)} number(s), one for each of {short_repr(self.labels)}, but"
            raise TypeError(f"{takes} got {len(parameters)} argument(s): write f(*numbers), or f(array_of_all_numbers)")
        numbers = checked(self._of_point.unchecked, parameters, real_number, "a float")
        arrays = self._arrays
        if self._size is not None:
            arrays = arrays[:, self._rng.choice(arrays.shape[1], self._size, replace=False)]
        count = arrays.shape[1]
        rows = np.empty((1 + len(self.labels), count))  # the value and the gradients of each data point
        with np.errstate(all="ignore"):
            try:
                self._blocks([*numbers, *arrays], rows)
            except ArithmeticError:  # Python's floats are faster, but NumPy's can be infinite
                self._blocks([*np.array(numbers), *arrays], rows)
            totals = rows @ np.ones(count)
        value, *gradients = (totals / count if self._reduction == "mean" else totals).tolist()
        return value, tuple(gradients)

    def batches(self, size: int, seed: int | None = None) -> OverData:
        """Return a function that draws `size` data points for each call, without repetition, and computes their loss.

        The step size of a batch may be small by chance, so give `sgd` a much smaller tolerance, such as 1e-9. A `seed`
        makes the draws repeatable. Raise a ValueError for a wrong seed, a size below 1, or a size above the data set's.
        """
        count = self._arrays.shape[1]
        if not isinstance(size, Integral) or not 1 <= size <= count:
            raise ValueError(f"size is {short_repr(size)}, but it must be an integer from 1 to {count:,} (all data)")
        return OverData(self._of_point, self._arrays, self._reduction, int(size), seed)


def _feature(value: Value, numbers: Iterable[float]) -> Any:
    """Return the numbers for a Value as an array. Raise a TypeError unless they are a flat list or a flat array."""
    try:
        array = array_of(numbers if hasattr(numbers, "__array__") else as_list(numbers, "data"))
    except TypeError:
        array = np.array(0.0)
    if array.ndim != 1:
        raise TypeError(f"the data of {value!r} must be numbers in a list, [...], not {short_repr(numbers)}")
    return array
