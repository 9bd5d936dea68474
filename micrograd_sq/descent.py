"""Gradient descent: differentiate the loss, change the parameters against the gradient, repeat."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, repeat
from textwrap import shorten
from traceback import extract_tb
from typing import Protocol, SupportsFloat, TypeAlias, runtime_checkable

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.number import as_list, operation_name, positive, positive_int, real_number, short_repr


@runtime_checkable
class GeneratedLoss(Protocol):
    """A loss function that `value_and_grad` or `over_data` returned. The function computes the gradient too."""

    source: str
    labels: Sequence[str]  # of the parameters, in order

    def __call__(self, *numbers: float) -> tuple[SupportsFloat, Sequence[SupportsFloat]]:
        """Return the loss and its gradient with respect to each parameter. Pass a number for each label, in order."""


Loss: TypeAlias = Callable[[], Value] | GeneratedLoss
Numbers: TypeAlias = dict[str, float]  # by the labels of the parameters
RENAME = "list each Value once, and rename a second network: for p in net.parameters(): p.label += '_2'"
INDEPENDENT = "the loss does not depend on any of the parameters {}: compute it from these Values, not from `.data`"


class ReusedValueError(ValueError):
    """Raised if a loss contains a Value that depends on the parameters and was not computed again for this step."""


Rate: TypeAlias = float | Callable[[int], float]
Rule: TypeAlias = Callable[[int, float, Numbers], Numbers]  # index, rate, gradients -> step sizes


@dataclass(frozen=True)
class Step:
    """One step of a descent, with its index from 0. The keys of the four dictionaries are the labels of the parameters.

    `loss` and `gradients` are computed at `values`. A new value is value - step size. In `sgd` without momentum, step
    size = gradient x learning rate. (Many texts call the learning rate the step size.) `converged` is true if every
    step size, and every gradient x learning rate, is closer to zero than the tolerance. The descent ends after such a
    step. The minimum may still be far, for example on a plateau.
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
    learning_rate: Rate = 0.1,
    tolerance: float = 0.001,
    max_steps: int = 1000,
    *,
    momentum: float = 0.0,
) -> Iterator[Step]:
    """Return a generator that yields the steps of gradient descent. No step is taken until you iterate over it.

    Write `for step in sgd(...)`, or `*_, last = sgd(...)`. Each `Step` is yielded before the parameters
    change. If you stop then, they keep their numbers. If you change a parameter then, the step starts from that number.

    Args:
        loss: a function that builds the loss from the current parameters, perhaps for a random minibatch. Or a function
            that `value_and_grad` or `over_data` returned for the same parameters.
        parameters: the leaves to optimise, with different labels. A missing label becomes "parameters[0]", for example.
        learning_rate: a number, or a function of the step's index, which starts at 0.
        tolerance: the descent ends after a step whose `converged` is true. For a falling rate or minibatches use 1e-12.
        max_steps: the largest number of steps.
        momentum: from 0 to below 1. Each step computes velocity = momentum x velocity + gradient, from a velocity of 0.
            Then step size = learning rate x velocity, as in PyTorch and optax.

    Raises:
        ValueError: an argument is out of its range or empty, a parameter or label is repeated, a parameter was computed
            from other Values, the loss depends on no parameter, or the loss reuses a Value of an earlier step.
        TypeError: the parameters are not a list of Values, or the loss is not one of the functions above.
        FloatingPointError: the loss, a gradient or a new value is not finite, or after a step the loss raises an error,
            such as log(-1). The parameters keep their last finite values.

    >>> x = Value(0.0, "x")
    >>> for step in sgd(lambda: (x - 3) ** 2, [x], learning_rate=0.5):
    ...     print(step.index, step.values["x"], step.gradients["x"], step.new_values["x"])
    0 0.0 -6.0 3.0
    1 3.0 0.0 3.0
    """
    momentum = _from_zero("momentum", momentum, 1)
    velocity: Numbers = {}

    def step_sizes(index: int, rate: float, gradients: Numbers) -> Numbers:
        for label, gradient in gradients.items():
            velocity[label] = momentum * velocity.get(label, 0.0) + gradient
        return {label: rate * number for label, number in velocity.items()}

    return _descent(loss, parameters, learning_rate, tolerance, max_steps, step_sizes)


def adam(
    loss: Loss,
    parameters: Sequence[Value],
    learning_rate: Rate = 0.001,
    tolerance: float = 1e-6,
    max_steps: int = 1000,
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
) -> Iterator[Step]:
    """Return a generator that yields the steps of Adam. Each parameter gets its own step size.

    Source: Kingma and Ba, "Adam" (2015), Algorithm 1. At step t = 1, 2, ... the gradient g updates two averages from 0:
    m = beta1 m + (1 - beta1) g and v = beta2 v + (1 - beta2) g^2. Then step size = learning rate x m / (1 - beta1^t) /
    (sqrt(v / (1 - beta2^t)) + epsilon), as in PyTorch and optax. Each beta is from 0 to below 1, epsilon is at least 0.
    The other arguments are those of `sgd`, with other default values. The exceptions are the same.

    >>> x = Value(1.0, "x")
    >>> [round(step.new_values["x"], 6) for step in adam(lambda: x**2, [x], 0.1, max_steps=3)]
    [0.9, 0.800412, 0.701586]
    """
    if len(as_list(betas, "betas")) != 2:
        raise ValueError(f"betas is {short_repr(betas)}, but Adam has two: write betas=(0.9, 0.999)")
    beta1, beta2 = (_from_zero(f"betas[{k}]", beta, 1) for k, beta in enumerate(betas))
    epsilon = _from_zero("epsilon", epsilon, math.inf)
    mean: Numbers = {}
    root: Numbers = {}  # sqrt(v), computed by hypot, because the square of a gradient may overflow

    def step_sizes(index: int, rate: float, gradients: Numbers) -> Numbers:
        sizes = dict.fromkeys(gradients, 0.0)  # a gradient of 0 changes nothing, also with an epsilon of 0
        for label, gradient in gradients.items():
            mean[label] = beta1 * mean.get(label, 0.0) + (1.0 - beta1) * gradient
            old, new = math.sqrt(beta2) * root.get(label, 0.0), math.sqrt(1.0 - beta2) * gradient
            root[label] = math.hypot(old, new)
            if mean[label] != 0.0:
                scale = root[label] / math.sqrt(1.0 - beta2 ** (index + 1)) + epsilon
                sizes[label] = rate * mean[label] / (1.0 - beta1 ** (index + 1)) / scale
        return sizes

    return _descent(loss, parameters, learning_rate, tolerance, max_steps, step_sizes)


def _descent(
    loss: Loss, parameters: Sequence[Value], learning_rate: Rate, tolerance: float, max_steps: int, rule: Rule
) -> Iterator[Step]:
    """Check the arguments and return the generator of steps, whose step sizes `rule` computes."""
    if not callable(learning_rate):
        learning_rate = positive(learning_rate, "learning_rate")
    tolerance, max_steps = positive(tolerance, "tolerance"), positive_int(max_steps, "max_steps")
    by_label = _parameters_by_label(parameters)
    return _steps(_losses_of(loss, by_label), by_label, learning_rate, tolerance, max_steps, rule)


def _steps(
    losses: Iterator[float], parameters: dict[str, Value], rates: Rate, tolerance: float, max_steps: int, rule: Rule
) -> Iterator[Step]:
    history: list[tuple[Numbers, Numbers]] = []  # values and gradients of the first two steps
    previous, falls = math.inf, True  # whether each loss was lower than the one before
    for index in range(max_steps):
        rate = positive(rates(index), f"learning_rate({index})") if callable(rates) else rates
        try:
            loss = next(losses)
        except (ValueError, ArithmeticError) as error:
            if index == 0 or isinstance(error, ReusedValueError):  # the loss itself is the cause
                raise
            raise _error(index, rate, history, falls, str(error)) from error
        values = {label: float(parameter.data) for label, parameter in parameters.items()}
        gradients = {label: parameter.grad for label, parameter in parameters.items()}
        if infinite := _infinite("the loss", {"": loss}) or _infinite("the gradient of ", gradients):
            raise _error(index, rate, history, falls, infinite)
        if index < 2:
            history.append((dict(values), dict(gradients)))
        previous, falls = loss, falls and loss < previous
        step_sizes = rule(index, rate, gradients)
        new_values = {label: values[label] - step_sizes[label] for label in values}
        if infinite := _infinite("the new ", new_values):
            raise _error(index, rate, history, falls, infinite)
        converged = all(abs(step_sizes[k]) < tolerance and abs(rate * gradients[k]) < tolerance for k in gradients)
        # A copy, because the caller may change the dictionaries of a Step.
        yield Step(index, loss, values, gradients, dict(step_sizes), new_values, converged)
        data = [float(parameters[label].data) - size for label, size in step_sizes.items()]
        # One call without Python code in between, so that Ctrl-C cannot leave half of the parameters changed.
        deque(map(setattr, parameters.values(), repeat("data"), data), maxlen=0)
        if converged:
            return


def _infinite(name: str, numbers: Numbers) -> str:
    """Return a text, such as "the loss is inf", for the first number that is not finite, or "" if all are finite."""
    found = (f"{name}{label} is {number}" for label, number in numbers.items() if not math.isfinite(number))
    return next(found, "")


def _error(index: int, rate: float, history: list[tuple[Numbers, Numbers]], falls: bool, what: str) -> Exception:
    """Return a FloatingPointError with advice for a step at which `what` happened, such as "the loss is inf"."""
    limit, hint = rate, ""
    if len(history) == 2:
        (values, gradients), (new_values, new_gradients) = history
        changes = {label: new_values[label] - values[label] for label in values}
        squared = sum(change * change for change in changes.values())
        curvature = sum((new_gradients[label] - gradients[label]) * changes[label] for label in values)
        if curvature > 0.0:  # curvature / squared is the second derivative along the first step
            limit = min(rate, 2.0 * squared / curvature)
        if limit < 0.01 * rate:
            steepest = max(gradients, key=lambda label: abs(gradients[label]))
            hint = f". The limit comes from {steepest}: divide its inputs by their largest value"
    if "log" in what:
        hint += ". For the logarithm of a probability, use binary_cross_entropy on its logit"
    advice = f"try a learning rate below {limit:.2g}{hint}"
    if not history:
        advice = "look at the data and the initial values"
    elif falls and index > 1 and "log" not in what:
        advice = "the loss fell at every step and seems to have no minimum: check the sign of the loss"
    return FloatingPointError(f"at step {index} {what}: {advice}")


def _from_zero(name: str, number: float, end: float) -> float:
    """Return a number in [0, end) as a float. Raise a ValueError that starts with `name` for anything else."""
    if isinstance(number, bool) or not hasattr(number, "__float__") or not 0.0 <= float(number) < end:
        raise ValueError(f"{name} is {short_repr(number)}, but it must be a number of at least 0 and below {end}")
    return float(number)


def _parameters_by_label(parameters: Sequence[Value]) -> dict[str, Value]:
    """Return the parameters by label. Raise an error for no parameters, a non-leaf, or a repeated Value or label."""
    by_label: dict[str, Value] = {}
    for place, parameter in enumerate(as_list(parameters, "parameters")):
        if not isinstance(parameter, Value):
            raise TypeError(f"parameters[{place}] is {short_repr(parameter)}, but it must be a Value, like net['b3']")
        label = parameter.label or f"parameters[{place}]"
        if parameter.left is not None:
            source = f"parameter {label!r} is not a leaf: {operation_name(parameter)!r} computed it from other Values"
            raise ValueError(f"{source}. Pass those Values, or a new leaf, Value({parameter.data!r})")
        if label in by_label:
            raise ValueError(f"two parameters are labelled {label!r}: {RENAME}")
        parameter.data = real_number(parameter.data)
        by_label[label] = parameter
    if not by_label:
        raise ValueError("parameters is empty, but a descent needs at least one Value: pass net.parameters()")
    if len(set(by_label.values())) < len(by_label):
        raise ValueError("parameters contains a Value without a label more than once: list each Value once")
    return by_label


def _losses_of(loss: Loss, parameters: dict[str, Value]) -> Iterator[float]:
    """Check the loss. Return an iterator that, step by step, computes the gradients and yields the loss."""
    if not callable(loss):
        wrong = f"loss is {short_repr(loss)}, but it must be a function that builds the loss again for each step"
        raise TypeError(f"{wrong}: lambda: ssr(observed, [net(dosage) for dosage in dosages])")
    if not isinstance(loss, GeneratedLoss):
        return _losses_of_graph(loss, parameters)
    names = [label or f"parameters[{place}]" for place, label in enumerate(loss.labels)]
    if names != list(parameters):
        given, needed = (shorten(", ".join(labels), 200) for labels in (parameters, names))
        raise ValueError(f"the parameters are {given}, but the loss is a function of {needed}: pass them in this order")
    return _losses_of_function(loss, parameters)


def _losses_of_graph(loss: Callable[[], Value], parameters: dict[str, Value]) -> Iterator[float]:
    earlier: set[Value] = set()  # the Values that the first step computed from the parameters
    for index in count():
        total = loss()
        if not isinstance(total, Value):
            raise TypeError(f"the loss returned {short_repr(total)}, but it must return one Value, not its `.data`")
        if index < 2:
            earlier = _check_graph(total, parameters, earlier)
        for parameter in parameters.values():  # after loss(), which may have called backward itself
            parameter.grad = 0.0
        total.backward()
        number = total.data
        del total  # frees the graph before the next one is built
        yield number


def _check_graph(total: Value, parameters: dict[str, Value], earlier: set[Value]) -> set[Value]:
    """Raise a ValueError if total is independent of parameters or reuses Values. Return the Values not to reuse."""
    dependent = set(parameters.values())
    for value in topological_order(total, leaves=False):
        if not dependent.isdisjoint(value.operands):
            dependent.add(value)
            if value in earlier:
                reused = f"the loss reuses {value.label or operation_name(value)!r} = {value.data!r} of an earlier step"
                raise ReusedValueError(f"{reused}: compute it inside the loss function, or use `.data` for a constant")
    if not earlier and total not in dependent:
        raise ValueError(INDEPENDENT.format(shorten(", ".join(parameters), 200)))
    return set() if earlier else dependent.difference(parameters.values())


def _losses_of_function(loss: GeneratedLoss, parameters: dict[str, Value]) -> Iterator[float]:
    if re.search(r", \((0\.0,?\s*)+\)$", loss.source):  # all gradients are 0
        raise ValueError(INDEPENDENT.format(shorten(", ".join(parameters), 200)))
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
