"""The lesson as a story to touch: one HTML page that computes with the JavaScript that the engine writes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path

from micrograd_sq import statquest
from micrograd_sq.checks import as_list
from micrograd_sq.engine import Value
from micrograd_sq.explorer.graph import SCRIPTS, STYLES, LiveGraph, live_graph
from micrograd_sq.files import atomic_write
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.page import contents, page
from micrograd_sq.statquest.training import GROWN
from micrograd_sq.straightline import value_and_grad

NAMES = tuple(statquest.SEVEN)
# A start from which gradient descent ends on a flat line at the mean of the data, with an SSR of 2/3.
STUCK = {"w1": 0.7, "w2": 2.3, "w3": -0.9, "w4": -2.4, "b1": 0.0, "b2": 0.0, "b3": 0.0}
OWN = "micrograd_sq.statquest.page"


def write_page(
    path: str | os.PathLike[str], net: MLP | None = None, to_find: Iterable[str] = ("b3",)
) -> None:
    """Write the lesson as one HTML file, which needs no server and no network.

    Args:
        path: where to put it; the file is written whole or not at all.
        net: a network of the lesson's shape, MLP(1, [2, 1], "softplus"), with the values that its last chapter
            starts from; by default `statquest.network()`. The chapters before it tell the video's numbers.
        to_find: the parameters that gradient descent moves there at first, by the lesson's names.

    Raises:
        TypeError: net is not an MLP.
        ValueError: it has another shape, a number that is not finite, to_find names a parameter that
            is not there, or the file cannot be written.
        RuntimeError: the pictures of its graphs could not be laid out.
    """
    text = _page(net or statquest.network(), as_list(to_find, "to_find"))
    atomic_write(Path(path), lambda file: file.write_text(text, encoding="utf-8"))


def _page(net: MLP, to_find: list[str]) -> str:
    _check(net, to_find)
    graphs = _graphs()
    scripts = ("lesson", "network", "plots", "descent", "chapters", "board", "story")
    return page(
        "Backpropagation, to touch",
        "".join(graph.templates for graph in graphs.values()) + contents(f"{OWN}/story.html"),
        styles=[*STYLES, f"{OWN}/story.css"],
        scripts=[*SCRIPTS, *(f"{OWN}/{name}.js" for name in scripts)],
        data={
            "names": NAMES,
            "labels": [net[name].label or name for name in NAMES],
            "given": [net[name].data for name in NAMES],
            "toFind": to_find,
            "optimised": [statquest.OPTIMISED.get(name, 0.0) for name in NAMES],
            "unoptimised": [statquest.SEVEN[name] for name in NAMES],
            "stuck": [STUCK[name] for name in NAMES],
            "three": list(statquest.THREE),
            "dosages": statquest.DOSAGES,
            "observed": statquest.OBSERVED,
            "grown": GROWN,
            "graphs": {name: graph.data for name, graph in graphs.items()},
        },
        functions={
            **_functions(),
            "passes": f"{{{', '.join(f'{name}: {graph.function}' for name, graph in graphs.items())}}}",
        },
    )


def _functions() -> dict[str, str]:
    """What the page computes with: the SSR with its gradients and their slopes, the curves, and softplus."""
    net = statquest.network()
    parameters = [net[name] for name in NAMES]
    dosage, x = Value(0.5, "dosage"), Value(0.0, "x")
    predicted: Value = net(dosage)
    blue, orange = predicted.operands[0].operands
    total = statquest.loss(net)
    inputs = [*parameters, dosage]
    again = [Value(parameter.data, parameter.label) for parameter in parameters]
    _, slopes = value_and_grad(total, parameters, backend="value")(*again)
    curvatures = [value_and_grad(slope, again, backend="javascript") for slope in slopes]
    return {
        "ssr": value_and_grad(total, parameters, backend="javascript"),
        "slopesOf": f"[{', '.join(curvatures)}]",
        "blueCurve": value_and_grad(blue, [], inputs, backend="javascript"),
        "orangeCurve": value_and_grad(orange, [], inputs, backend="javascript"),
        "squiggle": value_and_grad(predicted, [], inputs, backend="javascript"),
        "softplus": value_and_grad(x.softplus(), [x], backend="javascript"),
    }


def _graphs() -> dict[str, LiveGraph]:
    """The graphs of the story: b3 alone for one dosage, then for three; a prediction used twice; all seven for one dosage."""
    net, (_, dosage, _), (_, effect, _) = statquest.network(), statquest.DOSAGES, statquest.OBSERVED
    curves = statquest.labelled(statquest.predict(net, dosage))
    blue, orange = (Value(curves[label].data, label) for label in ("blue curve", "orange curve"))
    one = ssr([effect], [_predicted(net, blue + orange)])
    predictions = [_predicted(net, _curves(net, each)) for each in statquest.DOSAGES]
    three = ssr(statquest.OBSERVED, predictions)
    both = _predicted(net, _curves(net, dosage))  # for two patients, of whom one was cured
    shared = ssr([1, 0], [both, both])
    whole = ssr([effect], [statquest.predict(net, dosage)])
    one.label = whole.label = "squared residual"
    whole.operands[0].operands[1].operands[0].label = "curves"
    roles = {"optimised": net.parameters(), "to_find": [net["b3"]]}
    return {
        "one": live_graph(one, "one", highlight=net["b3"], **roles),
        "three": live_graph(three, "three", highlight=net["b3"], **roles),
        "shared": live_graph(shared, "shared", highlight=net["b3"], **roles),
        "whole": live_graph(whole, "whole", highlight=net["w1"], **roles),
    }


def _curves(net: MLP, dosage: float) -> Value:
    """The sum of both curves at a dosage as b3 alone sees it: a number."""
    return Value(statquest.predict(net, dosage).operands[0].data)


def _predicted(net: MLP, curves: Value) -> Value:
    curves.label = "curves"
    predicted = curves + net["b3"]
    predicted.label = "predicted"
    return predicted


def _check(net: MLP, to_find: list[str]) -> None:
    if not isinstance(net, MLP):
        raise TypeError(f"write_page takes an MLP, not {net!r}")
    shape = [net.n_inputs, *map(len, net.layers)]
    hidden = {neuron.activation for neuron in net.layers[0]}
    if shape != [1, 2, 1] or hidden != {"softplus"}:
        raise ValueError(
            'the page shows a network of the lesson\'s shape, MLP(1, [2, 1], "softplus"), but this one '
            f"is MLP({shape[0]}, {shape[1:]}, {' and '.join(map(repr, sorted(map(str, hidden))))})"
        )
    for name in NAMES:
        if not math.isfinite(net[name].data):
            raise ValueError(f"{name} is {net[name].data}, but the page needs finite numbers")
    for name in to_find:
        if name not in NAMES:
            raise ValueError(f"no parameter {name!r} to find; there are {', '.join(NAMES)}")
    if not to_find:
        raise ValueError(f"to_find is empty; name one at least of {', '.join(NAMES)}")
