"""Gradient descent for any of the lesson's seven parameters: run it, keep its steps, tell them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_sq import statquest
from micrograd_sq.descent import Step, sgd
from micrograd_sq.engine import Value
from micrograd_sq.nn import MLP
from micrograd_sq.straightline import value_and_grad
from micrograd_sq.text import digits, paragraph, ssr_digits, table

FLAT = 0.001  # where every slope is closer to zero, a descent without a good fit is stuck
GROWN = 100.0  # times the first SSR: a descent that ends above has diverged. On the way down, it may rise.


@dataclass(frozen=True)
class Descent:
    """What a descent did: its steps, and where it left the parameters that it optimised.

    `values` are by label, and `ssr` is the SSR there: inf where it is too large for a float.
    `failure` is empty, or says how the descent left the finite numbers.
    """

    net: MLP
    learning_rate: float
    tolerance: float
    steps: list[Step]
    values: dict[str, float]
    ssr: float
    failure: str

    @property
    def converged(self) -> bool:
        """Whether the last step was smaller than the tolerance in every parameter, and left an SSR."""
        return not self.failure and math.isfinite(self.ssr) and self.steps[-1].converged

    @property
    def diverged(self) -> bool:
        """Whether the SSR left the finite numbers, or ended a hundred times as high as it began, and still growing."""
        if self.failure or not math.isfinite(self.ssr):
            return True
        if self.converged:
            return False
        losses = [step.loss for step in self.steps]
        half = losses[: (len(losses) + 1) // 2]
        # Some bounce away, and stay; some come back.
        return self.ssr > max(GROWN * half[0], 2.0 * max(half), losses[-1])

    def document(self) -> dict[str, Any]:
        """The descent's numbers, unrounded, for JSON."""
        return {
            "steps": [
                {
                    "index": step.index,
                    "ssr": step.loss,
                    "values": step.values,
                    "gradients": step.gradients,
                    "step_sizes": step.step_sizes,
                    "new_values": step.new_values,
                }
                for step in self.steps
            ],
            "values": self.values,
            "ssr": self.ssr if math.isfinite(self.ssr) else None,
            "converged": self.converged,
        }


def start_network(
    parameters: Sequence[str], settings: Mapping[str, float], seed: int | None
) -> MLP:
    """The lesson's network, ready to optimise some of its parameters.

    Args:
        parameters: labels of those to optimise. Without a seed they start from the lesson's
            values, and b3 from 0; the others stay at the lesson's values, and b3 at 2.61.
        settings: other values to start from, or to stay at.
        seed: draws the weights to optimise from a standard normal, and sets their biases to 0.

    >>> start_network(["b3"], {}, None)["b3"].data, start_network(["w3"], {}, None)["b3"].data
    (0.0, 2.61)
    """
    net = statquest.network(0.0 if "b3" in parameters else statquest.B3)
    if seed is not None:
        drawn = MLP(1, [2, 1], seed=seed)
        net.load({label: drawn[label].data for label in parameters})
    net.load(settings)
    return net


def descend(
    net: MLP,
    parameters: Sequence[str],
    learning_rate: float = 0.1,
    tolerance: float = 1e-6,
    max_steps: int = 1000,
    watch: Callable[[Iterator[Step]], Iterable[Step]] = iter,
) -> Descent:
    """Optimise some of a network's parameters for the lesson's data, and keep every step.

    Args:
        net: the network; its parameters change.
        parameters: labels of those to optimise.
        learning_rate, tolerance, max_steps: as for `sgd`, whose errors it raises too, but for the
            one of a descent that leaves the finite numbers: that one is told in `failure`.
        watch: passes the steps on, and may show how many have been taken.

    Raises:
        OverflowError: the start values are so large that there is no SSR to start from.

    >>> net = start_network(["w3", "w4", "b3"], statquest.THREE, seed=None)
    >>> descent = descend(net, ["w3", "w4", "b3"])
    >>> {label: round(number, 2) for label, number in descent.values.items()}
    {'w3': -1.22, 'w4': -2.3, 'b3': 2.61}
    """
    optimised = [net[label] for label in parameters]
    taken = sgd(lambda: statquest.loss(net), optimised, learning_rate, tolerance, max_steps)
    if not math.isfinite(_ssr(net)):
        raise OverflowError("the start values are too large: there is no finite SSR to start from")
    steps: list[Step] = []
    failure = ""
    try:
        for step in watch(taken):
            steps.append(step)  # noqa: PERF402 - keeps the steps before an error, for sure
    except FloatingPointError as error:
        failure = str(error)
    values = {parameter.label: parameter.data for parameter in optimised}
    return Descent(net, learning_rate, tolerance, steps, values, _ssr(net), failure)


def _ssr(net: MLP) -> float:
    """The SSR as it is now; inf where it is too large for a float."""
    try:
        return statquest.loss(net).data
    except OverflowError:
        return math.inf


def slope_of_slope(net: MLP, label: str) -> float:
    """The second derivative of the SSR in a parameter: by how much its slope changes for each unit.

    >>> round(slope_of_slope(statquest.network(), "b3"), 9)
    6.0
    """
    parameter = net[label]
    f = value_and_grad(statquest.loss(net), [parameter], backend="value")
    _, (slope,) = f(parameter)
    parameter.grad = 0.0
    slope.backward()
    return parameter.grad


def slope_of_slope_along_step(net: MLP, labels: Iterable[str]) -> float:
    """The second derivative of the SSR along the step that some parameters take together.

    It is the mean of the second derivatives, of pairs of parameters too, weighted by both slopes: gHg / gg.
    """
    parameters = [net[label] for label in labels]
    _, slopes = value_and_grad(statquest.loss(net), parameters, backend="value")(*parameters)
    numbers = [slope.data for slope in slopes]
    for parameter in parameters:
        parameter.grad = 0.0
    terms = [slope * number for slope, number in zip(slopes, numbers, strict=True)]
    sum(terms, Value(0.0)).backward()
    bends = [parameter.grad * number for parameter, number in zip(parameters, numbers, strict=True)]
    bend: float = sum(bends) / sum(number * number for number in numbers)
    return bend


def shown_steps(steps: Sequence[Step]) -> list[Step]:
    """The first ten steps, every hundredth, and the last: a table of these shows any descent."""
    return [
        step
        for number, step in enumerate(steps, start=1)
        if number <= 10 or number % 100 == 0 or number == len(steps)
    ]


def descent_text(descent: Descent) -> str:
    """The descent as text, at most 80 columns wide."""
    held = {
        parameter.label: parameter.data
        for parameter in descent.net.parameters()
        if parameter.label not in descent.values
    }
    story = f"Gradient descent optimises {', '.join(descent.values)}" + (
        f"; the others stay as they are: {_listed(held)}." if held else "."
    )
    return f"""\
{paragraph(story)}

  step size = slope x learning rate     with learning rate {descent.learning_rate:g}
  new value = old value - step size

{steps_table(descent)}

{paragraph(ending(descent))}"""


def ending(descent: Descent) -> str:
    """How the descent ended, and how good the fit is."""
    if descent.diverged:
        return outcome(descent)
    first, now = ssr_digits(descent.steps[0].loss), ssr_digits(descent.ssr)
    return f"{outcome(descent)} The SSR was {first} at the start, and is {now} now."


def steps_table(descent: Descent, width: int = 80) -> str:
    """Its steps, or the first, every hundredth and the last."""
    with_slopes = len(descent.values) <= 3  # of more, only the values fit in 80 columns
    heads = ["step", "SSR"]
    for label in descent.values:
        heads += [label, "slope"] if with_slopes else [label]
    rows = []
    for step in shown_steps(descent.steps):
        row = [str(step.index + 1), _short(step.loss, ssr_digits)]
        for label, number in step.values.items():
            row.append(_short(number))
            if with_slopes:
                row.append(_short(step.gradients[label]))
        rows.append(row)
    return table(heads, rows, width)


def _short(number: float, shown_as: Callable[[float], str] = digits) -> str:
    """At most seven characters, so that seven huge numbers fit beside one another."""
    huge = f"{number:.1e}".replace("e+0", "e").replace("e+", "e")
    return shown_as(number) if abs(number) < 1e5 else huge


def _listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{label} = {digits(number)}" for label, number in values.items())


def outcome(descent: Descent) -> str:
    """How the descent ended, in a sentence or two."""
    steps = f"{len(descent.steps)} step{'' if len(descent.steps) == 1 else 's'}"
    if descent.diverged:
        end = (
            "the numbers were too large for a float"
            if descent.failure or not math.isfinite(descent.ssr)
            else f"the SSR was {_short(descent.ssr, ssr_digits)}"
        )
        rate = descent.learning_rate
        how = (
            f"the steps overshot the lowest place further and further, until after {steps}"
            if len(descent.steps) > 1
            else f"after {steps}"
            if descent.steps
            else "at the first step"
        )
        return (
            f"Gradient descent diverged: {how} {end}. Try a learning rate smaller than {rate:g}, "
            f"such as {0.1 if rate > 0.1 else rate / 10:g}."
        )
    one = len(descent.values) == 1
    if descent.converged:
        return (
            f"{'The last step size is' if one else 'The last step sizes are'} closer to zero than "
            f"{descent.tolerance:g}, so gradient descent stops after {steps}, at "
            f"{_listed(descent.values)}."
        )
    return (
        f"After {steps} the step {'size is' if one else 'sizes are'} not yet closer to zero than "
        f"{descent.tolerance:g}; so far, {_listed(descent.values)}."
    )
