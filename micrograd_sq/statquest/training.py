"""Gradient descent for any of the lesson's seven parameters: its steps, its numbers, its text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import mul
from typing import Any

from micrograd_sq import statquest
from micrograd_sq.descent import Step, sgd
from micrograd_sq.engine import Value
from micrograd_sq.nn import MLP
from micrograd_sq.statquest.text import digits, ssr_digits, table, wrapped
from micrograd_sq.straightline import value_and_grad

GROWN = 100.0  # an SSR that has grown by this factor has diverged


@dataclass(frozen=True)
class Descent:
    """The steps of a descent. `start` and `values` are the first and last values of the trained parameters, by label.

    `ssr` is the SSR at the last values. If the SSR is too large for a float, `ssr` is inf and `overflow` is true.
    """

    net: MLP
    learning_rate: float
    tolerance: float
    steps: list[Step]
    start: dict[str, float]
    values: dict[str, float]
    ssr: float
    overflow: bool

    @property
    def converged(self) -> bool:
        """Tell whether the last step converged and no number became too large for a float."""
        return not self.overflow and self.steps[-1].converged

    @property
    def diverged(self) -> bool:
        """Tell whether a number became too large for a float, or the SSR grew a hundredfold and still grows."""
        if self.overflow or self.converged:
            return self.overflow
        losses = [step.loss for step in self.steps]
        first_half = losses[: (len(losses) + 1) // 2]  # the SSR of some descents rises once and then stays
        return self.ssr > max(GROWN * losses[0], 2.0 * max(first_half))

    def document(self) -> dict[str, Any]:
        """Return the descent's numbers, unrounded, for JSON."""
        by_label = ("values", "gradients", "step_sizes", "new_values")
        return {
            "steps": [
                {"index": step.index, "ssr": step.loss} | {name: getattr(step, name) for name in by_label}
                for step in self.steps
            ],
            "values": self.values,
            "ssr": self.ssr if math.isfinite(self.ssr) else None,
            "converged": self.converged,
        }


def descend(
    parameters: Sequence[str],
    settings: Mapping[str, float] = {},
    seed: int | None = None,
    learning_rate: float = 0.1,
    tolerance: float = 1e-6,
    max_steps: int = 1000,
    watch: Callable[[Iterator[Step]], Iterable[Step]] = iter,
) -> Descent:
    """Train some parameters of the lesson's network, and return the `Descent`. Raise a KeyError for an unknown label.

    Args:
        parameters: labels of the parameters to train. If b3 is trained, b3 starts from 0, else b3 is 2.61.
        settings: values, by label, that replace the lesson's values.
        seed: draws trained weights from a standard normal and sets trained biases to 0. `settings` take precedence.
        learning_rate, tolerance, max_steps: as in `sgd`. Exceptions are those of `sgd`, but a FloatingPointError
            only ends the descent and sets `overflow`. Raise an OverflowError if the first SSR is not finite.
        watch: receives the steps and yields them again, for example `tqdm`.

    >>> descent = descend(["w3", "w4", "b3"], statquest.THREE)
    >>> {label: round(number, 2) for label, number in descent.values.items()}
    {'w3': -1.22, 'w4': -2.3, 'b3': 2.61}
    """
    initial = {"b3": 0.0 if "b3" in parameters else statquest.B3}
    if seed is not None:
        drawn = MLP(1, [2, 1], seed=seed)
        initial |= {label: drawn[label].data for label in parameters}
    initial |= settings
    net = statquest.network(**initial)
    trained = [net[label] for label in parameters]
    taken = sgd(lambda: statquest.loss(net), trained, learning_rate, tolerance, max_steps)
    if not math.isfinite(_ssr(net)):
        raise OverflowError(f"the SSR is not a finite number at {initial}: choose initial values closer to 0")
    start = {label: net[label].data for label in parameters}
    steps: list[Step] = []
    try:
        for step in watch(taken):
            steps.append(step)  # noqa: PERF402 - keeps the steps before an error
        overflow = not math.isfinite(_ssr(net))
    except FloatingPointError:
        overflow = True
    values = {label: net[label].data for label in parameters}
    return Descent(net, learning_rate, tolerance, steps, start, values, _ssr(net), overflow)


def _ssr(net: MLP) -> float:
    try:
        return statquest.loss(net).data
    except OverflowError:
        return math.inf


def curvature_along_step(net: MLP, labels: Iterable[str]) -> float:
    """Return the second derivative of the SSR along the step that some parameters take together.

    Raise a ZeroDivisionError if all slopes are 0. For one parameter, the result is the derivative of the slope:

    >>> round(curvature_along_step(statquest.network(), ["b3"]), 9)
    6.0
    """
    parameters = [net[label] for label in labels]
    _, slopes = value_and_grad(statquest.loss(net), parameters, backend="value")(*parameters)
    gradient = [slope.data for slope in slopes]  # g
    net.zero_grad()
    sum(map(mul, slopes, gradient), Value(0.0)).backward()  # .grad is Hg, with the Hessian matrix H
    product = [parameter.grad for parameter in parameters]
    return sum(map(mul, product, gradient), 0.0) / sum(map(mul, gradient, gradient), 0.0)


def descent_text(descent: Descent) -> str:
    """Return the parameters, the steps and the outcome of a descent as text."""
    fixed = {each.label: each.data for each in descent.net.parameters() if each.label not in descent.values}
    return wrapped(f"""\
Parameters to optimise: {", ".join(descent.values)}

Fixed parameters: {_listed(fixed) or "none"}

{steps_text(descent)}""")


def steps_text(descent: Descent, width: int = 0) -> str:
    """Return the formula of a step, a table of the steps, and how the descent ended.

    The table has the first ten steps, every hundredth step and the last step. Long descents show fewer steps.
    """
    labels, count = list(descent.values), len(descent.steps)
    shown = 4 if len(labels) == 1 else 2 if len(labels) <= 3 else 1  # more columns would be too wide
    every = 100 * max(1, count // 2000)
    heads, rows, sized = ["step", "SSR"], [], partial(_decisive, descent.tolerance)
    for label in labels:
        heads += [label, "slope", "step size", f"new {label}"][:shown]
    for number, step in enumerate(descent.steps, start=1):
        if number <= 10 or number % every == 0 or number == count:
            columns = [step.values, step.gradients, step.step_sizes, step.new_values][:shown]
            formats = [sized if column is step.step_sizes else digits for column in columns] * len(labels)
            numbers = [column[label] for label in labels for column in columns]
            rows.append([str(number), _short(step.loss, ssr_digits), *map(_short, numbers, formats)])
    return f"""\
  step size = slope x learning rate     with learning rate {descent.learning_rate:g}
  new value = old value - step size

{table(heads, rows, width)}

Each row shows the SSR before its step.

{outcome(descent)}"""


def _short(number: float, shown_as: Callable[[float], str] = digits) -> str:
    """Return a number as text, with one digit from 1e5 on, so that seven huge numbers fit into one row."""
    return f"{number:.0e}" if abs(number) >= 1e5 else shown_as(number)


def _decisive(tolerance: float, number: float) -> str:
    """Return a step size with enough digits to compare it with the tolerance."""
    tries = [digits(number), *(f"{number:.{count}g}" for count in range(2, 18))]
    compared = [(abs(size) < tolerance, abs(size) > tolerance) for size in map(float, tries)]
    return tries[compared.index(compared[-1])]  # 17 digits are exact


def _listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{label} = {digits(number)}" for label, number in values.items())


def outcome(descent: Descent) -> str:
    """Return how the descent ended: it diverged, converged, or reached max_steps."""
    steps = f"{len(descent.steps)} step{'s' * (len(descent.steps) != 1)}"
    rate, ssr, one = descent.learning_rate, ssr_digits(descent.ssr), len(descent.values) == 1
    if descent.diverged:
        end = "a number was too large for a float" if descent.overflow else f"the SSR was {ssr}"
        return (
            f"Gradient descent diverged: after {steps} {end}. "
            f"Try a learning rate smaller than {rate:g}, such as {min(0.1, rate / 10):g}."
        )
    end = "converged" if descent.converged else "has not yet converged"
    small = "" if descent.converged else "not "
    sizes = f"The last step size is {small}" if one else f"The last step sizes are {small and 'not all '}"
    return (
        f"Gradient descent {end} after {steps}. {sizes}closer to zero than {descent.tolerance:g}. "
        f"The descent ended at {_listed(descent.values)}. After the last step the SSR is {ssr}."
    )
