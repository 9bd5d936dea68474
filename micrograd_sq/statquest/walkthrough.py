"""The lesson told chapter by chapter: every number is computed by Values and `backward`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from statistics import fmean
from typing import Any

from micrograd_sq import statquest
from micrograd_sq.engine import topological_order
from micrograd_sq.losses import ssr
from micrograd_sq.statquest import training
from micrograd_sq.statquest.training import Descent
from micrograd_sq.text import digits, in_chapters, paragraph, ssr_digits, table

ROUNDED = 1e-15  # what is left of a distance, at most, for no other reason
NUDGE = 0.01  # of a b3 that is larger than 1, that part of it


@dataclass(frozen=True)
class ChainRule:
    """Both parts of the chain rule for one data point, and their product."""

    dosage: float
    d_ssr_d_predicted: float
    d_predicted_d_b3: float
    product: float


@dataclass(frozen=True)
class Lesson:
    """What the lesson computes on its way from a first b3 to the one that it settles on.

    `curves` holds, for each dosage, the data on the way to its prediction, by the labels of
    `statquest.predict`; `ssr_around` is the SSR by b3, half of `NUDGE` below the first and above.
    """

    start: float
    curves: list[dict[str, float]]
    residuals: list[float]
    ssr: float
    ssr_at: dict[float, float]
    ssr_around: dict[float, float]
    slope_of_slope: float
    chain_rule: list[ChainRule]
    slope: float
    descent: Descent

    @property
    def b3(self) -> float:
        """The b3 that the descent settled on."""
        return self.descent.values["b3"]

    def document(self) -> dict[str, Any]:
        """The lesson's numbers, unrounded, for JSON."""
        return {
            "dosages": list(statquest.DOSAGES),
            "observed": list(statquest.OBSERVED),
            "predicted": [values["predicted"] for values in self.curves],
            "residuals": self.residuals,
            "ssr_at": [{"b3": b3, "ssr": height} for b3, height in self.ssr_at.items()],
            "chain_rule": [asdict(parts) for parts in self.chain_rule],
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
    """Go through the lesson: fit, measure, differentiate, descend.

    Args:
        start: the first guess for b3.
        learning_rate, tolerance, max_steps: as for `training.descend`, whose errors it raises too.

    >>> round(b3_lesson().b3, 2)
    2.61
    """
    descent = training.descend(
        statquest.network(start), ["b3"], learning_rate, tolerance, max_steps
    )
    net = statquest.network(start)
    b3 = net["b3"]
    predictions = [statquest.predict(net, dosage) for dosage in statquest.DOSAGES]
    total = ssr(statquest.OBSERVED, predictions)
    total.backward()
    slope = b3.grad
    chain_rule = []
    for dosage, predicted in zip(statquest.DOSAGES, predictions, strict=True):
        d_ssr_d_predicted = predicted.grad
        b3.grad = 0.0
        predicted.backward()  # of the prediction alone: the second part of the chain rule
        chain_rule.append(
            ChainRule(dosage, d_ssr_d_predicted, b3.grad, d_ssr_d_predicted * b3.grad)
        )

    nudge = NUDGE * max(1.0, abs(start))
    ssr_around = {
        at: statquest.loss(statquest.network(at)).data
        for at in (start - nudge / 2, start + nudge / 2)
    }
    if not all(map(isfinite, ssr_around.values())):
        raise OverflowError("the start is too large: there is no finite SSR on both sides of it")
    return Lesson(
        start=start,
        curves=[
            {label: value.data for label, value in statquest.labelled(predicted).items()}
            for predicted in predictions
        ],
        residuals=[value.data for value in topological_order(total) if value.label == "residual"],
        ssr=total.data,
        ssr_at={at: statquest.loss(statquest.network(at)).data for at in (0.0, 1.0, 2.0, 3.0)},
        ssr_around=ssr_around,
        slope_of_slope=training.slope_of_slope(statquest.network(start), "b3"),
        chain_rule=chain_rule,
        slope=slope,
        descent=descent,
    )


def lesson_text(lesson: Lesson) -> str:
    """The lesson as text, at most 80 columns wide."""
    chapters = (
        ("0:00", "Introduction", _introduction),
        ("3:55", "Fitting the network to the data", _fitting),
        ("6:04", "The sum of the squared residuals", _squared_residuals),
        ("7:23", "Testing different values for a parameter", _testing),
        ("8:38", "Using the chain rule to calculate a derivative", _chain_rule),
        ("13:28", "Using gradient descent", _gradient_descent),
        ("16:05", "Summary", _summary),
    )
    return in_chapters([(time, title, text(lesson)) for time, title, text in chapters])


def _introduction(lesson: Lesson) -> str:
    data = zip(statquest.DOSAGES, statquest.OBSERVED, strict=True)
    shown = {label: f"{label} = {number:.2f}" for label, number in statquest.OPTIMISED.items()}
    return f"""\
Three doses of a drug, from 0 (low) to 1 (high), and whether each worked:

{table(["dosage", "effective"], [[f"{dosage:g}", f"{effective:g}"] for dosage, effective in data])}

No straight line passes near all three. The lesson bends one into shape,
with a network of two hidden nodes:

           {shown["w1"]:>10}  .-- softplus, {shown["b1"]} --.  {shown["w3"]}
   dosage ----------<                            >------ + b3 = predicted
           {shown["w2"]:>10}  '-- softplus, {shown["b2"]:<10} --'  {shown["w4"]}

Six of the seven parameters are already optimised. Backpropagation starts
with the last one, b3, and a first guess for it: b3 = {lesson.start:g}.
"""


def _fitting(lesson: Lesson) -> str:
    columns = ("dosage", "top x", "top y", "blue curve", "bottom x", "bottom y", "orange curve")
    heads = ["dosage", "x", "y", "blue", "x", "y", "orange", "green"]
    rows = [
        [
            f"{values['dosage']:g}",
            *(digits(values[label]) for label in (*columns[1:], "predicted")),
        ]
        for values in lesson.curves
    ]
    return f"""\
In a hidden node, dosage x weight + bias is a coordinate on the x-axis,
and softplus, ln(1 + e^x), gives the y that belongs to it. The top node's
y times w3 makes the blue curve, the bottom node's y times w4 the orange
one. Blue + orange + b3 is the green squiggle: the network's prediction.

{"top node":>22}{"bottom node":>25}
{table(heads, rows)}
"""


def _squared_residuals(lesson: Lesson) -> str:
    rows = [
        [f"{dosage:g}", f"{effective:g}", digits(values["predicted"]), digits(residual)]
        for dosage, effective, values, residual in zip(
            statquest.DOSAGES, statquest.OBSERVED, lesson.curves, lesson.residuals, strict=True
        )
    ]
    squares = " + ".join(f"({digits(residual)})^2" for residual in lesson.residuals)
    return f"""\
How well does the squiggle fit? A residual is observed - predicted.
Squared, so that none cancels another, and added up, the residuals make
one number to judge by, the sum of the squared residuals (SSR):

{table(["dosage", "observed", "predicted", "residual"], rows)}

  SSR = {squares} = {ssr_digits(lesson.ssr)}
"""


def _testing(lesson: Lesson) -> str:
    rows = [[f"{b3:g}", ssr_digits(height)] for b3, height in lesson.ssr_at.items()]
    (before, below), (after, above) = lesson.ssr_around.items()
    change, nudge = above - below, after - before
    derivative = (
        f"It moves by {change:.4g} for {nudge:g}, so by about {digits(change / nudge)} for 1. This is the "
        "derivative of the SSR in b3, d SSR / d b3. With several parameters there is one for each: together "
        "they are called the gradient, and in programs each is called its parameter's gradient."
    )
    moved = [[f"{b3:g}", f"{height:.8g}"] for b3, height in lesson.ssr_around.items()]
    return f"""\
Another b3 moves the whole squiggle up or down, and so changes the SSR:

{table(["b3", "SSR"], rows)}

Many such points draw the pink curve. We want the b3 at its lowest place,
and the slope of the curve tells in which direction that is. The slope is
how much the SSR moves for a small move of b3. From a little below
b3 = {lesson.start:g} to a little above:

{table(["b3", "SSR"], moved)}

{paragraph(derivative, 73)}
"""


def _chain_rule(lesson: Lesson) -> str:
    sum_of_products = (
        "A small move of b3 moves each of the three squares by its own product, and the SSR is their "
        f"sum. So the products add up, to the slope at b3 = {lesson.start:g}: {digits(lesson.slope)}."
    )
    rows = [
        [f"{parts.dosage:g}"]
        + [
            digits(part)
            for part in (parts.d_ssr_d_predicted, parts.d_predicted_d_b3, parts.product)
        ]
        for parts in lesson.chain_rule
    ]
    return f"""\
b3 changes the predictions, and the predictions change the SSR. The chain
rule multiplies the two:

  d SSR / d b3 = d SSR / d predicted x d predicted / d b3

First part: a squared residual changes by 2 x residual, and a residual,
observed - predicted, by -1: together -2 x (observed - predicted).
Second part: neither curve contains b3, so it is 0 + 0 + 1 = 1.

{table(["dosage", "d SSR / d predicted", "d predicted / d b3", "product"], rows)}

{paragraph(sum_of_products, 73)}
"""


def _gradient_descent(lesson: Lesson) -> str:
    rows = [
        [
            str(step.index + 1),
            digits(step.values["b3"]),
            ssr_digits(step.loss),
            digits(step.gradients["b3"]),
            digits(step.step_sizes["b3"]),
            digits(step.new_values["b3"]),
        ]
        for step in training.shown_steps(lesson.descent.steps)
    ]
    return f"""\
Where the slope is steep, the lowest place is far. So the step size is a
part of the slope, and the learning rate says how large a part:

  step size = slope x learning rate     with learning rate {lesson.descent.learning_rate:g}
  new b3    = old b3 - step size

{table(["step", "b3", "SSR", "slope", "step size", "new b3"], rows)}

{paragraph(training.outcome(lesson.descent), 73)}

{paragraph(_limit(lesson), 73)}
"""


def _limit(lesson: Lesson) -> str:
    """Where the learning rate's limit is, and what the one that was taken does."""
    bend, rate = lesson.slope_of_slope, lesson.descent.learning_rate
    left = 1.0 - bend * rate
    at_once = lesson.descent.converged and len(lesson.descent.steps) <= 2
    rounding = "" if at_once else ", but for what rounding leaves"
    what = (
        "the steps shrink by themselves"
        if left > ROUNDED
        else f"one step is enough{rounding}"
        if left >= -ROUNDED
        else "to and fro, but closer each time"
        if left > -1.0
        else "to and fro, never closer"
        if left == -1.0
        else "to and fro, and further away each time"
    )
    leaves = f"{left:.12g} of it" if isfinite(left) else "more than a float can tell"
    if leaves in ("1 of it", "-1 of it") and left != -1.0:
        leaves = f"about {leaves}"
    text = (
        f"How large may the learning rate be? The slope changes by {bend:.3g} for each unit of b3, 2 for "
        f"each dosage. So at a distance d from the lowest place the slope is {bend:.3g} d, and a step of {bend:.3g} d x "
        f"rate leaves 1 - {bend:.3g} x rate of the distance: with 1/3, the limit, all of it, on the other side. "
        f"With {rate:g} it leaves {leaves}: {what}."
    )
    if lesson.descent.converged:
        # Where the residuals add up to 0, and the slopes with them.
        lowest = fmean(
            observed - (values["blue curve"] + values["orange curve"])
            for observed, values in zip(statquest.OBSERVED, lesson.curves, strict=True)
        )
        text += (
            f" The lowest place itself is {lowest:.5g}; the descent stopped at "
            f"{lesson.b3:.5g}, as soon as a step was small enough."
        )
    return text


def _summary(lesson: Lesson) -> str:
    last = (
        "The steps went further and further away. Take a smaller learning rate."
        if lesson.descent.diverged and len(lesson.descent.steps) > 1
        else "The numbers became too large. Take a smaller learning rate."
        if lesson.descent.diverged
        else "Step against it, and again from the new b3, until the steps are close to\nzero."
    )
    return f"""\
Start with some value for the unknown parameter: b3 = {lesson.start:g}.
Take the derivative of the SSR there with the chain rule: {digits(lesson.slope)}.
{last}

Every number above was computed by Values and their backward().
"""
