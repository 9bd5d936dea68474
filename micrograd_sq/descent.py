"""The descent loop: differentiate the loss, step each parameter against its gradient, repeat."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from micrograd_sq.checks import positive, positive_int
from micrograd_sq.engine import Value
from micrograd_sq.objective import (
    Loss,
    check_labels,
    check_loss,
    differentiate,
    parameters_by_label,
)


@dataclass(frozen=True)
class Step:
    """One step of the descent; the four dictionaries are by the parameters' labels.

    A step size is gradient x learning rate, and a new value is value - step size. `converged` is whether every step
    size is closer to zero than the tolerance: then it is the last step. It does not say that the lowest place is near:
    where the slope is small, a smaller tolerance goes further, and a minibatch may have small steps by chance. A last
    step without it has run out of steps.
    """

    index: int
    loss: float
    values: dict[str, float]
    gradients: dict[str, float]
    step_sizes: dict[str, float]
    new_values: dict[str, float]
    converged: bool


def sgd(
    loss: Loss,
    parameters: Sequence[Value],
    learning_rate: float = 0.1,
    tolerance: float = 0.001,
    max_steps: int = 1000,
) -> Iterator[Step]:
    """Gradient descent until every step size is smaller than the tolerance: stochastic, if the loss is.

    It goes as far as it is asked: `for step in sgd(...)`, or `*_, last = sgd(...)`; a mere call takes no step.
    Each `Step` is yielded before it is taken: a caller who stops there leaves the parameters as they are, and from
    a parameter that was changed there, clipped, say, the step is taken from where it is then. After the loop
    `step.converged` tells whether the tolerance was met.

    Args:
        loss: builds the loss from the parameters as they are now; it may draw a minibatch. Or a function of their
            numbers that `value_and_grad` or `over_data` made, in the same order.
        parameters: the Values to optimise, each with a label of its own. One without a label goes by
            its place, as "parameters[0]".
        learning_rate: what a gradient is multiplied by to make a step size.
        tolerance: step sizes below this are close enough to zero to stop, after taking them.
        max_steps: the most steps to take.

    Raises:
        ValueError: an argument out of its range, a repeated parameter or label, one that was made from others, or a
            loss that depends on none of the parameters, or has a part that was built before, with numbers of that
            time (which is looked for at the indices 0, 1, 10, 100, 1000 and max_steps - 1, among what was made of the
            first thirty parameters, and not behind `gc.freeze()`).
        TypeError: a parameter or the loss is not a Value, or the loss is to be called with arguments.
        FloatingPointError: the loss or a gradient is no longer finite; the parameters keep the last
            values that were.

    >>> x = Value(0.0, "x")
    >>> for step in sgd(lambda: (x - 3) ** 2, [x], learning_rate=0.5):
    ...     print(step.index, step.values["x"], step.gradients["x"], step.new_values["x"])
    0 0.0 -6.0 3.0
    1 3.0 0.0 3.0
    """
    learning_rate = positive(learning_rate, "learning_rate")
    tolerance = positive(tolerance, "tolerance")
    max_steps = positive_int(max_steps, "max_steps")
    check_loss(loss)
    by_label = parameters_by_label(parameters)
    check_labels(loss, list(by_label))
    return _descend(loss, by_label, learning_rate, tolerance, max_steps)


def _descend(
    loss: Loss,
    parameters: dict[str, Value],
    learning_rate: float,
    tolerance: float,
    max_steps: int,
) -> Iterator[Step]:
    for index in range(max_steps):
        try:
            value, gradients = differentiate(loss, parameters, index, max_steps)
        except OverflowError as error:
            if index == 0:  # no step has been taken: it is the loss itself
                raise
            raise _diverged(index, learning_rate, str(error)) from error
        values = {label: parameter.data for label, parameter in parameters.items()}
        if index > 0 and (what := _not_finite(values)):  # no step leads there
            raise FloatingPointError(f"at step {index} {what}: it was changed since the last step")
        step_sizes = {label: gradient * learning_rate for label, gradient in gradients.items()}
        new_values = {label: values[label] - step_sizes[label] for label in values}
        if what := _not_finite({"the loss": value}) or _not_finite(gradients, "gradient of "):
            if index == 0:
                raise FloatingPointError(
                    f"before the first step {what}: look at the data and the start values"
                )
            raise _diverged(index, learning_rate, what)
        if what := _not_finite(new_values, "new "):
            raise _diverged(index, learning_rate, what)
        converged = max(map(abs, step_sizes.values())) < tolerance
        # What the caller does with the Step's dictionaries changes no step.
        yield Step(index, value, values, gradients, dict(step_sizes), new_values, converged)
        for label, parameter in parameters.items():
            parameter.data -= step_sizes[label]
        if converged:
            return


def _not_finite(numbers: Mapping[str, float], kind: str = "") -> str:
    """The first of the numbers that is not finite, as an error says it; empty if there is none."""
    for label, number in numbers.items():
        if not math.isfinite(number):
            return f"{kind}{label} is {number}"
    return ""


def _diverged(index: int, learning_rate: float, what: str) -> FloatingPointError:
    return FloatingPointError(
        f"at step {index} the descent left the range of finite numbers ({what}); "
        f"try a learning rate smaller than {learning_rate:g}"
    )
