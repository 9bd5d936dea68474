"""What a descent minimises: a loss and its gradients, from a graph or from a generated function, and their checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from traceback import extract_tb
from typing import Protocol, SupportsFloat, TypeAlias, runtime_checkable

from micrograd_sq.checks import as_list, real_number, short_repr
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
INDEPENDENT = "the loss does not depend on any of the parameters: "


class ReusedValueError(ValueError):
    """A loss contains a Value that an earlier step computed."""


def parameters_by_label(parameters: Sequence[Value]) -> dict[str, Value]:
    """Return the parameters by their labels, checked."""
    by_label: dict[str, Value] = {}
    for place, parameter in enumerate(as_list(parameters, "parameters")):
        if not isinstance(parameter, Value):
            raise TypeError(f"parameters[{place}] is {short_repr(parameter)}, but it must be a Value")
        label = parameter.label or f"parameters[{place}]"
        if parameter.left is not None:
            source = f"parameter {label!r} was computed from other Values, by {operation_name(parameter)}"
            raise ValueError(f"{source}: a step does not change those. Use them, or a new Value({parameter.data!r})")
        if label in by_label:
            raise ValueError(f"two parameters are labelled {label!r}: give each a label of its own")
        parameter.data = real_number(parameter.data)
        by_label[label] = parameter
    if not by_label:
        raise ValueError("there are no parameters to optimise: give at least one Value")
    if len(set(by_label.values())) < len(by_label):
        raise ValueError("a parameter is given more than once")
    return by_label


def losses_of(loss: Loss, parameters: dict[str, Value]) -> Iterator[float]:
    """Check a loss. Return an iterator: each `next` sets the gradients of the parameters and returns the loss."""
    if not callable(loss):
        raise TypeError(
            f"loss is {short_repr(loss)}, but it must be a function that builds the loss again for each step: "
            "lambda: ssr(observed, [net(dosage) for dosage in dosages])"
        )
    if not isinstance(loss, GeneratedLoss):
        return _losses_of_graph(loss, parameters)
    names = [label or f"parameters[{place}]" for place, label in enumerate(loss.labels)]
    if names != list(parameters):
        raise ValueError(f"the loss is a function of {', '.join(names)}, in this order, not of {', '.join(parameters)}")
    return _losses_of_function(loss, parameters)


def _losses_of_graph(loss: Callable[[], Value], parameters: dict[str, Value]) -> Iterator[float]:
    leaves = set(parameters.values())
    earlier: set[Value] = set()  # what the first step computed from the parameters
    for index in count():
        total = loss()
        if not isinstance(total, Value):
            raise TypeError(f"the loss returned {short_repr(total)}, but it must return a Value")
        if index < 2:
            dependent = set(leaves)
            for value in topological_order(total, leaves=False):
                if not dependent.isdisjoint(value.operands):
                    dependent.add(value)
                    if value in earlier:
                        raise ReusedValueError(
                            f"the loss reuses {value.label or operation_name(value)!r} = {value.data!r}, computed "
                            "before this step: compute predictions inside the loss function; for a constant use `.data`"
                        )
            if index == 0 and total not in dependent:
                raise ValueError(INDEPENDENT + ", ".join(parameters))
            earlier = dependent - leaves if index == 0 else set()
        for parameter in leaves:  # only here: the loss may have called backward itself
            parameter.grad = 0.0
        total.backward()
        yield total.data


def _losses_of_function(loss: GeneratedLoss, parameters: dict[str, Value]) -> Iterator[float]:
    if re.search(r", \((0\.0,?\s*)+\)$", loss.source):  # all gradients are 0
        raise ValueError(INDEPENDENT + ", ".join(parameters))
    while True:
        numbers = {label: float(parameter.data) for label, parameter in parameters.items()}
        try:
            value, gradients = loss(*numbers.values())
        except (ValueError, ArithmeticError) as error:  # "math domain error", for example
            lines, place = loss.source.splitlines(), extract_tb(error.__traceback__)[-1].lineno or 0
            where = f" in `{lines[place - 1].strip()}`" if place <= len(lines) else ""
            error.args = (f"the loss, called with {short_repr(numbers)}: {error}{where}",)
            raise
        for parameter, gradient in zip(parameters.values(), gradients, strict=True):
            parameter.grad = float(gradient)
        yield float(value)
