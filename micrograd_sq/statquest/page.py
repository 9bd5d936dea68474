"""The lesson to touch: one HTML page that computes with the JavaScript that the engine's graph emits.

Its pictures are plain SVG, drawn by the template: so few curves do not earn a chart library, which would be
several times the size of the page, and could draw neither the network nor the graph.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from micrograd_sq import statquest
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.files import write_whole
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.statquest.training import GROWN
from micrograd_sq.straightline import both_passes, value_and_grad

TEMPLATE = Path(__file__).with_name("page.html")
NAMES = tuple(statquest.SEVEN)

# The picture of the graph, in pixels: a column for each step away from the inputs, a band for each dosage.
LEAF, BOX, HEIGHT = 70, 88, 56
GAP, BUS_GAP = 48, 66  # a wider gap holds the lines that come down from two parameters
TOP, BAND, ROW, MARGIN = 92, 182, 86, 14


def write_page(
    path: str | os.PathLike[str], net: MLP | None = None, to_find: Iterable[str] = ("b3",)
) -> None:
    """Write the lesson as one HTML file, which needs no server and no network.

    Args:
        path: where to put it; the file is written whole or not at all.
        net: a network of the lesson's shape, MLP(1, [2, 1], "softplus"), with the values to start from;
            by default `statquest.network()`.
        to_find: the parameters that the page's gradient descent moves at first, by the lesson's names.

    Raises:
        TypeError: net is not an MLP.
        ValueError: it has another shape, a number that is not finite, to_find names a parameter that
            is not there, or the file cannot be written.
    """
    page = _page(net or statquest.network(), list(to_find))
    write_whole(Path(path), lambda file: file.write_text(page, encoding="utf-8"))


def _page(net: MLP, to_find: list[str]) -> str:
    _check(net, to_find)
    parameters = [net[name] for name in NAMES]
    dosage, x = Value(0.5, "dosage"), Value(0.0, "x")
    blue, orange, predicted = _curve_values(net, dosage)
    predictions = [statquest.predict(net, dosage) for dosage in statquest.DOSAGES]
    total = ssr(statquest.OBSERVED, predictions)
    constants = [
        value
        for value in topological_order(total)
        if value.label and not value.operands and value not in parameters
    ]
    functions = {
        "ssr": value_and_grad(total, parameters, backend="javascript"),
        "blueCurve": value_and_grad(blue, [], [*parameters, dosage], "javascript"),
        "orangeCurve": value_and_grad(orange, [], [*parameters, dosage], "javascript"),
        "squiggle": value_and_grad(predicted, [], [*parameters, dosage], "javascript"),
        "softplus": value_and_grad(x.softplus(), [], [x], "javascript"),
        "bothPasses": both_passes(total, [*parameters, *constants]),
    }
    data = {
        "names": NAMES,
        "labels": [
            parameter.label or name for name, parameter in zip(NAMES, parameters, strict=True)
        ],
        "values": [parameter.data for parameter in parameters],
        "toFind": to_find,
        "optimised": [statquest.OPTIMISED.get(name, 0.0) for name in NAMES],
        "unoptimised": [statquest.SEVEN[name] for name in NAMES],
        "grown": GROWN,
        "lessons": [["b3"], list(statquest.THREE), list(statquest.SEVEN)],
        "dosages": statquest.DOSAGES,
        "observed": statquest.OBSERVED,
        "constants": [constant.data for constant in constants],
        "graph": _graph(total, predictions, parameters),
    }
    # In the page, < could end the script that the data are in.
    text = re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data))
    html = TEMPLATE.read_text(encoding="utf-8")
    emitted = "\n".join(f"const {name} = {source};" for name, source in functions.items())
    html = html.replace("/* the emitted functions */", emitted)
    for kind in ("style", "script"):
        (content,) = re.findall(f"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        html = html.replace(f"{{{{ {kind} }}}}", _digest(content))
    return html.replace("{{ data }}", text)


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


def _curve_values(net: MLP, dosage: Value) -> tuple[Value, Value, Value]:
    """The blue curve, the orange one and the squiggle at a dosage that stays open."""
    predicted: Value = net(dosage)
    blue, orange = predicted.operands[0].operands
    return blue, orange, predicted


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _graph(total: Value, predictions: list[Value], parameters: list[Value]) -> dict[str, Any]:
    """Where the page draws each Value and each line between two: always in the same place."""
    order = topological_order(total)
    number = {value: place for place, value in enumerate(order)}
    column: dict[Value, int] = {}
    for value in order:
        column[value] = 1 + max((column[each] for each in value.operands), default=-1)
    made_from = {operand: value for value in order for operand in value.operands}

    # Lines from a parameter come down left of the column in which it is used.
    buses: dict[int, list[Value]] = {}
    for parameter in parameters:
        buses.setdefault(column[made_from[parameter]], []).append(parameter)
    lefts, right = [MARGIN], MARGIN + BOX
    for place in range(1, column[total] + 1):
        lefts.append(right + (BUS_GAP if place in buses else GAP))
        right = lefts[-1] + BOX

    corners: dict[Value, tuple[float, float]] = {}
    bus: dict[Value, float] = {}
    for place, coming in buses.items():
        gap = lefts[place] - BUS_GAP
        for side, parameter in enumerate(coming):
            corners[parameter] = (gap + 14 + (2 if side else -2 - LEAF), 8.0)
            bus[parameter] = gap + (19.0 if side else 8.0)
    for band, predicted in enumerate(predictions):
        orange = predicted.operands[0].operands[1]
        below = set(topological_order(orange))
        residual = made_from[predicted]
        inner = [*topological_order(predicted), residual, made_from[residual]]
        observed = residual.operands[0]
        for value in (*inner, observed):
            if value in corners or value in parameters:
                continue
            place = column[value] if value.operands else column[made_from[value]] - 1
            row = value is observed or (value in below and bool(value.operands))
            corners[value] = (lefts[place], float(TOP + 32 + band * BAND + row * ROW))
    for value in order:
        if value.operands and value not in corners:  # what adds the bands up
            corners[value] = (lefts[column[value]], float(TOP + 32 + BAND))

    edges = []
    for value in order:
        x, y = corners.get(value, (0.0, 0.0))
        for side, operand in enumerate(value.operands):
            left, top = corners[operand]
            middle, level = x + BOX / 2, top + HEIGHT / 2
            if operand in bus:
                path = f"M{bus[operand]} {top + HEIGHT}V{y - 13}H{x + 14}V{y}"
                at = (x + 9, y - 18)
            elif top == y:
                path = f"M{left + BOX} {level}H{x}"
                at = (x - 4, level - 6)
            elif not operand.operands and top < y:  # a dosage, down to the lower row
                path = f"M{left + BOX / 2} {top + HEIGHT}V{y + HEIGHT / 2}H{x}"
                at = (x - 4, y + HEIGHT / 2 - 6)
            else:
                path = f"M{left + BOX} {level}H{middle}V{y + HEIGHT if top > y else y}"
                at = (middle - 5, y + HEIGHT + 15 if top > y else y - 8)
            edges.append(
                {"from": number[operand], "to": number[value], "side": side, "path": path, "at": at}
            )
    nodes = [
        {
            "label": value.label,
            "name": _name(value),
            "symbol": {"*": "×", "** 2.0": "²", "-": "−"}.get(value.operation, value.operation),
            "operands": [number[operand] for operand in value.operands],
            "parameter": parameters.index(value) if value in parameters else -1,
            "corner": corners.get(value),
        }
        for value in order
    ]
    return {
        "width": right + MARGIN,
        "height": TOP + 3 * BAND,
        "nodes": nodes,
        "edges": edges,
        "bands": [TOP + band * BAND for band in range(len(predictions))],
        "box": {"leaf": LEAF, "width": BOX, "height": HEIGHT, "band": BAND - 8},
        "predicted": [number[predicted] for predicted in predictions],
    }


def _name(value: Value) -> str:
    """What to call a Value: its label, or how it was made."""
    if value.label or not value.operands:
        return value.label or f"{value.data:g}"
    left, *right = map(_name, value.operands)
    if not right:
        return f"{left}²"
    return f"{left} {value.operation.replace('*', '×')} {right[0]}"
