"""The walkthroughs of b3, of three and of all seven parameters. Values and `backward` compute every number."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from statistics import fmean
from typing import Any

from micrograd_sq import statquest
from micrograd_sq.engine import Value
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.number import operation_name
from micrograd_sq.statquest import training
from micrograd_sq.statquest.training import Descent
from micrograd_sq.text import digits, in_chapters, paragraph, ssr_digits, table

WIDTH = 73  # of a chapter's text
TESTED = (0.0, 1.0, 2.0, 3.0)  # values of b3


@dataclass(frozen=True)
class Lesson:
    """The lesson's numbers for a first b3.

    Attributes:
        predictions: the predictions for the three dosages.
        chain_rule: for each dosage both parts of the chain rule, and their product.
        slope: the derivative of the SSR with respect to b3.
    """

    start: float
    predictions: list[Value]
    chain_rule: list[dict[str, float]]
    slope: float
    descent: Descent

    @property
    def residuals(self) -> list[float]:
        """The residuals, observed - predicted."""
        pairs = zip(statquest.OBSERVED, self.predictions, strict=True)
        return [observed - predicted.data for observed, predicted in pairs]

    @property
    def minimum(self) -> float:
        """The b3 at which the residuals, and so the slopes, add up to zero."""
        pairs = zip(statquest.OBSERVED, self.predictions, strict=True)
        return fmean(observed - predicted.operands[0].data for observed, predicted in pairs)

    @property
    def b3(self) -> float:
        """The last b3 of the descent."""
        return self.descent.values["b3"]

    def document(self) -> dict[str, Any]:
        """Return the lesson's numbers, unrounded, for JSON."""
        return {
            "dosages": list(statquest.DOSAGES),
            "observed": list(statquest.OBSERVED),
            "predicted": [predicted.data for predicted in self.predictions],
            "residuals": self.residuals,
            "ssr_at": [{"b3": b3, "ssr": _ssr(b3)} for b3 in TESTED],
            "chain_rule": self.chain_rule,
            "slope": self.slope,
            "steps": [
                {
                    "index": step.index,
                    "b3": step.values["b3"],
                    "ssr": step.loss,
                    "slope": step.gradients["b3"],
                    "step_size": step.step_sizes["b3"],
                    "new_b3": step.new_values["b3"],
                }
                for step in self.descent.steps
            ],
            "b3": self.b3,
            "converged": self.descent.converged,
        }


def b3_lesson(
    start: float = 0.0, learning_rate: float = 0.1, tolerance: float = 0.001, max_steps: int = 1000
) -> Lesson:
    """Compute the lesson: the fit, the SSR, its derivative, and the descent.

    Args:
        start: the first b3.
        learning_rate, tolerance, max_steps: as for `training.descend`, whose errors are raised too.

    >>> round(b3_lesson().b3, 2)
    2.61
    """
    trained = statquest.network(start)
    descent = training.descend(trained, ["b3"], learning_rate, tolerance, max_steps)
    net = statquest.network(start)
    b3 = net["b3"]
    predictions = [statquest.predict(net, dosage) for dosage in statquest.DOSAGES]
    ssr(statquest.OBSERVED, predictions).backward()
    slope = b3.grad
    chain_rule = []
    for dosage, predicted in zip(statquest.DOSAGES, predictions, strict=True):
        parts = {"dosage": dosage, "d_ssr_d_predicted": predicted.grad}
        b3.grad = 0.0
        predicted.backward()  # the second part: the derivative of the prediction alone
        parts["d_predicted_d_b3"] = b3.grad
        parts["product"] = parts["d_ssr_d_predicted"] * b3.grad
        chain_rule.append(parts)
    return Lesson(start, predictions, chain_rule, slope, descent)


def _ssr(b3: float) -> float:
    return statquest.loss(statquest.network(b3)).data


def lesson_text(lesson: Lesson) -> str:
    """Return the walkthrough of b3, at most 80 columns wide."""
    return in_chapters(
        [
            ("0:00", "Introduction", _introduction(lesson)),
            ("3:55", "Fitting the network to the data", _fitting(lesson)),
            ("6:04", "The sum of the squared residuals", _squared_residuals(lesson)),
            ("7:23", "Testing different values for a parameter", _testing(lesson)),
            ("8:38", "Using the chain rule to calculate a derivative", _chain_rule(lesson)),
            ("13:28", "Using gradient descent", _gradient_descent(lesson)),
            ("16:05", "Summary", _summary(lesson)),
        ]
    )


def _introduction(lesson: Lesson) -> str:
    data = zip(statquest.DOSAGES, statquest.OBSERVED, strict=True)
    shown = {label: f"{label} = {number:.2f}" for label, number in statquest.OPTIMISED.items()}
    return f"""\
A drug was tested at three dosages, from 0 (low) to 1 (high). The drug
was effective (1) or not (0):

{table(["dosage", "effective"], [[f"{dosage:g}", f"{effective:g}"] for dosage, effective in data])}

No straight line passes through all three data points. A neural network
can fit a curve. The lesson's network has two hidden nodes:

           {shown["w1"]:>10}  .-- softplus, {shown["b1"]} --.  {shown["w3"]}
   dosage ----------<                            >------ + b3 = predicted
           {shown["w2"]:>10}  '-- softplus, {shown["b2"]:<10} --'  {shown["w4"]}

Six of the seven parameters are already optimised. Backpropagation starts
with the last parameter, b3. The first guess is b3 = {lesson.start:g}."""


def _fitting(lesson: Lesson) -> str:
    labels = ("top x", "top y", "blue curve", "bottom x", "bottom y", "orange curve", "predicted")
    heads = ["dosage", "x", "y", "blue", "x", "y", "orange", "green"]
    rows = []
    for predicted in lesson.predictions:
        values = statquest.labelled(predicted)
        numbers = [digits(values[label].data) for label in labels]
        rows.append([f"{values['dosage'].data:g}", *numbers])
    return f"""\
In each hidden node, dosage x weight + bias is the x-axis coordinate.
The node returns the y-axis coordinate, softplus(x) = ln(1 + e^x).
The y of the top node times w3 is the blue curve. The y of the bottom
node times w4 is the orange curve. The sum blue + orange + b3 is the
green squiggle. The green squiggle is the prediction of the network.

{"top node":>22}{"bottom node":>25}
{table(heads, rows)}"""


def _squared_residuals(lesson: Lesson) -> str:
    rows = [
        [f"{dosage:g}", f"{effective:g}", digits(predicted.data), digits(residual)]
        for dosage, effective, predicted, residual in zip(
            statquest.DOSAGES, statquest.OBSERVED, lesson.predictions, lesson.residuals, strict=True
        )
    ]
    squares = " + ".join(f"({digits(residual)})^2" for residual in lesson.residuals)
    return f"""\
How well does the squiggle fit the data? A residual is observed -
predicted. The residuals are squared, because positive and negative
residuals would cancel. The sum of the squared residuals (SSR) is small
when the fit is good:

{table(["dosage", "observed", "predicted", "residual"], rows)}

  SSR = {squares} = {ssr_digits(_ssr(lesson.start))}"""


def _testing(lesson: Lesson) -> str:
    rows = [[f"{b3:g}", ssr_digits(_ssr(b3))] for b3 in TESTED]
    small = 0.005 * max(1.0, abs(lesson.start))
    below, above = lesson.start - small, lesson.start + small
    around = [[f"{b3:g}", f"{_ssr(b3):.8g}"] for b3 in (below, above)]
    change, width = _ssr(above) - _ssr(below), above - below
    derivative = (
        f"The SSR changes by {change:.4g} when b3 changes by {width:g}. The slope is the quotient, about "
        f"{digits(change / width)}. The slope is the derivative of the SSR with respect to b3, d SSR / d b3. "
        "Libraries such as PyTorch call this derivative the gradient of b3."
    )
    return f"""\
Another b3 shifts the whole squiggle up or down, and changes the SSR:

{table(["b3", "SSR"], rows)}

Many such points form the pink curve. The best b3 is at the minimum of
the pink curve. The slope tells in which direction the minimum lies.
Two points close to b3 = {lesson.start:g} give the slope:

{table(["b3", "SSR"], around)}

{paragraph(derivative, WIDTH)}"""


def _chain_rule(lesson: Lesson) -> str:
    rows = [
        [f"{parts['dosage']:g}", *(digits(number) for number in list(parts.values())[1:])]
        for parts in lesson.chain_rule
    ]
    return f"""\
b3 changes the predictions, and the predictions change the SSR. The chain
rule multiplies the two derivatives:

  d SSR / d b3 = d SSR / d predicted x d predicted / d b3

First part: the derivative of residual^2 is 2 x residual. The derivative
of the residual, observed - predicted, is -1. The product of the two is
-2 x (observed - predicted).
Second part: neither curve contains b3. The derivative of blue + orange
+ b3 with respect to b3 is 0 + 0 + 1 = 1.

{table(["dosage", "d SSR / d predicted", "d predicted / d b3", "product"], rows)}

The SSR is the sum of three squares, one for each data point. So the
derivative of the SSR is the sum of the three products. The slope at
b3 = {lesson.start:g} is {digits(lesson.slope)}."""


def _gradient_descent(lesson: Lesson) -> str:
    curvature = training.curvature_along_step(statquest.network(), ["b3"])  # for every b3
    rate = lesson.descent.learning_rate
    limit = (
        f"How large may the learning rate be? The slope changes by {curvature:.3g} when b3 changes by 1. This "
        "number is the second derivative: 2 for each of the three data points. At a distance d from the minimum "
        f"the slope is {curvature:.3g} d, and the step size is {curvature:.3g} d x learning rate. "
        f"After the step, the distance is d times 1 - {curvature:.3g} x learning rate. "
        f"For the learning rate {rate:g} this factor is {1.0 - curvature * rate:.4g}. The descent converges if "
        "the factor lies between -1 and 1, so the learning rate must be below 2 / second derivative = 1/3. "
        "If the factor is negative, each step jumps over the minimum."
    )
    return f"""\
The slope is steep far from the minimum, and flat close to the minimum.
So the step size is proportional to the slope. (Many texts call the
learning rate itself the step size.)

{training.steps_text(lesson.descent, WIDTH)}

{paragraph(limit, WIDTH)}

The minimum is at b3 = {lesson.minimum:.5g}. The descent ended at b3 = {lesson.b3:.5g}."""


def _summary(lesson: Lesson) -> str:
    return f"""\
1. Start with some value for the unknown parameter: b3 = {lesson.start:g}.
2. Compute the derivative of the SSR with the chain rule: {digits(lesson.slope)}.
3. Subtract the step size, slope x learning rate, from b3.
4. Repeat steps 2 and 3 until the step size is close to zero.

Every number above was computed by Values and their backward()."""


def factors(root: Value, leaf: Value) -> list[tuple[str, float]]:
    """Return the local derivatives on the only path from root to leaf, each with its formula.

    Sums are left out, because their local derivative is 1.

    >>> net = statquest.network()
    >>> total = ssr([1], [statquest.predict(net, 0.5)])
    >>> for formula, number in factors(total, net["w1"]):
    ...     print(f"{formula}: {number:.4g}")
    2 x residual: 5.218
    -1: -1
    w3: -1.22
    sigmoid(top x): 0.5597
    dosage: 0.5
    """
    paths: list[tuple[Value, list[tuple[str, float]]]] = [(root, [])]
    while paths:
        node, found = paths.pop()
        if node is leaf:
            return found
        for place, operand in enumerate(node.operands):
            formula = {
                "** 2.0": f"2 x {operand.label}",
                "-": "-1" if place else "1",
                "*": node.operands[place - 1].label,  # the other operand
                "softplus": f"sigmoid({operand.label})",
            }.get(operation_name(node))
            factor = [(formula, node.local_derivatives[place])] if formula else []
            paths.append((operand, found + factor))
    raise ValueError(f"{leaf!r} is not in the graph of {root!r}")


def three_text(descent: Descent) -> str:
    """Return the walkthrough of w3, w4 and b3, at most 80 columns wide."""
    return in_chapters(
        [
            ("1", "Three parameters to optimise", _initial(descent)),
            ("2", "Three derivatives", _three_derivatives(descent)),
            ("3", "Gradient descent", training.steps_text(descent, WIDTH)),
            (
                "4",
                "The minimum",
                """\
The hidden nodes are fixed, so three parameters must fit three data
points. Exactly one solution has the SSR 0: w3 = -1.22, w4 = -2.30 and
b3 = 2.61, the values of the video. A descent approaches the solution
slowly, because the slopes become small long before the minimum. So
small steps do not prove that the minimum is close. For example, the
learning rate 0.1 and the tolerance 0.001 stop the descent at b3 = 2.52.""",
            ),
        ]
    )


def _three_derivatives(descent: Descent) -> str:
    net, first = _initial_network(descent), descent.steps[0]
    rows = []
    for dosage, observed in zip(statquest.DOSAGES, statquest.OBSERVED, strict=True):
        values = statquest.labelled(statquest.predict(net, dosage))
        outer = -2.0 * (observed - values["predicted"].data)
        row = [f"{dosage:g}", digits(outer)]
        for inner in (values["top y"].data, values["bottom y"].data, 1.0):
            row += [digits(inner), digits(outer * inner)]
        rows.append(row)
    sums = ["", "sum"]
    for slope in first.gradients.values():
        sums += ["", digits(slope)]
    heads = ["dosage", "outer", "top y", "product", "bottom y", "product", "1", "product"]
    return f"""\
The chain rule multiplies an outer and an inner derivative. The outer
derivative is the same for all three parameters:
d SSR / d predicted = -2 x (observed - predicted). The inner derivatives
follow from predicted = top y x w3 + bottom y x w4 + b3. They are top y
for w3, bottom y for w4, and 1 for b3.

{table(heads, [*rows, sums], WIDTH)}

Each data point contributes one product, and the products add up to the
slope. Each slope describes a small change of one parameter while the
other parameters are fixed. For small steps the changes of the SSR add
up, so gradient descent changes all three parameters at once."""


def seven_text(descent: Descent) -> str:
    """Return the walkthrough of all seven parameters, at most 80 columns wide."""
    return in_chapters(
        [
            ("1", "Seven parameters to optimise", _initial(descent)),
            ("2", "The chain rule through softplus", _through_softplus()),
            ("3", "Gradient descent", training.steps_text(descent, WIDTH)),
            ("4", "The learning rate and the SSR", _curvatures(descent)),
            ("5", "The fit", _seven_fit(descent)),
        ]
    )


def _initial(descent: Descent) -> str:
    first = descent.steps[0]
    values = ", ".join(f"{name} = {number:.2f}" for name, number in first.values.items())
    text = f"The initial values are {values}. The SSR is {ssr_digits(first.loss)}."
    return paragraph(text, WIDTH)


def _initial_network(descent: Descent) -> MLP:
    net = statquest.network()
    net.load(descent.steps[0].values)
    return net


def _through_softplus() -> str:
    net = statquest.network()
    root = ssr([statquest.OBSERVED[1]], [statquest.predict(net, statquest.DOSAGES[1])])
    chains = {name: factors(root, net[name]) for name in ("w1", "b1")}
    rows = [[formula, f"{number:.4g}"] for formula, number in chains["w1"]]
    w1, b1 = (prod(number for _, number in chain) for chain in chains.values())
    numbers = " x ".join(f"{number:.4g}" for _, number in chains["w1"])
    return f"""\
w1 and b1 change the input x of softplus. A change of w1 changes x, then
softplus(x), the blue curve, the prediction, the residual and its square.
The chain rule multiplies the derivatives of these steps. The derivative
of softplus is the sigmoid, 1 / (1 + e^-x). For example, these are the
factors for w1, with the video's values, b3 = 0 and the dosage 0.5:

{table(["factor", "number"], rows)}

  {numbers} = {w1:.4g}

The factors of the sums on this path are 1. The products of the other
two dosages are added. For b1 the factor dosage is missing, so the
product is {b1:.4g}. w3 is a factor for w1 and b1 only."""


def _curvatures(descent: Descent) -> str:
    net, first = _initial_network(descent), descent.steps[0]
    curvatures = {name: training.curvature_along_step(net, [name]) for name in first.values}
    curvatures["together"] = training.curvature_along_step(net, first.values)
    parameters = [[name, digits(number), _limit(number)] for name, number in curvatures.items()]
    steps = []
    for step in descent.steps[:6]:
        net.load(step.values)
        limit = _limit(training.curvature_along_step(net, step.values))
        steps.append([str(step.index + 1), ssr_digits(step.loss), limit])
    return f"""\
A learning rate has a limit, 2 / second derivative, as for b3. Above the
limit, a step overshoots the minimum so far that the SSR rises. At
the initial values, the limits are:

{table(["", "second derivative", "limit"], parameters)}

The last row is for the step that all parameters take together. This
limit is the lowest, because w3 and b3 change the predictions in the same
direction. The limit changes from step to step:

{table(["step", "SSR", "limit"], steps)}

The learning rate is {descent.learning_rate:g}. If the limit is lower, the SSR can rise. The
limit is approximate, because the curvature changes during a step."""


def _limit(curvature: float) -> str:
    return digits(2.0 / curvature) if curvature > 0.0 else "none"


def _seven_fit(descent: Descent) -> str:
    video = statquest.OPTIMISED | {"b3": statquest.B3}
    rows = [[name, f"{video[name]:.2f}", digits(number)] for name, number in descent.values.items()]
    steepest = max(abs(slope) for slope in descent.steps[-1].gradients.values())
    end = (
        f"The SSR is now {ssr_digits(descent.ssr)}. The steepest slope of the last step was {digits(steepest)}. "
        "If all slopes are close to zero but the SSR is not, the descent is on a plateau. "
        "A flat slope is not the same as a good fit."
    )
    return f"""\
Seven parameters must fit only three data points. Many different values
give a perfect fit, an SSR of 0. The initial values and the steps decide
where a descent ends:

{table(["parameter", "video", "here"], rows)}

{paragraph(end, WIDTH)}"""
