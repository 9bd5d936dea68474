"""The next lessons told chapter by chapter: three parameters, then all seven, each derivative in numbers."""

from __future__ import annotations

from itertools import pairwise
from math import inf, prod

from micrograd_sq import statquest
from micrograd_sq.descent import Step
from micrograd_sq.engine import Value
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.number import operation_name
from micrograd_sq.statquest import training
from micrograd_sq.statquest.training import Descent
from micrograd_sq.text import digits, in_chapters, paragraph, ssr_digits, table

WIDTH = 73  # of a chapter's text
ROUNDING = 1e-12  # so much may the SSR rise for no other reason


def factors(root: Value, leaf: Value) -> list[tuple[str, float]]:
    """The local derivatives on the one way from a root back to a leaf, each with its formula.

    Sums, which pass a gradient on as it is, are left out.

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
    ways: list[tuple[Value, list[tuple[str, float]]]] = [(root, [])]
    while ways:
        node, found = ways.pop()
        if node is leaf:
            return found
        for place, (operand, slope) in enumerate(
            zip(node.operands, node.local_derivatives, strict=True)
        ):
            others = [each for each in node.operands if each is not operand]
            formula = {
                "** 2.0": f"2 x {operand.label}",
                "-": "1" if place == 0 else "-1",
                "*": others[0].label if others else "",
                "softplus": f"sigmoid({operand.label})",
            }.get(operation_name(node))
            ways.append((operand, [*found, (formula, slope)] if formula else found))
    raise ValueError(f"{leaf!r} is not in the graph of {root!r}")


def three_text(descent: Descent) -> str:
    """The lesson of w3, w4 and b3, at most 80 columns wide."""
    net = _start(descent)
    curves = [statquest.labelled(statquest.predict(net, dosage)) for dosage in statquest.DOSAGES]
    outer = [
        -2.0 * (observed - values["predicted"].data)
        for observed, values in zip(statquest.OBSERVED, curves, strict=True)
    ]
    first = descent.steps[0]
    inner = [[values["top y"].data, values["bottom y"].data, 1.0] for values in curves]
    rows = [
        [f"{dosage:g}", digits(d), *(digits(part) for one in parts for part in (one, d * one))]
        for dosage, d, parts in zip(statquest.DOSAGES, outer, inner, strict=True)
    ]
    sums = ["", "sum"] + [
        cell for slope in first.gradients.values() for cell in ("", digits(slope))
    ]
    heads = ["dosage", "outer"] + [
        cell for name in ("top y", "bottom y", "1") for cell in (name, "product")
    ]
    start = ", ".join(f"{name} = {number:.2f}" for name, number in first.values.items())
    return in_chapters(
        [
            (
                "1",
                "Three to find",
                paragraph(
                    "The hidden nodes are as the video has them, so each dosage has its top y and its "
                    f"bottom y. What is done with them is to find: w3, w4 and b3. They start at {start}, "
                    f"where the SSR is {ssr_digits(first.loss)}.",
                    WIDTH,
                )
                + "\n",
            ),
            (
                "2",
                "Three derivatives",
                paragraph(
                    "The chain rule again. The outer part is the same for all three, d SSR / d predicted = "
                    "-2 x (observed - predicted). The inner part is how much predicted = top y x w3 + "
                    "bottom y x w4 + b3 moves for a small move of each: by top y for w3, bottom y for "
                    "w4, and 1 for b3.",
                    WIDTH,
                )
                + f"\n\n{table(heads, [*rows, sums])}\n\n"
                + paragraph(
                    "Each dosage has its own square, and the SSR is their sum: so the products of the three "
                    "dosages add up. A derivative asks for a small move of one parameter with the others "
                    "held still, so each can be taken by itself. For small steps the moves of the SSR add "
                    "up, too, and so all three parameters may take their step at once.",
                    WIDTH,
                )
                + "\n",
            ),
            ("3", "Gradient descent", _steps(descent)),
            ("4", "Where it ends", paragraph(_three_end(descent), WIDTH)),
        ]
    )


def _three_end(descent: Descent) -> str:
    if descent.diverged:
        return "Nowhere: the descent diverged."
    there = not _others(descent)
    if not descent.converged and not there:
        return "It is not there yet."
    short = (
        f"It stopped though its last step led up: a step size smaller than {descent.tolerance:g} was no end yet. "
        if descent.ssr > descent.steps[-1].loss
        else f"It stops short of the end: steps may be small long before it, smaller than {descent.tolerance:g}, and "
        "a smaller tolerance goes on. "
    )
    return ("" if there else short) + (
        "With the hidden nodes given, three numbers have to meet three data points, and there is just one "
        "way to do it: the video's w3 = -1.22, w4 = -2.30 and b3 = 2.61."
    )


def _others(descent: Descent) -> list[str]:
    """The parameters that ended elsewhere than the video's, in words; w3 first."""
    video = statquest.network(statquest.B3)
    return [
        f"{name} = {digits(descent.values[name])} for {digits(video[name].data)}"
        for name in sorted(descent.values, key=lambda name: name != "w3")
        if abs(descent.values[name] - video[name].data) >= 0.01
    ]


def seven_text(descent: Descent) -> str:
    """The lesson of all seven parameters, at most 80 columns wide."""
    first = descent.steps[0]
    start = ", ".join(f"{name} = {number:.2f}" for name, number in first.values.items())
    return in_chapters(
        [
            (
                "1",
                "Nothing is known",
                paragraph(
                    f"All seven are to find. They start at {start}: the weights drawn at random, the "
                    f"biases 0. The SSR is {ssr_digits(first.loss)}.",
                    WIDTH,
                )
                + "\n",
            ),
            ("2", "Back through softplus", _through_softplus()),
            ("3", "Gradient descent", _steps(descent)),
            ("4", "Why the SSR does what it does", _rise(descent)),
            ("5", "Where it ends", paragraph(_seven_end(descent), WIDTH)),
        ]
    )


def _through_softplus() -> str:
    net = statquest.network()
    root = ssr([statquest.OBSERVED[1]], [statquest.predict(net, statquest.DOSAGES[1])])
    chains = {name: factors(root, net[name]) for name in ("w1", "b1")}
    rows = [["the square itself", "1"]]
    rows += [[formula, f"{number:.4g}"] for formula, number in chains["w1"]]
    products = {name: prod(number for _, number in chain) for name, chain in chains.items()}
    numbers = " x ".join(f"{number:.4g}" for _, number in chains["w1"])
    needs = [
        name
        for name in statquest.SEVEN
        if any(formula == "w3" for formula, _ in factors(root, net[name]))
    ]
    return (
        paragraph(
            "w1 and b1 stand before the bend. A small move of w1 moves x, x moves softplus(x), that moves "
            "the blue curve, and so on to the square: a longer chain, but a chain. Its one new link is "
            "softplus's derivative: the slope of the curve, which is the sigmoid, 1 / (1 + e^-x). Take the "
            "video's network with b3 = 0, and the dosage 0.5, from the square back to w1:",
            WIDTH,
        )
        + f"\n\n{table(['factor', 'number'], rows)}\n\n"
        + paragraph(
            f"1 x {numbers} = {products['w1']:.4g}, to be added to what the other two dosages give. Three sums "
            f"on the way pass it on as it is. For b1 the last factor is missing: {products['b1']:.4g}. "
            f"The value of w3 is a factor for {' and '.join(needs)} alone; w3's own derivative has top y in "
            "its place, and the way to b3 has neither.",
            WIDTH,
        )
        + "\n"
    )


def _rise(descent: Descent) -> str:
    net, rate = _start(descent), descent.learning_rate
    bends = {name: training.slope_of_slope(net, name) for name in descent.values}
    bends["together"] = training.slope_of_slope_along_step(net, descent.values)
    rows = [
        [name, digits(bend), digits(2.0 / bend) if bend > 0.0 else "none"]
        for name, bend in bends.items()
    ]
    limit = _limit(net, descent.steps[0])
    losses = [*(step.loss for step in descent.steps), descent.ssr]
    rose = losses[1] > losses[0]
    seen = f"The SSR goes {', '.join(map(ssr_digits, losses[:3]))}" + (
        ": it rises at first. " if rose else ". "
    )
    why = (
        f"The learning rate {rate:g} is within the limit of the step that all take together."
        if rate <= limit
        else f"The learning rate {rate:g} is beyond the limit of the step that all take together, so the step "
        "overshoots."
        if rose
        else f"The learning rate {rate:g} is a little beyond the limit of the step that all take together. But the "
        "ground is flatter where the step leads, and the SSR falls."
    )
    rises = [later > earlier + ROUNDING for earlier, later in pairwise(losses)]
    first_fall = rises.index(False) if False in rises else len(rises)
    before, after = limit, 0.0  # the limits where the first step down begins, and where it leads
    if first_fall + 1 < len(descent.steps):
        before, after = (_limit(net, step) for step in descent.steps[first_fall : first_fall + 2])
    end = (
        ""
        if descent.diverged and len(descent.steps) < 2
        else " The steps went further and further away."
        if descent.diverged
        else ""
        if not rose or all(rises)
        else f" Step {first_fall + 1} is the first to go down. It leads to flatter ground, where that limit is "
        f"{digits(after) if after < inf else 'none'}, and from there the SSR falls."
        if after > max(rate, 1.01 * before) and not any(rises[first_fall:])
        else f" From step {first_fall + 1} on it goes down."
        if not any(rises[first_fall:])
        else " Later it goes down, but not with each step: this learning rate is too large for more than the start."
    )
    return (
        paragraph(
            f"{seen}As for b3, a learning rate above 2 / (slope of the slope) lands further away on the other "
            "side. At the start, for each parameter moved alone, and for the step that all take together, "
            "which is steeper, since w3 and b3 move the predictions the same way:",
            WIDTH,
        )
        + f"\n\n{table(['', 'slope of the slope', 'limit'], rows)}\n\n"
        + paragraph(why + end, WIDTH)
        + "\n"
    )


def _limit(net: MLP, step: Step) -> float:
    """The largest learning rate for the step that all parameters take together, as if the ground were a parabola."""
    net.load(step.values)
    bend = training.slope_of_slope_along_step(net, step.values)
    return 2.0 / bend if bend > 0.0 else inf


def _seven_end(descent: Descent) -> str:
    if descent.diverged:
        return "Nowhere: the descent diverged."
    if descent.ssr > 0.01:
        steepest = max(map(abs, descent.steps[-1].gradients.values()))
        return f"With SSR {ssr_digits(descent.ssr)} it does not fit" + (
            " yet."
            if not descent.converged
            else ", though its slopes are flat: stuck. A flat slope is not a good fit."
            if steepest < training.FLAT
            else f" yet: its last steps are smaller than {descent.tolerance:g}, but one slope there was "
            f"{digits(steepest)} in size. A smaller tolerance goes on."
        )
    others = _others(descent)
    where = (
        f"not where the video's is: {' and '.join(others[:2])}, say"
        if others
        else "where the video's is"
    )
    return (
        f"The fit is perfect, or nearly, and {where}. Seven numbers have to meet three data points only, so there "
        "are many ways to do it. Where a descent ends depends on where it starts, and on its steps."
    )


def _start(descent: Descent) -> MLP:
    """The network as it was when the descent began."""
    net = statquest.network()
    net.load({parameter.label: parameter.data for parameter in descent.net.parameters()})
    net.load(descent.steps[0].values)
    return net


def _steps(descent: Descent) -> str:
    return f"""\
step size = slope x learning rate     with learning rate {descent.learning_rate:g}
new value = old value - step size

{training.steps_table(descent, WIDTH)}

{paragraph(training.ending(descent), WIDTH)}
"""
