"""Gradient descent: differentiate the loss, take a step against the gradient, repeat."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol, SupportsFloat, TypeAlias, runtime_checkable

from micrograd_sq.checks import as_list, positive, positive_int, real_number, short_repr
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.number import operation_name


@runtime_checkable
class GeneratedLoss(Protocol):
    """A loss with its gradient, as `value_and_grad` and `over_data` return it."""

    source: str
    labels: Sequence[str]  # of the parameters, in order

    def __call__(self, *numbers: float) -> tuple[SupportsFloat, Sequence[SupportsFloat]]:
        """Return the loss and its gradient with respect to each number."""


Loss: TypeAlias = Callable[[], Value] | GeneratedLoss
Numbers: TypeAlias = dict[str, float]  # by the labels of the parameters


@dataclass(frozen=True)
class Step:
    """One step of a descent. The four dictionaries are by the labels of the parameters.

    A step size is gradient x learning rate (many texts call the learning rate the step size), and a new value is value -
    step size. `converged` means that every step size is closer to zero than the tolerance. Such a step is the last one.
    It does not mean that the minimum is near: on a plateau a smaller tolerance goes further.
    """

    index: int
    loss: float
    values: Numbers
    gradients: Numbers
    step_sizes: Numbers
    new_values: Numbers
    converged: bool


def sgd(
    loss: Loss,
    parameters: Sequence[Value],
    learning_rate: float = 0.1,
    tolerance: float = 0.001,
    max_steps: int = 1000,
) -> Iterator[Step]:
    """Return a generator of gradient descent's steps. No step is taken until you iterate over it.

    Write `for step in sgd(...)`, or `*_, last = sgd(...)`. Each `Step` is yielded before it is taken. If you stop there,
    the parameters stay as they are. If you change a parameter there, the step starts from the changed number.

    Args:
        loss: builds the loss from the parameters as they are now; it may draw a minibatch. Or a function that
            `value_and_grad` or `over_data` returned for the same parameters.
        parameters: the Values to optimise, each with a label of its own. A Value without a label is called by its
            place, "parameters[0]".
        learning_rate: step size = gradient x learning rate.
        tolerance: the descent stops after a step whose step sizes are all closer to zero.
        max_steps: the largest number of steps.

    Raises:
        ValueError: an argument is out of its range, a parameter or label is repeated, a parameter was computed from other
            Values, or the loss does not depend on the parameters or reuses a Value of an earlier step.
        TypeError: a parameter or the loss is not a Value.
        FloatingPointError: the loss or a gradient is not finite. The parameters keep their last finite values.

    >>> x = Value(0.0, "x")
    >>> for step in sgd(lambda: (x - 3) ** 2, [x], learning_rate=0.5):
    ...     print(step.index, step.values["x"], step.gradients["x"], step.new_values["x"])
    0 0.0 -6.0 3.0
    1 3.0 0.0 3.0
    """
    rate = positive(learning_rate, "learning_rate")
    tolerance = positive(tolerance, "tolerance")
    max_steps = positive_int(max_steps, "max_steps")
    by_label = _by_label(parameters)
    _check_loss(loss, list(by_label))
    return _descend(loss, by_label, rate, tolerance, max_steps)


def _descend(
    loss: Loss, parameters: dict[str, Value], rate: float, tolerance: float, max_steps: int
) -> Iterator[Step]:
    differentiate: Any = _of_function if isinstance(loss, GeneratedLoss) else _of_graph
    earlier: set[Value] = set()  # what the first step computed from the parameters
    for index in range(max_steps):
        try:
            value = differentiate(loss, parameters, index, earlier)
        except OverflowError as error:
            if index == 0:  # no step has been taken yet: the loss itself is too large
                raise
            raise _error(index, rate, str(error)) from error
        values = {label: float(parameter.data) for label, parameter in parameters.items()}
        gradients = {label: parameter.grad for label, parameter in parameters.items()}
        step_sizes = {label: rate * gradient for label, gradient in gradients.items()}
        new_values = {label: values[label] - step_sizes[label] for label in values}
        if not all(map(math.isfinite, (value, *gradients.values(), *new_values.values()))):
            numbers = [("the loss", value)]
            numbers += [(f"the gradient of {label}", number) for label, number in gradients.items()]
            numbers += [(f"the new {label}", number) for label, number in new_values.items()]
            name, number = next(each for each in numbers if not math.isfinite(each[1]))
            raise _error(index, rate, f"{name} is {number}")
        converged = all(abs(size) < tolerance for size in step_sizes.values())
        # The caller may change the dictionaries of a Step: the step is taken from a copy.
        yield Step(index, value, values, gradients, dict(step_sizes), new_values, converged)
        data = [parameters[label].data - size for label, size in step_sizes.items()]
        # One call without Python code in between: Ctrl-C finds all parameters changed, or none.
        deque(map(setattr, parameters.values(), repeat("data"), data), maxlen=0)
        if converged:
            return


def _of_graph(
    loss: Callable[[], Value], parameters: dict[str, Value], index: int, earlier: set[Value]
) -> float:
    """Return the loss that a function builds, with its gradients in the parameters."""
    total = loss()
    if not isinstance(total, Value):
        raise TypeError(f"the loss returned {short_repr(total)}, but it must return a Value")
    if index < 2:
        dependent = set(parameters.values())
        for value in topological_order(total, leaves=False):
            if not dependent.isdisjoint(value.operands):
                dependent.add(value)
                if value in earlier:
                    raise ValueError(
                        f"the loss reuses {value.label or operation_name(value)!r} = {value.data!r}, computed before "
                        "this step: compute predictions inside the loss function; for a constant use `.data`"
                    )
        if index == 0 and total not in dependent:
            raise _independent(parameters)
        if index == 0:
            earlier |= dependent - set(parameters.values())
        else:
            earlier.clear()
    for parameter in parameters.values():  # only here: the loss may have called backward itself
        parameter.grad = 0.0
    total.backward()
    return total.data


def _of_function(
    loss: GeneratedLoss, parameters: dict[str, Value], index: int, _: set[Value]
) -> float:
    """Return the loss that a generated function computes, with its gradients in the parameters."""
    if index == 0 and re.search(r", \((0\.0,?\s*)+\)$", loss.source):  # all gradients are 0
        raise _independent(parameters)
    numbers = {label: float(parameter.data) for label, parameter in parameters.items()}
    try:
        value, gradients = loss(*numbers.values())
    except (ValueError, ArithmeticError) as error:  # "math domain error", for example
        error.args = (f"the loss, called with {short_repr(numbers)}: {error}",)
        raise
    for parameter, gradient in zip(parameters.values(), gradients, strict=True):
        parameter.grad = float(gradient)
    return float(value)


def _by_label(parameters: Sequence[Value]) -> dict[str, Value]:
    """Return the parameters by their labels, checked."""
    listed = as_list(parameters, "parameters")
    by_label: dict[str, Value] = {}
    for place, parameter in enumerate(listed):
        if not isinstance(parameter, Value):
            raise TypeError(
                f"parameters[{place}] is {short_repr(parameter)}, but it must be a Value"
            )
        label = parameter.label or f"parameters[{place}]"
        if parameter.left is not None:
            raise ValueError(
                f"parameter {label!r} was computed from other Values, by {operation_name(parameter)}: a step would not "
                f"change those. Use its operands as parameters, or a new Value({parameter.data!r})"
            )
        if label in by_label:
            raise ValueError(f"two parameters are labelled {label!r}: give each a label of its own")
        parameter.data = real_number(parameter.data)
        by_label[label] = parameter
    if not listed:
        raise ValueError("there are no parameters to optimise: give at least one Value")
    if len(set(listed)) < len(listed):
        raise ValueError("a parameter is given more than once")
    return by_label


def _check_loss(loss: Loss, labels: list[str]) -> None:
    """Raise an error for a loss that is not a function, or is a function of other parameters."""
    if not callable(loss):
        raise TypeError(
            f"loss is {short_repr(loss)}, but it must be a function that builds the loss again for each step: "
            "lambda: ssr(observed, [net(dosage) for dosage in dosages])"
        )
    if isinstance(loss, GeneratedLoss):
        names = [label or f"parameters[{place}]" for place, label in enumerate(loss.labels)]
        if names != labels:
            given = ", ".join(labels)
            raise ValueError(
                f"the loss is a function of {', '.join(names)}, in this order, not of {given}"
            )


def _error(index: int, rate: float, what: str) -> FloatingPointError:
    """Return the error for a number that is not finite, with advice."""
    if (
        index == 0 and "new" not in what
    ):  # no step has been taken: the learning rate is not the cause
        return FloatingPointError(
            f"before the first step {what}: look at the data and the initial values"
        )
    return FloatingPointError(
        f"at step {index} the descent left the finite numbers ({what}): try a learning rate below {rate:g}"
    )


def _independent(parameters: Mapping[str, Value]) -> ValueError:
    return ValueError(f"the loss does not depend on any of the parameters: {', '.join(parameters)}")
