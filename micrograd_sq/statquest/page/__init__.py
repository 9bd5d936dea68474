"""The lesson as one interactive HTML page. The page computes with JavaScript that the engine generates."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path

from micrograd_sq import statquest
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.explorer.graph import SCRIPTS, STYLES, LiveGraph, live_graph
from micrograd_sq.files import atomic_write
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.number import as_list
from micrograd_sq.page import contents, page
from micrograd_sq.statquest.training import GROWN
from micrograd_sq.straightline import value_and_grad

NAMES = tuple(statquest.SEVEN)
# Initial values that lead to a plateau: a flat squiggle at the mean of the data, with an SSR of 2/3.
STUCK = {"w1": 0.7, "w2": 2.3, "w3": -0.9, "w4": -2.4, "b1": 0.0, "b2": 0.0, "b3": 0.0}
OWN = "micrograd_sq.statquest.page"


def write_page(path: str | os.PathLike[str], net: MLP | None = None, to_find: Iterable[str] = ("b3",)) -> None:
    """Write the lesson as one HTML file, which needs no server and no network.

    Args:
        path: the file to write. After an error, an old file is unchanged.
        net: gives the initial values of the last chapter. The default is `statquest.network()`.
        to_find: the parameters that gradient descent changes in the last chapter, by the lesson's names.

    Raise a ValueError if net has other layers than the default, a parameter is not finite, to_find is empty or has an
    unknown name, or path cannot be written. Raise a TypeError if to_find is not a list, and `draw_dot`'s RuntimeError.
    """
    net, names = net or statquest.network(), as_list(to_find, "to_find")
    if repr(net) != repr(statquest.network()):
        shown = f"the page can show only {statquest.network()!r}"
        raise ValueError(f"net is {net!r}, but {shown}: pass such a network, or leave out net")
    given = {name: net[name].data for name in NAMES}
    for name, number in given.items():
        if not math.isfinite(number):
            raise ValueError(f"{name} of net is {number}, but the page needs finite numbers: change net['{name}'].data")
    if not names or not set(names) <= set(NAMES):
        raise ValueError(f"to_find is {names}, but it must name one or more of {', '.join(NAMES)}: write ['b3']")
    graphs = _graphs()
    scripts = ("lesson", "network", "plots", "descent", "chapters", "board", "story", "handout")
    passes = ", ".join(f"{name}: {graph.function}" for name, graph in graphs.items())
    text = page(
        "How does a network learn?",
        "".join(graph.templates for graph in graphs.values()) + contents(f"{OWN}/story.html"),
        styles=[*STYLES, f"{OWN}/story.css"],
        scripts=[*SCRIPTS, *(f"{OWN}/{name}.js" for name in scripts)],
        data={
            "names": NAMES,
            "labels": [net[name].label or name for name in NAMES],
            "given": list(given.values()),
            "toFind": names,
            "optimised": [statquest.OPTIMISED.get(name, 0.0) for name in NAMES],
            "unoptimised": [statquest.SEVEN[name] for name in NAMES],
            "stuck": [STUCK[name] for name in NAMES],
            "three": list(statquest.THREE),
            "dosages": statquest.DOSAGES,
            "observed": statquest.OBSERVED,
            "grown": GROWN,
            "graphs": {name: graph.data for name, graph in graphs.items()},
        },
        functions={**_functions(), "passes": f"{{{passes}}}"},
    )
    atomic_write(Path(path), lambda file: file.write_text(text, encoding="utf-8"))


def _functions() -> dict[str, str]:
    """Return the page's JavaScript functions by name: the SSR with its derivatives, the curves and softplus."""
    net = statquest.network()
    parameters = [net[name] for name in NAMES]
    x = Value(0.0, "x")
    predicted = statquest.predict(net, 0.5)
    curves = statquest.labelled(predicted)
    total = statquest.loss(net)
    inputs = [*parameters, curves["dosage"]]
    _, slopes = value_and_grad(total, parameters, backend="value")(*parameters)
    curvatures = [value_and_grad(slope, parameters, backend="javascript") for slope in slopes]
    return {
        "ssr": value_and_grad(total, parameters, backend="javascript"),
        "slopesOf": f"[{', '.join(curvatures)}]",
        "blueCurve": value_and_grad(curves["blue curve"], [], inputs, backend="javascript"),
        "orangeCurve": value_and_grad(curves["orange curve"], [], inputs, backend="javascript"),
        "squiggle": value_and_grad(predicted, [], inputs, backend="javascript"),
        "softplus": value_and_grad(x.softplus(), [x], backend="javascript"),
    }


def _graphs() -> dict[str, LiveGraph]:
    """Return four graphs by name. "whole" has all seven parameters. The other graphs have only b3."""
    net = statquest.network()
    predictions = [statquest.predict(net, dosage) for dosage in statquest.DOSAGES]
    sums = [predicted.left for predicted in predictions]  # blue curve + orange curve
    whole = ssr([statquest.OBSERVED[1]], [predictions[1]])
    for x in (statquest.labelled(whole)[f"{node} x"] for node in ("top", "bottom")):
        x.left.label = "product"
    sums[1].label = "curves"
    one = ssr([statquest.OBSERVED[1]], [_predicted(net, Value(sums[1].data))])
    one.label = whole.label = "squared residual"
    seen_and_curves = zip(statquest.OBSERVED, sums, strict=True)
    gaps = [Value(seen - curves.data, "gap") for seen, curves in seen_and_curves]
    three = ssr(gaps, [net["b3"]] * len(gaps))
    both = _predicted(net, Value(sums[1].data))
    shared = ssr([1, 0], [both, both])  # two people took the same dosage, one was cured
    for value in [*topological_order(three), *topological_order(shared)]:
        if value.operands and value.operation != "+":  # a sum without a label is a part of the SSR
            value.label = value.label or "squared"
    roots = {"one": one, "three": three, "shared": shared, "whole": whole}
    roles = {"optimised": net.parameters(), "to_find": [net["b3"]]}
    return {
        name: live_graph(root, name, highlight=net["w1" if root is whole else "b3"], **roles)
        for name, root in roots.items()
    }


def _predicted(net: MLP, curves: Value) -> Value:
    curves.label = "curves"
    predicted = curves + net["b3"]
    predicted.label = "predicted"
    return predicted
