"""The walkthroughs of b3, of three and of all seven parameters. Values and `backward` compute every number."""

from __future__ import annotations

from math import prod
from statistics import fmean
from typing import Any

from micrograd_sq import statquest
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.statquest import training
from micrograd_sq.statquest.text import INDENT, columns, digits, in_chapters, ssr_digits, table
from micrograd_sq.statquest.training import Descent

TESTED = (0.0, 1.0, 2.0, 3.0)  # values of b3


def b3_document(descent: Descent) -> dict[str, Any]:
    """Return the numbers of the b3 walkthrough, unrounded, for JSON."""
    net = statquest.network(**descent.start)
    predictions = [statquest.predict(net, dosage) for dosage in statquest.DOSAGES]
    ssr(statquest.OBSERVED, predictions).backward()
    return {
        "dosages": list(statquest.DOSAGES),
        "observed": list(statquest.OBSERVED),
        "predicted": [predicted.data for predicted in predictions],
        "residuals": _residuals(net),
        "ssr_at": [{"b3": b3, "ssr": _ssr(b3)} for b3 in TESTED],
        "chain_rule": [
            {"dosage": dosage, "d_ssr_d_predicted": predicted.grad}  # predicted = curves + b3
            | {"d_predicted_d_b3": predicted.d_right, "product": predicted.grad * predicted.d_right}
            for dosage, predicted in zip(statquest.DOSAGES, predictions, strict=True)
        ],
        "slope": net["b3"].grad,
        "steps": [
            {"index": step.index, "b3": step.values["b3"], "ssr": step.loss, "slope": step.gradients["b3"]}
            | {"step_size": step.step_sizes["b3"], "new_b3": step.new_values["b3"]}
            for step in descent.steps
        ],
        "b3": descent.values["b3"],
        "converged": descent.converged,
    }


def _residuals(net: MLP) -> list[float]:
    pairs = zip(statquest.DOSAGES, statquest.OBSERVED, strict=True)
    return [observed - statquest.predict(net, dosage).data for dosage, observed in pairs]


def _ssr(b3: float) -> float:
    return statquest.loss(statquest.network(b3)).data


def b3_text(descent: Descent) -> str:
    """Return the walkthrough of b3 as text, in chapters."""
    start, numbers = descent.start["b3"], b3_document(descent)
    summary = f"""\
  1. Start with some value for the unknown parameter: b3 = {start:g}.
  2. Compute the derivative of the SSR with the chain rule: {digits(numbers["slope"])}.
  3. Subtract the step size, slope x learning rate, from b3.
  4. Repeat steps 2 and 3 until the step size is close to zero."""
    return in_chapters(
        ("0:00", "Introduction", _introduction(start)),
        ("3:55", "Fitting the network to the data", _fitting(start)),
        ("6:04", "The sum of the squared residuals", _squared_residuals(start, numbers)),
        ("7:23", "Testing different values for a parameter", _testing(start)),
        ("8:38", "Using the chain rule to calculate a derivative", _chain_rule(start, numbers)),
        ("13:28", "Using gradient descent", _gradient_descent(descent)),
        ("16:05", "Summary", summary),
    )


def _introduction(start: float) -> str:
    data = zip(statquest.DOSAGES, statquest.OBSERVED, strict=True)
    shown = {label: f"{label} = {number:.2f}" for label, number in statquest.OPTIMISED.items()}
    return f"""\
A drug was tested at three dosages, from 0 (low) to 1 (high). The drug was effective (1) or not (0):

{table(["dosage", "effective"], [[f"{dosage:g}", f"{effective:g}"] for dosage, effective in data])}

No straight line passes through all three data points. A neural network can fit a curve. The lesson's network has two
hidden nodes:

          {shown["w1"]:>10} .- softplus, {shown["b1"]} -. {shown["w3"]}
  dosage ----------<                          >- + b3 = predicted
          {shown["w2"]:>10} '- softplus, {shown["b2"]:<10} -' {shown["w4"]}

Six of the seven parameters are already optimised. Backpropagation starts with the last parameter, b3. The first guess
is b3 = {start:g}."""


def _fitting(start: float) -> str:
    net = statquest.network(start)
    labels = ("top x", "top y", "blue curve", "bottom x", "bottom y", "orange curve", "predicted")
    heads = ["dosage", "x", "y", "blue", "x", "y", "orange", "green"]
    rows = []
    for dosage in statquest.DOSAGES:
        values = statquest.labelled(statquest.predict(net, dosage))
        rows.append([f"{dosage:g}", *(values[label].data for label in labels)])
    return f"""\
In each hidden node, dosage x weight + bias is the x-axis coordinate. The node returns the y-axis coordinate,
softplus(x) = ln(1 + e^x). The y of the top node times w3 is the blue curve. The y of the bottom node times w4 is the
orange curve. The sum blue + orange + b3 is the green squiggle. The green squiggle is the prediction of the network.

{"top node":>22}{"bottom node":>25}
{table(heads, rows)}"""


def _squared_residuals(start: float, numbers: dict[str, Any]) -> str:
    columns = [numbers[name] for name in ("dosages", "observed", "predicted", "residuals")]
    points = zip(*columns, strict=True)
    rows = [[f"{dosage:g}", f"{observed:g}", *others] for dosage, observed, *others in points]
    squares = " + ".join(f"({digits(residual)})^2" for residual in numbers["residuals"])
    return f"""\
How well does the squiggle fit the data? A residual is observed - predicted. The residuals are squared, because positive
and negative residuals would cancel. The sum of the squared residuals (SSR) is small when the fit is good:

{table(["dosage", "observed", "predicted", "residual"], rows)}

  SSR = {squares} = {ssr_digits(_ssr(start))}"""


def _testing(start: float) -> str:
    small = 0.005 * max(1.0, abs(start))
    below, above = start - small, start + small
    change, width = _ssr(above) - _ssr(below), above - below
    return f"""\
Another b3 shifts the whole squiggle up or down, and changes the SSR:

{table(["b3", "SSR"], [[f"{b3:g}", ssr_digits(_ssr(b3))] for b3 in TESTED])}

Many such points form the pink curve. The best b3 is at the minimum of the pink curve. The slope tells in which
direction the minimum lies. Two points close to b3 = {start:g} give the slope:

{table(["b3", "SSR"], [[f"{b3:g}", f"{_ssr(b3):.8g}"] for b3 in (below, above)])}

The SSR changes by {change:.4g} when b3 changes by {width:g}. The slope is the quotient, about {digits(change / width)}.
The slope is the derivative of the SSR with respect to b3, d SSR / d b3. Libraries such as PyTorch call this derivative
the gradient of b3."""


def _chain_rule(start: float, numbers: dict[str, Any]) -> str:
    rows = [[f"{dosage:g}", *parts] for dosage, *parts in map(dict.values, numbers["chain_rule"])]
    return f"""\
b3 changes the predictions, and the predictions change the SSR. The chain rule multiplies the two derivatives:

  d SSR / d b3 = d SSR / d predicted x d predicted / d b3

First part: the derivative of residual^2 is 2 x residual. The derivative of the residual, observed - predicted, is -1.
The product of the two is -2 x (observed - predicted).

Second part: neither curve contains b3. The derivative of blue + orange + b3 with respect to b3 is 0 + 0 + 1 = 1.

{table(["dosage", "d SSR / d predicted", "d predicted / d b3", "product"], rows)}

The SSR is the sum of three squares, one for each data point. So the derivative of the SSR is the sum of the three
products. The slope at b3 = {start:g} is {digits(numbers["slope"])}."""


def _gradient_descent(descent: Descent) -> str:
    curvature = training.curvature_along_step(statquest.network(), ["b3"])  # for every b3
    second, rate = f"{curvature:.3g}", descent.learning_rate
    minimum = fmean(_residuals(statquest.network(b3=0.0)))  # There the residuals, and so the slopes, add up to zero.
    return f"""\
The slope is steep far from the minimum, and flat close to the minimum. So the step size is proportional to the slope.
(Many texts call the learning rate itself the step size.)

{training.steps_text(descent, columns(INDENT))}

How large may the learning rate be? The slope changes by {second} when b3 changes by 1. This number is the second
derivative: 2 for each of the three data points. At a distance d from the minimum the slope is {second} d, and the step
size is {second} d x learning rate. So one step multiplies the distance by the factor 1 - {second} x learning rate. For
the learning rate {rate:g} this factor is {1.0 - curvature * rate:.4g}. The descent converges if the factor lies between -1
and 1. So the learning rate must be below 2 / second derivative = 1/3. If the factor is negative, each step jumps over
the minimum.

The minimum is at b3 = {minimum:.5g}. The descent ended at b3 = {descent.values["b3"]:.5g}."""


def three_text(descent: Descent) -> str:
    """Return the walkthrough of w3, w4 and b3 as text, in chapters."""
    solution = """\
The hidden nodes are fixed, so three parameters must fit three data points. Exactly one solution has the SSR 0:
w3 = -1.22, w4 = -2.30 and b3 = 2.61. These are the values of the video. The slopes become small long before the
minimum. So a small step does not prove that the minimum is close. For example, the learning rate 0.1 and the tolerance
0.001 stop the descent at b3 = 2.52."""
    return in_chapters(
        ("1", "Three parameters to optimise", _initial(descent)),
        ("2", "Three derivatives", _three_derivatives(descent)),
        ("3", "Gradient descent", training.steps_text(descent, columns(INDENT))),
        ("4", "The minimum", solution),
    )


def _three_derivatives(descent: Descent) -> str:
    net = statquest.network(**descent.start)
    rows = []
    for dosage, residual in zip(statquest.DOSAGES, _residuals(net), strict=True):
        values = statquest.labelled(statquest.predict(net, dosage))
        outer = -2.0 * residual
        row = [f"{dosage:g}", outer]
        for inner in (values["top y"].data, values["bottom y"].data, 1.0):
            row += [inner, outer * inner]
        rows.append(row)
    slopes = descent.steps[0].gradients.values()
    sums = ["", "sum", *(cell for slope in slopes for cell in ("", slope))]
    heads = ["dosage", "outer", "top y", "product", "bottom y", "product", "1", "product"]
    return f"""\
The chain rule multiplies an outer and an inner derivative. The outer derivative is d SSR / d predicted. For all three
parameters the outer derivative is -2 x (observed - predicted). The prediction is top y x w3 + bottom y x w4 + b3. So
the inner derivatives are top y for w3, bottom y for w4, and 1 for b3.

{table(heads, [*rows, sums], columns(INDENT))}

Each data point contributes one product, and the products add up to the slope. Each slope describes a small change of
one parameter while the other parameters are fixed. For small steps the changes of the SSR add up. So gradient descent
changes all three parameters at once."""


def seven_text(descent: Descent) -> str:
    """Return the walkthrough of all seven parameters as text, in chapters."""
    return in_chapters(
        ("1", "Seven parameters to optimise", _initial(descent)),
        ("2", "The chain rule through softplus", _through_softplus()),
        ("3", "Gradient descent", training.steps_text(descent, columns(INDENT))),
        ("4", "The learning rate and the SSR", _curvatures(descent)),
        ("5", "The fit", _seven_fit(descent)),
    )


def _initial(descent: Descent) -> str:
    values = ", ".join(f"{label} = {number:.2f}" for label, number in descent.start.items())
    return f"The initial values are {values}. The SSR is {ssr_digits(descent.steps[0].loss)}."


def _through_softplus() -> str:
    square = ssr([statquest.OBSERVED[1]], [statquest.predict(statquest.network(), statquest.DOSAGES[1])])
    values = statquest.labelled(square)
    factors = {
        "2 x residual": square.d_left,
        "-1": values["residual"].d_right,
        "w3": values["blue curve"].d_left,
        "sigmoid(top x)": values["top y"].d_left,
        "dosage": values["top x"].left.d_right,
    }
    numbers = list(factors.values())
    rows = [[formula, f"{number:.4g}"] for formula, number in factors.items()]
    return f"""\
w1 and b1 change the input x of softplus. A change of w1 changes x, then softplus(x), then the blue curve. The blue
curve changes the prediction, the residual and the square. The chain rule multiplies the derivatives of these steps. The
derivative of softplus is the sigmoid, 1 / (1 + e^-x). These are the factors for w1 at the dosage 0.5. The other
parameters have the video's values, and b3 is 0:

{table(["factor", "number"], rows)}

  {" x ".join(shown for _, shown in rows)} = {prod(numbers):.4g}

The factors of the sums on this path are 1. The products of the other two dosages are added. For b1 the factor dosage is
missing, so the product is {prod(numbers[:-1]):.4g}. w3 is a factor in the gradients of w1 and b1 only."""


def _curvatures(descent: Descent) -> str:
    net = statquest.network(**descent.start)
    curvatures = {label: training.curvature_along_step(net, [label]) for label in descent.start}
    curvatures["together"] = training.curvature_along_step(net, descent.start)
    rows = [[name, number, digits(2.0 / number) if number > 0.0 else "none"] for name, number in curvatures.items()]
    return f"""\
A learning rate has a limit, 2 / second derivative, as for b3. Above the limit, a step overshoots the minimum so far
that the SSR rises. At the initial values, the limits are:

{table(["", "second derivative", "limit"], rows)}

The last row is for the step that all parameters take together. This limit is the lowest, because w3 and b3 change the
predictions in the same direction. The learning rate here is {descent.learning_rate:g}. The SSR can rise if the learning
rate is above the limit. The limit is approximate, because the curvature changes from step to step."""


def _seven_fit(descent: Descent) -> str:
    video = statquest.OPTIMISED | {"b3": statquest.B3}
    rows = [[name, f"{video[name]:.2f}", number] for name, number in descent.values.items()]
    steepest = max(abs(slope) for slope in descent.steps[-1].gradients.values())
    return f"""\
Seven parameters must fit only three data points. Many different values give a perfect fit, an SSR of 0. The initial
values and the steps decide where a descent ends:

{table(["parameter", "video", "here"], rows)}

The SSR is now {ssr_digits(descent.ssr)}. The steepest slope of the last step was {digits(steepest)}. If all slopes are
close to zero but the SSR is not, the descent is on a plateau. A flat slope is not the same as a good fit."""
