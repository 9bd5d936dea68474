"""What a descent goes down: a loss and its gradient, from a graph or a function, told where they cannot be right."""

from __future__ import annotations

import gc
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Protocol, SupportsFloat, TypeAlias, runtime_checkable

from micrograd_sq.checks import as_list, short_repr
from micrograd_sq.engine import Value, named, operation_name, topological_order

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


Loss: TypeAlias = Callable[[], Value] | Differentiated


def parameters_by_label(parameters: Sequence[Value]) -> dict[str, Value]:
    """The Values to optimise by their labels, or by their places, as "parameters[0]", where they have none.

    Raises:
        ValueError: there are none, one is repeated, two have one label, or one was made from others.
        TypeError: one is not a Value.
    """
    by_label: dict[str, Value] = {}
    given: set[Value] = set()
    for place, parameter in enumerate(as_list(parameters, "parameters")):
        if not isinstance(parameter, Value):
            raise TypeError(
                f"parameters[{place}] is {short_repr(parameter)}, but it must be a Value"
            )
        label = parameter.label or f"parameters[{place}]"
        if parameter.left is not None:
            raise ValueError(
                f"parameter {label!r} was made from other Values, by {operation_name(parameter)}: a step would not reach them; "
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
    return by_label


def check_loss(loss: Loss) -> None:
    """A TypeError for what cannot be called, or needs arguments and is not differentiated already."""
    if not callable(loss):
        raise TypeError(
            f"loss is {short_repr(loss)}, but it must be a function that builds the loss anew for each step, predictions "
            "included: lambda: ssr(observed, [net(dosage) for dosage in dosages]), say"
        )
    if isinstance(loss, Differentiated):
        return
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


def check_labels(loss: Loss, labels: list[str]) -> None:
    """A ValueError for a function of numbers whose arguments belong to other parameters, or in another order."""
    if not isinstance(loss, Differentiated):
        return
    names = [label or f"parameters[{place}]" for place, label in enumerate(loss.labels)]
    if names != labels:
        raise ValueError(
            f"the loss is a function of {', '.join(names)}, in this order, not of {', '.join(labels)}"
        )


def differentiate(
    loss: Loss, parameters: dict[str, Value], index: int, max_steps: int
) -> tuple[float, dict[str, float]]:
    """The loss at this step of so many, and its gradient in each parameter, by label: the parameters show it, too.

    Raises:
        ValueError: the loss depends on none of the parameters, or has a part that was built before.
        TypeError: it is not a Value, or a function of more numbers than these.
    """
    if isinstance(loss, Differentiated):
        return _by_function(loss, parameters, index == 0)
    looks = index in LOOKS or index == max_steps - 1
    return _by_graph(loss, parameters, index == 0, looks)


def _by_graph(
    loss: Callable[[], Value], parameters: dict[str, Value], first: bool, looks: bool
) -> tuple[float, dict[str, float]]:
    before = _made_already(list(parameters.values())[:WATCHED]) if looks else []
    total = loss()
    if not isinstance(total, Value):
        raise TypeError(f"the loss returned {short_repr(total)}, but it must return a Value")
    if looks:
        graph = set(topological_order(total))
        # Later it may: a hinge has nothing left to do, say.
        if first and graph.isdisjoint(parameters.values()):
            raise _independent(parameters)
        if stale := graph.intersection(before):
            part = stale.pop()
            raise ValueError(
                f"the loss has a part, {named(part)}, made by {operation_name(part)} of {' and '.join(map(named, part.operands))}, "
                "that was built before this step: let the function that you give build all of it, predictions included; "
                "of what is to stay as it is, give its .data"
            )
    for parameter in parameters.values():  # only here: the loss may have gone backward itself
        parameter.grad = 0.0
    total.backward()
    return total.data, {label: parameter.grad for label, parameter in parameters.items()}


def _made_already(watched: list[Value]) -> list[Value]:
    """The Values that were made of some others, with the numbers of that time."""
    # What refers to them comes as a list. While that lives no other thread could complete a tuple of theirs, so all is
    # one call from Python, in which no other thread's turn comes, nor the collector's, which may call back.
    referring = chain.from_iterable(map(gc.get_referrers, *([each] for each in watched)))
    collects = gc.isenabled()
    gc.disable()
    try:
        values = list(filter(Value.__instancecheck__, referring))
    finally:
        if collects:
            gc.enable()
    return [value for value in values if type(value) is Value]


def _by_function(
    loss: Differentiated, parameters: dict[str, Value], first: bool
) -> tuple[float, dict[str, float]]:
    if first and CONSTANT.search(loss.source):
        raise _independent(parameters)
    numbers = {label: parameter.data for label, parameter in parameters.items()}
    try:
        value, gradients = loss(*numbers.values())
    except (ValueError, ArithmeticError) as error:  # such as "math domain error"
        error.args = (f"the loss, called with {short_repr(numbers)}: {error}",)
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


def _independent(parameters: Iterable[str]) -> ValueError:
    return ValueError(f"the loss does not depend on any of the parameters: {', '.join(parameters)}")
