"""A graph, or a network, as a picture: every number that the chain rule multiplies is in it."""

from __future__ import annotations

import html
import math
import os
import re
import reprlib
import shutil
import sysconfig
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.nn import MLP

MOST_VALUES = 1000  # such a picture takes some seconds, and twice as many take minutes
MOST_WEIGHTS = 200
MOST_PATHS = 4  # that are written out below a picture
MOST_IN_A_ROW = 8  # of the leaves that have tags

INK, GREY, PURPLE = "#333333", "#8c8c8c", "#7b2fbe"  # purple is whatever belongs to a gradient
# These differ in lightness and outline too, for eyes that cannot tell green from red.
OPTIMISED = {"color": "#00775a", "fillcolor": "#dff3ea", "penwidth": "1.3"}
TO_FIND = {
    "color": "#c8320a",
    "fillcolor": "#ffe3d6",
    "penwidth": "1.6",
    "style": "rounded,filled,dashed",
}
TAG = {"margin": "0.05,0.02"}
HIGHLIGHTED = {"color": PURPLE, "fontcolor": PURPLE, "penwidth": "2.2", "dir": "back"}
NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SYMBOLS = {"*": "×", "/": "÷", "-": "−", "neg": "−"}

Edge = tuple[Value, Value, float]  # an operand, what was made from it, the local derivative


class _Picture(graphviz.Digraph):
    """A Digraph that looks for its layout program when it is drawn."""

    def pipe(self, *arguments: Any, **options: Any) -> Any:
        dot_command.DOT_BINARY = _layout_program()
        # Quiet: that the width of a letter had to be guessed is not worth a warning.
        return super().pipe(*arguments, **{"quiet": True, **options})

    def render(self, *arguments: Any, **options: Any) -> Any:
        dot_command.DOT_BINARY = _layout_program()
        return super().render(*arguments, **{"quiet": True, **options})


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    optimised: Collection[Value] = (),
    to_find: Collection[Value] = (),
    highlight: Value | None = None,
) -> graphviz.Digraph:
    """The graph of everything that root was made from.

    A box is a Value: the operation that made it, its label, data and gradient. The number on an
    arrow is the local derivative along it, d result / d operand. Multiply the numbers on the way
    from root to a Value, add up where several ways lead there, and you have its gradient. Where
    root is a sum with a term for each data point, a frame holds what belongs to one of them alone.
    A leaf that is used in several places stands beside each use as a tag with its name, and once as
    a box, whose gradient is the sum over the tags.

    Args:
        root: what to explain. Call its `backward()` first: gradients are shown as they are.
        format: what `pipe` and `render` make of it unless told otherwise: "svg", "png", "jpg".
        rankdir: "LR", left to right, or "TB", top to bottom.
        optimised: Values to draw green.
        to_find: Values to draw red, also where they are among the optimised.
        highlight: a Value to emphasise each way to; few ways are multiplied out below as well.

    Returns:
        A picture that a notebook shows as it is; `.render(outfile="ssr.svg")` keeps it.

    Raises:
        TypeError: root is not a Value.
        ValueError: more than 1,000 Values, or a highlighted one that is not among them.
        RuntimeError: only when it is drawn, where there is no layout program.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw_dot(a * b).source.count("->")
    2
    """
    if not isinstance(root, Value):  # the list of a network's outputs, say
        raise TypeError(f"draw_dot draws the graph of one Value, not of {reprlib.repr(root)}")
    order = topological_order(root)
    if len(order) > MOST_VALUES:
        raise ValueError(
            f"this graph has {len(order):,} Values, and {MOST_VALUES:,} are the most that a "
            "picture can show; draw a part of it: give one of the Values inside as root"
        )
    edges: list[Edge] = [
        (operand, value, derivative)
        for value in order
        for operand, derivative in zip(value.operands, value.local_derivatives, strict=True)
    ]
    if highlight is not None and highlight not in order:
        raise ValueError(f"{highlight!r} is not in the graph of {root!r}: no way leads to it")
    ways = {} if highlight is None else _ways(highlight, edges)
    looks = {value: {"color": PURPLE} for value in ways} | _looks(optimised, to_find)

    graph = _canvas(format, rankdir=rankdir, nodesep="0.12", ranksep="0.24")
    names = {value: f"n{place}" for place, value in enumerate(order)}
    frames = _frames(root, order)
    framed = {value for _, values in frames for value in values}
    shared = _shared_leaves(order, framed)
    tails = {
        (operand, value): names[operand] + (f"_{names[value]}" if operand in shared else "")
        for operand, value, _ in edges
    }

    def draw(part: graphviz.Digraph, value: Value) -> None:
        part.node(names[value], _box(value), **looks.get(value, {}))
        for operand in dict.fromkeys(value.operands):
            if operand in shared:
                part.node(tails[operand, value], _tag(operand), **TAG | looks.get(operand, {}))

    for title, values in frames:
        with graph.subgraph(name=f"cluster_{names[values[-1]]}") as frame:
            frame.attr(label=f"<<B>{_literal(title)}</B>>", labeljust="l", labelloc="t")
            frame.attr(style="rounded,filled", color="#d9d9d9", fillcolor="#f8f8f8")
            for value in values:
                draw(frame, value)
    for value in order:
        if value not in framed:
            draw(graph, value)
    for start in range(0, len(shared), MOST_IN_A_ROW):
        for one, next_one in pairwise(shared[start : start + MOST_IN_A_ROW]):
            graph.edge(names[one], names[next_one], style="invis")
    for operand, value, derivative in edges:
        text = _along(operand, value, derivative)
        if operand in ways:
            text = _padded(f"<B>{text}</B>")
            graph.edge(tails[operand, value], names[value], text, **HIGHLIGHTED)
        else:
            graph.edge(tails[operand, value], names[value], _padded(text))
    text = _product(root, highlight, ways[root]) if highlight is not None else ""
    _legend(graph, [looks[value] for value in order if value in looks], text)
    return graph


def draw_network(
    net: MLP,
    format: str = "svg",
    *,
    optimised: Collection[Value] = (),
    to_find: Collection[Value] = (),
) -> graphviz.Digraph:
    """The network with its numbers: each connection with its weight, each node with its bias.

    Args:
        net: the network.
        format, optimised, to_find: as for `draw_dot`.

    Returns:
        A picture like `draw_dot`'s.

    Raises:
        TypeError: net is not an MLP.
        ValueError: more than 200 weights.
        RuntimeError: only when it is drawn, where there is no layout program.

    >>> net = MLP(1, [1])
    >>> net.load({"w1": -2.3})
    >>> "w1 = -2.3" in draw_network(net).source
    True
    """
    if not isinstance(net, MLP):
        raise TypeError(f"draw_network draws an MLP, not {reprlib.repr(net)}")
    n_weights = sum(len(neuron.weights) for layer in net.layers for neuron in layer)
    if n_weights > MOST_WEIGHTS:
        raise ValueError(
            f"this network has {n_weights:,} weights, and {MOST_WEIGHTS:,} are the most that a "
            "picture can show; draw a smaller network"
        )
    looks = _looks(optimised, to_find)
    graph = _canvas(format, rankdir="LR", nodesep="0.16", ranksep="0.5", splines="line")
    # By their numbers, since labels are the user's and may be equal.
    names = {parameter: f"n{place}" for place, parameter in enumerate(net.parameters())}
    nodes = [f"x{number}" for number in range(1, net.n_inputs + 1)]
    for name in nodes:
        graph.node(name, "input" if net.n_inputs == 1 else f"input {name}")
    _stack(graph, nodes)
    for layer in net.layers:
        for neuron in layer:
            bias, look = neuron.bias, looks.get(neuron.bias, {})
            text = f"{_parameter('+', bias, look)}<BR/>{neuron.activation or 'output'}"
            graph.node(names[bias], f"<{text}>", **look)
            for name, weight in zip(nodes, neuron.weights, strict=True):
                # A weight stands as a node in its connection, so that it hides no other's.
                look = looks.get(weight, {})
                text = _parameter("×", weight, look)
                graph.node(names[weight], f"<{text}>", shape="plain", style="")
                line = {"color": look.get("color", GREY)}
                line["style"] = "dashed" if look is TO_FIND else "solid"
                graph.edge(f"{name}:e", f"{names[weight]}:w", arrowhead="none", **line)
                graph.edge(f"{names[weight]}:e", f"{names[bias]}:w", **line)
        _stack(graph, [names[weight] for neuron in layer for weight in neuron.weights])
        nodes = [names[neuron.bias] for neuron in layer]
        _stack(graph, nodes)
    _legend(graph, [looks[value] for value in net.parameters() if value in looks])
    return graph


def _ways(goal: Value, edges: Iterable[Edge]) -> dict[Value, list[tuple[float, ...]]]:
    """For each Value from which ways lead to the goal the local derivatives on them, way by way."""
    ways: dict[Value, list[tuple[float, ...]]] = {goal: [()]}
    for operand, value, derivative in edges:
        if operand in ways:
            longer = [(derivative, *way) for way in ways[operand]]
            ways[value] = [*ways.get(value, []), *longer][: MOST_PATHS + 1]
    return ways


def _frames(root: Value, order: Sequence[Value]) -> list[tuple[str, list[Value]]]:
    """For each data point a title, and the Values that only its term of the sum was made from.

    There are data points where each term of the sum that root is has leaves of its own with the
    same labels as the others' have: "dosage", for one.
    """
    additions, terms = {root}, []
    for value in reversed(order):
        if value in additions and value.operation == "+":
            for operand in value.operands:
                if operand.operation == "+" and not operand.label:
                    additions.add(operand)
                elif operand.operation or operand.label:  # not the 0 that a sum may start from
                    terms.append(operand)
    members: dict[Value, list[Value]] = {term: [] for term in terms}
    if len(members) < 2:
        return []
    owner = dict.fromkeys(additions, root) | {term: term for term in terms}
    for value in reversed(order):
        for operand in value.operands if value not in additions else ():
            if owner.setdefault(operand, owner[value]) is not owner[value]:
                owner[operand] = root  # shared, so no term's own
    for value in order:
        if owner.get(value) in members:
            members[owner[value]].append(value)
    data = [
        {value.label: value.data for value in values if value.label and value.left is None}
        for values in members.values()
    ]
    shared = sorted(set.intersection(*map(set, data)))
    titles = [", ".join(f"{label} = {_number(own[label])}" for label in shared) for own in data]
    return list(zip(titles, members.values(), strict=True)) if shared else []


def _shared_leaves(order: Sequence[Value], framed: Collection[Value]) -> list[Value]:
    """The leaves that are used in several places, from where their arrows would cross the whole picture."""
    users = Counter(operand for value in order for operand in dict.fromkeys(value.operands))
    return [
        value for value in order if value.left is None and users[value] > 1 and value not in framed
    ]


def _tag(leaf: Value) -> str:
    return f"<{_literal(leaf.label) if leaf.label else _number(leaf.data)}>"


def _box(value: Value) -> str:
    symbol = SYMBOLS.get(str(value.operation), str(value.operation))
    if (exponent := _plain_exponent(value)) is not None:
        symbol = "x²" if exponent == 2.0 else f"x^{_number(exponent)}"
    lines = [f'<FONT COLOR="{GREY}"><B>{symbol}</B></FONT>'] if symbol else []
    if value.label:
        lines.append(f"<B>{_literal(value.label)}</B>")
    gradient = f'<FONT COLOR="{PURPLE}" POINT-SIZE="9">grad {_number(value.grad)}</FONT>'
    return f"<{'<BR/>'.join([*lines, _number(value.data), gradient])}>"


def _along(operand: Value, value: Value, derivative: float) -> str:
    text = _number(derivative)
    if _plain_exponent(value) == 2.0:
        text = f"2 × {_literal(operand.label or _number(operand.data))}<BR/>= {text}"
    return text


def _padded(text: str) -> str:
    """A label with some room around it, which keeps it off the arrow."""
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2"><TR><TD>{text}</TD></TR></TABLE>>'


def _plain_exponent(value: Value) -> float | None:
    """The exponent of a power, where it is a plain number and so part of the operation."""
    name, *numbers = str(value.operation).split() or [""]
    return float(numbers[0]) if name == "**" and numbers else None


def _product(root: Value, goal: Value, ways: Sequence[Sequence[float]]) -> str:
    if len(ways) > MOST_PATHS or not any(ways):
        return ""
    products = '<BR ALIGN="LEFT"/>+ '.join(" × ".join(map(_number, way)) for way in ways)
    names = f"d {_literal(root.label or 'result')} / d {_literal(goal.label or 'operand')}"
    return f'{names} = {products} = {_number(sum(map(math.prod, ways)))}<BR ALIGN="LEFT"/>'


def _looks(optimised: Iterable[Value], to_find: Iterable[Value]) -> dict[Value, dict[str, str]]:
    return dict.fromkeys(optimised, OPTIMISED) | dict.fromkeys(to_find, TO_FIND)


def _legend(graph: graphviz.Digraph, looks: Collection[dict[str, str]], caption: str = "") -> None:
    """Say below the picture what its colours mean, as far as it has them, and a caption."""
    swatches = "".join(
        f'<TD BORDER="1" STYLE="{style}" COLOR="{look["color"]}" BGCOLOR="{look["fillcolor"]}">'
        f"{meaning}</TD>"
        for meaning, look, style in (
            ("optimised", OPTIMISED, "ROUNDED"),
            ("still to find", TO_FIND, "ROUNDED,DASHED"),
        )
        if look in looks
    )
    cells = []
    if swatches:
        cells.append(
            f'<TABLE BORDER="0" CELLPADDING="3" CELLSPACING="6"><TR>{swatches}</TR></TABLE>'
        )
    if caption:
        cells.append(f'<FONT COLOR="{PURPLE}"><B>{caption}</B></FONT>')
    if cells:
        row = "".join(f"<TD>{cell}</TD>" for cell in cells)
        graph.attr(label=f'<<TABLE BORDER="0"><TR>{row}</TR></TABLE>>')


def _parameter(sign: str, parameter: Value, look: dict[str, str]) -> str:
    text = f"{sign} {_literal(parameter.label)} = {_number(parameter.data)}"
    return f'<FONT COLOR="{look.get("color", INK)}"><B>{text}</B></FONT>'


def _stack(graph: graphviz.Digraph, names: Sequence[str]) -> None:
    """Keep nodes in one column, from top to bottom."""
    with graph.subgraph() as column:
        column.attr(rank="same")
        for upper, lower in pairwise(names):
            column.edge(upper, lower, style="invis")


def _canvas(format: str, **layout: str) -> graphviz.Digraph:
    # Both layout programs know how wide Arial's letters are, and so do browsers: text fits its box.
    font = {"fontname": "Arial", "fontcolor": INK}
    canvas: graphviz.Digraph = _Picture(
        format=format,
        graph_attr={**font, "fontsize": "10", **layout},
        node_attr={
            **font,
            "fontsize": "10",
            "shape": "box",
            "style": "rounded,filled",
            "color": GREY,
            "fillcolor": "white",
            "margin": "0.08,0.045",
            "width": "0",
            "height": "0",
        },
        edge_attr={**font, "fontsize": "9", "color": GREY, "arrowsize": "0.6"},
    )
    return canvas


def _number(number: float) -> str:
    return f"{number + 0.0:.4g}"  # + 0.0 takes the sign from a negative zero


def _literal(text: str) -> str:
    """Text for an HTML-like label that shows just this text; what no picture can hold, escaped."""
    text = NOT_IN_XML.sub(lambda found: ascii(found[0])[1:-1], text)
    lines = html.escape(text.expandtabs(4)).replace("\\", "\\\\").split("\n")
    return "<BR/>".join(line or " " for line in lines)


def _layout_program() -> Path:
    """The system's `dot`, or else the program that the graphviz-pure package has installed."""
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    installed = os.pathsep.join(sysconfig.get_path("scripts", scheme) for scheme in schemes)
    program = shutil.which("dot") or shutil.which("graphviz-pure", path=installed)
    if program is None:
        raise RuntimeError(
            "no program to lay out the picture: install one with `pip install graphviz-pure`, or "
            "Graphviz from graphviz.org, so that its `dot` is on the PATH"
        )
    return Path(program)
