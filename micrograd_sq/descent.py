"""The descent loop: differentiate the loss, step each parameter against its gradient, repeat."""

from __future__ import annotations

import gc
import inspect
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, SupportsFloat, runtime_checkable

from micrograd_sq.engine import Value, named, topological_order
from micrograd_sq.given import listed, positive, shown, whole

# The steps, and the last that there can be, at which a loss is looked at: whether a part of its graph was built before.
# That asks who refers to the parameters, of all that Python's garbage collector knows: some milliseconds, for so many.
LOOKS = (0, 1, 10, 100, 1000)
WATCHED = 30
# The end of a function whose every gradient is 0.
CONSTANT = re.compile(r", \((0\.0,?\s*)+\)$")


@runtime_checkable
class Differentiated(Protocol):
    """A loss that is differentiated already, as `value_and_grad` makes it: what it does can be read in `source`."""

    source: str
    labels: Sequence[str]  # of the parameters, in order

    def __call__(self, *numbers: float) -> tuple[SupportsFloat, Sequence[SupportsFloat]]:
        """The loss, and its gradient in each of the numbers."""


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
    loss: Callable[[], Value] | Differentiated,
    parameters: Sequence[Value],
    learning_rate: float = 0.1,
    tolerance: float = 0.001,
    max_steps: int = 1000,
) -> Iterator[Step]:
    """Gradient descent until every step size is smaller than the tolerance: stochastic, if the loss is.

    It goes as far as it is asked: `for step in sgd(...)`, or `*_, last = sgd(...)`; a mere call does nothing yet.
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
    max_steps = whole(max_steps, "max_steps")
    if not callable(loss):
        raise TypeError(
            f"loss is {shown(loss)}, but it must be a function that builds the loss anew for each step, predictions "
            "included: lambda: ssr(observed, [net(dosage) for dosage in dosages]), say"
        )
    if not isinstance(loss, Differentiated):
        _check_arguments(loss)
    by_label: dict[str, Value] = {}
    given: set[Value] = set()
    for place, parameter in enumerate(listed(parameters, "parameters")):
        if not isinstance(parameter, Value):
            raise TypeError(f"parameters[{place}] is {shown(parameter)}, but it must be a Value")
        label = parameter.label or f"parameters[{place}]"
        if parameter.left is not None:
            raise ValueError(
                f"parameter {label!r} was made from other Values, by {parameter.operation}: a step would not reach them; "
                f"give what it was made from, or Value({parameter.data!r}) in its place"
            )
        if parameter in given:
            raise ValueError(f"parameter {label!r} is given more than once")
        if label in by_label:
            raise ValueError(f"two parameters are labelled {label!r}; each needs one of its own")
        by_label[label] = parameter
        given.add(parameter)
    if not by_label:
        raise ValueError("there are no parameters to optimise; give one Value at least")
    if isinstance(loss, Differentiated):
        _check_labels(loss, list(by_label))
    return _descend(loss, by_label, learning_rate, tolerance, max_steps)


def _descend(
    loss: Callable[[], Value] | Differentiated,
    parameters: dict[str, Value],
    learning_rate: float,
    tolerance: float,
    max_steps: int,
) -> Iterator[Step]:
    differentiate: Callable[..., Any] = (
        _by_function if isinstance(loss, Differentiated) else _by_graph
    )
    for index in range(max_steps):
        looks = index in LOOKS or index == max_steps - 1
        try:
            value, gradients = differentiate(loss, parameters, index == 0, looks)
        except OverflowError as error:
            if index == 0:  # no step has been taken: it is the loss itself
                raise
            raise _diverged(index, learning_rate, str(error)) from error
        values = {label: parameter.data for label, parameter in parameters.items()}
        step_sizes = {label: gradient * learning_rate for label, gradient in gradients.items()}
        new_values = {label: values[label] - step_sizes[label] for label in values}
        numbers_of = {"the loss": {"": value}, "gradient of ": gradients, "new ": new_values}
        for what, numbers in numbers_of.items():
            for label, number in numbers.items():
                if not math.isfinite(number):
                    if index == 0 and numbers is not new_values:
                        raise FloatingPointError(
                            f"before the first step {what}{label} is {number}: look at the data and the start values"
                        )
                    raise _diverged(index, learning_rate, f"{what}{label} is {number}")
        converged = max(map(abs, step_sizes.values())) < tolerance
        # What the caller does with the Step's dictionaries changes no step.
        yield Step(index, value, values, gradients, dict(step_sizes), new_values, converged)
        for label, parameter in parameters.items():
            parameter.data -= step_sizes[label]
        if converged:
            return


def _by_graph(
    loss: Callable[[], Value], parameters: dict[str, Value], first: bool, looks: bool
) -> tuple[float, dict[str, float]]:
    """The loss as it is now, and its gradient in each parameter, from a new graph."""
    # What was made of a parameter already, with its number of that time. Not all that there is in the process is looked
    # through in a list: while that list lives, other threads' tuples could not be completed.
    watched = list(parameters.values())[:WATCHED]
    before = [
        value for value in (gc.get_referrers(*watched) if looks else ()) if type(value) is Value
    ]
    total = loss()
    if not isinstance(total, Value):
        raise TypeError(f"the loss returned {shown(total)}, but it must return a Value")
    if looks:
        graph = set(topological_order(total))
        # Later it may: a hinge has nothing left to do, say.
        if first and graph.isdisjoint(parameters.values()):
            raise _independent(parameters)
        if stale := graph.intersection(before):
            raise ValueError(
                f"the loss has a part, {named(stale.pop())}, that was built before this step: let the function that you "
                "give build all of it, predictions included; of what is to stay as it is, give its .data"
            )
    for parameter in parameters.values():  # only here: the loss may have gone backward itself
        parameter.grad = 0.0
    total.backward()
    return total.data, {label: parameter.grad for label, parameter in parameters.items()}


def _by_function(
    loss: Differentiated, parameters: dict[str, Value], first: bool, looks: bool
) -> tuple[float, dict[str, float]]:
    """The same from a function of numbers; the parameters show its gradients, as after backward()."""
    if first and CONSTANT.search(loss.source):
        raise _independent(parameters)
    numbers = {label: parameter.data for label, parameter in parameters.items()}
    try:
        value, gradients = loss(*numbers.values())
    except (ValueError, ArithmeticError) as error:  # such as "math domain error"
        error.args = (f"the loss, called with {shown(numbers)}: {error}",)
        raise
    except TypeError as error:
        if "required positional argument" in str(error):  # of value_and_grad's inputs
            raise TypeError(
                f"the loss is called with numbers for {', '.join(numbers)} alone, but {error}: give what over_data "
                "makes, with a column for each input, or leave inputs out, for the numbers that they have now"
            ) from error
        raise
    for parameter, gradient in zip(parameters.values(), gradients, strict=True):
        parameter.grad = float(gradient)
    return float(value), {label: parameter.grad for label, parameter in parameters.items()}


def _check_arguments(loss: Callable[..., Any]) -> None:
    """A TypeError for a loss that is called with nothing, but needs arguments."""
    try:
        signature = inspect.signature(loss, follow_wrapped=False)  # as it is called
    except ValueError:  # Python does not know it, of some that are not written in Python
        return
    try:
        signature.bind()
    except TypeError:
        name = getattr(loss, "__name__", "loss")
        raise TypeError(
            f"{name}{signature} needs arguments, but a loss is called with none: give `lambda: {name}(...)`, "
            "or a function that value_and_grad made"
        ) from None


def _check_labels(loss: Differentiated, labels: list[str]) -> None:
    """A ValueError for a function of numbers whose arguments belong to other parameters, or in another order."""
    names = [label or f"parameters[{place}]" for place, label in enumerate(loss.labels)]
    if names != labels:
        raise ValueError(
            f"the loss is a function of {', '.join(names)}, in this order, not of {', '.join(labels)}"
        )


def _independent(parameters: Iterable[str]) -> ValueError:
    return ValueError(f"the loss does not depend on any of the parameters: {', '.join(parameters)}")


def _diverged(index: int, learning_rate: float, what: str) -> FloatingPointError:
    return FloatingPointError(
        f"at step {index} the descent left the range of finite numbers ({what}); "
        f"try a learning rate smaller than {learning_rate:g}"
    )
